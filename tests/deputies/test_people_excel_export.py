"""People by Excel, outwards: what goes out, to whom, and that it comes in again unchanged."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from openpyxl import load_workbook

from deputies.choices import CongressLevel, ConstituencyType, MandateKind
from deputies.models import Person
from tests.factories import DeputyGroupFactory, MandateFactory, PersonFactory
from tests.import_door import PEOPLE, TITLES, choose, rows_in
from tests.pages import page_of

EXPORT = f"{PEOPLE}export/"
CONTACT = {"出生日期", "联系电话"}


@pytest.fixture
def people(clock, committee, community) -> None:
    liu = PersonFactory(name="刘思源", born_on=date(1978, 3, 5), phone="13800000001")
    group = DeputyGroupFactory(name="第一小组")
    MandateFactory(
        person=liu, term="第十六届", starts_on=date(2017, 1, 10), ends_on=date(2022, 1, 9), community=community
    )
    MandateFactory(
        person=liu, district="第 3 选区", constituency_type=ConstituencyType.WORKER, group=group, community=community
    )
    MandateFactory(person=liu, kind=MandateKind.COUNCILLOR, term="", starts_on=date(2024, 5, 20))
    MandateFactory(person=PersonFactory(name="刘思源", born_on=date(1990, 1, 1)), level=CongressLevel.CITY)
    MandateFactory(person=PersonFactory(name="马立"), kind=MandateKind.COUNCILLOR, term="")
    PersonFactory(name="没有任职", phone="0579-85550102")


def test_table_has_a_row_for_each_mandate_and_for_who_holds_none(people, signed_in, zhao):
    answer = signed_in(zhao).post(EXPORT)

    rows = rows_in(answer.content)
    assert tuple(rows[0]) == TITLES
    assert [(row["姓名"], row["职务"], row["任职日期"]) for row in rows if row["姓名"] != "刘思源"] == [
        ("马立", "居民议事员", datetime(2022, 1, 10)),  # noqa: DTZ001 -- a cell knows no zone
        ("没有任职", None, None),
    ]
    second = next(row for row in rows if row["选区"] == "第 3 选区")
    assert {title: str(value) for title, value in second.items() if value} == {
        "姓名": "刘思源", "出生日期": "1978-03-05 00:00:00", "联系电话": "13800000001", "职务": "人大代表",
        "人大层级": "县（市、区）", "届次": "第十七届", "选区": "第 3 选区", "代表类别": "工人", "代表小组": "第一小组",
        "所在社区": "凤鸣社区", "任职日期": "2022-01-10 00:00:00",
    }  # fmt: skip
    assert answer["Content-Disposition"].endswith("2026-03-05.xlsx")
    assert "no-store" in answer["Cache-Control"]


def test_what_went_out_comes_in_again_as_no_change(people, signed_in, zhao):
    clerk = signed_in(zhao)

    preview = choose(clerk, clerk.post(EXPORT).content)

    assert preview.counts == (0, 0, 0, 6)


HOSTILE = ["=SUM(A1:A9)", "+8613800000000", "-1+1", "@SUM(1)", '=HYPERLINK("http://x")', "'=1", "_x000D_"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_goes_out_as_a_formula_and_each_comes_back_as_it_was(text, clock, committee, signed_in, zhao):
    MandateFactory(person=PersonFactory(name="刘思源"), district=text)
    clerk = signed_in(zhao)

    content = clerk.post(EXPORT).content

    cell = load_workbook(io.BytesIO(content)).worksheets[0].cell(2, TITLES.index("选区") + 1)
    assert (cell.data_type, cell.value.replace("_x005F_", "_")) == ("s", text)
    assert cell.quotePrefix is text.startswith(("=", "+", "-", "@"))
    assert choose(clerk, content).counts == (0, 0, 0, 1)


@pytest.mark.parametrize("name", ["=cmd", "+张三", "-李四", "@王五", "阿不都·热合曼", "Anna Maria", "𠮷野"])
def test_names_come_back_as_they_were(name, clock, committee, signed_in, zhao):
    MandateFactory(person=PersonFactory(name=name))
    clerk = signed_in(zhao)

    assert choose(clerk, clerk.post(EXPORT).content).counts == (0, 0, 0, 1)


def test_export_is_as_the_list_is_searched_and_filtered(people, signed_in, zhao):
    clerk = signed_in(zhao)

    def names(query: str) -> set[str]:
        page, answer = clerk.get(f"{EXPORT}?{query}"), clerk.post(f"{EXPORT}?{query}")
        found = {row["姓名"] for row in rows_in(answer.content)}
        listed = clerk.get(f"{PEOPLE}?{query}").context["cl"].result_count
        assert f"将导出{'筛选出来的' if query else '全部'} {listed} 人" in page_of(page).text
        return found

    assert names("") == {"刘思源", "马立", "没有任职"}
    assert names("q=马立") == {"马立"}
    assert names("office=deputy") == {"刘思源"}
    assert names("office=none") == {"没有任职"}
    assert names("constituency_type=worker") == {"刘思源"}
    assert clerk.get(f"{EXPORT}?q=没有这个人").status_code == 200
    assert "没有符合条件的人员可以导出" in page_of(clerk.get(f"{EXPORT}?q=没有这个人")).text


def test_auditor_gets_neither_birth_dates_nor_telephones(people, signed_in, zhao, shen):
    clerk, auditor = signed_in(zhao), signed_in(shen)

    full, reduced = clerk.post(EXPORT).content, auditor.post(EXPORT).content

    assert set(rows_in(full)[0]) - set(rows_in(reduced)[0]) == CONTACT
    assert len(rows_in(full)) == len(rows_in(reduced)) == 6
    assert {row["联系电话"] for row in rows_in(full)} == {"13800000001", "0579-85550102", None}
    words = [str(cell) for row in rows_in(reduced) for cell in row.values()]
    assert not [word for word in words if "1380000" in word or "1978" in word]
    assert "没有出生日期和联系电话" in page_of(auditor.get(EXPORT)).text
    assert "表里有出生日期和联系电话，请只用于工作" in page_of(clerk.get(EXPORT)).text


def test_export_is_on_record_without_a_name(people, signed_in, zhao):
    clerk = signed_in(zhao)

    clerk.post(EXPORT)

    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr, entry.object_id) == (zhao, "导出人员，6 行", None)
    assert "导出人员，6 行" in page_of(clerk.get("/admin/")).text


@pytest.mark.parametrize("query", ["name__startswith=刘", "phone__startswith=138", "born_on__gte=1970-01-01"])
def test_export_is_not_filtered_by_what_the_list_does_not_name(query, people, signed_in, zhao):
    assert signed_in(zhao).post(f"{EXPORT}?{query}").status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_export_stays_within_its_queries(
    count, clock, committee, community, signed_in, zhao, django_assert_num_queries
):
    MandateFactory.create_batch(count, community=community, group=DeputyGroupFactory())
    clerk = signed_in(zhao)
    ContentType.objects.get_for_model(Person)  # remembered by the process, so sometimes one query less

    with django_assert_num_queries(7):
        answer = clerk.post(EXPORT)

    assert len(rows_in(answer.content)) == Person.objects.count() == count
