"""People by Excel: the journey from the template to the list, and what may come in between."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from openpyxl import load_workbook

from congress_portal.common import import_export_admin
from congress_portal.common.import_export_admin import GONE, WaitingFile
from deputies.models import Mandate, Person
from tests.factories import CommunityFactory, DeputyGroupFactory, MandateFactory, PersonFactory
from tests.import_door import PEOPLE, TITLES, Preview, choose, choose_rows, saved, workbook

LIU = {
    "姓名": "刘思源", "出生日期": date(1978, 3, 5), "联系电话": "13800000001", "职务": "人大代表",
    "人大层级": "县（市、区）", "届次": "第十七届", "选区": "第 3 选区", "代表类别": "社区",
    "代表小组": "第一小组", "所在社区": "凤鸣社区", "任职日期": date(2022, 1, 10),
}  # fmt: skip
LIU_TOO = {"姓名": "刘思源", "出生日期": date(1978, 3, 5), "职务": "居民议事员", "任职日期": date(2024, 5, 20)}
MA = {"姓名": "马立", "联系电话": "0579-85550102", "职务": "居民议事员", "任职日期": date(2024, 5, 20)}


@pytest.fixture(autouse=True)
def places(clock, committee, community) -> None:
    DeputyGroupFactory(name="第一小组")


@pytest.fixture
def clerk(signed_in, zhao):
    return signed_in(zhao)


def on_file() -> dict[str, dict[str, Any]]:
    return {
        f"{mandate.person} {mandate}": {
            "born_on": mandate.person.born_on,
            "phone": mandate.person.phone,
            "district": mandate.district,
            "group": str(mandate.group or ""),
            "community": str(mandate.community or ""),
            "days": (mandate.starts_on, mandate.ends_on),
        }
        for mandate in Mandate.objects.select_related("person", "group", "community")
    }


# ---- the journey


def test_template_is_filled_in_looked_at_confirmed_and_then_nothing_is_left_to_do(clerk):
    book = load_workbook(io.BytesIO(clerk.get(f"{PEOPLE}import/template/").content))
    table = book.worksheets[0]
    assert tuple(cell.value.removesuffix("*") for cell in table[1]) == TITLES
    for at, row in enumerate((LIU, LIU_TOO, MA), 2):
        for column, title in enumerate(TITLES, 1):
            table.cell(at, column, row.get(title))
    filled_in = saved(book)

    preview = choose(clerk, filled_in)

    assert preview.counts == (0, 0, 3, 0)
    assert not Person.objects.exists()
    assert "已导入人员：新增 3 行，改动 0 行，没有变化 0 行。" in preview.confirm().text
    assert on_file() == {
        "刘思源 县（市、区）人大代表": {
            "born_on": date(1978, 3, 5), "phone": "13800000001", "district": "第 3 选区", "group": "第一小组",
            "community": "凤鸣社区", "days": (date(2022, 1, 10), None),
        },
        "刘思源 居民议事员": {
            "born_on": date(1978, 3, 5), "phone": "13800000001", "district": "", "group": "", "community": "",
            "days": (date(2024, 5, 20), None),
        },
        "马立 居民议事员": {
            "born_on": None, "phone": "0579-85550102", "district": "", "group": "", "community": "",
            "days": (date(2024, 5, 20), None),
        },
    }  # fmt: skip
    assert Mandate.objects.get(district="第 3 选区").constituency_type == "community"
    assert Person.objects.count() == 2

    again = choose(clerk, filled_in)

    assert again.counts == (0, 0, 0, 3)
    assert "没有变化，不用导入" in again.text
    assert not again.can_be_confirmed


def test_template_lists_what_may_be_chosen_as_it_is_on_file_now(clerk):
    CommunityFactory(name="停用社区", is_active=False)

    book = load_workbook(io.BytesIO(clerk.get(f"{PEOPLE}import/template/").content))

    words = {str(cells[0].value): [cell.value for cell in cells[1:] if cell.value] for cells in book["可选项"].columns}
    assert words["职务"] == ["人大代表", "居民议事员"]
    assert words["人大层级"] == ["全国", "省", "设区的市", "县（市、区）", "乡镇"]
    assert words["代表小组"] == ["第一小组"]
    assert words["所在社区"] == ["凤鸣社区"]
    notes = " ".join(str(cell.value) for row in book["填写说明"].iter_rows() for cell in row if cell.value)
    assert "姓名相同、出生日期不同的是两个人" in notes
    assert "空着的格不改档案里原有的内容" in notes


def test_page_says_how_people_are_matched_before_a_file_is_chosen(clerk):
    text = Preview(clerk, clerk.get(f"{PEOPLE}import/"), PEOPLE).text

    for words in ("按姓名和出生日期认人", "空着的格不改", "不受影响", "不超过 5 MB、5,000 行"):
        assert words in text


def test_preview_shows_each_field_as_it_was_and_as_it_would_be_and_writes_nothing(clerk, everything):
    MandateFactory(person=PersonFactory(name="刘思源", phone="13800000009"), district="第 1 选区", term="第十七届")
    choose_rows(clerk)  # warms up nothing that counts as a record
    before = everything()

    preview = choose_rows(clerk, LIU, MA)

    assert preview.counts == (0, 1, 1, 0)
    assert preview.changes == {
        2: [
            ("出生日期", "", "1978年3月5日"),
            ("联系电话", "13800000009", "13800000001"),
            ("选区", "第 1 选区", "第 3 选区"),
            ("代表类别", "", "社区"),
            ("代表小组", "", "第一小组"),
            ("所在社区", "", "凤鸣社区"),
        ]
    }
    changed, new = preview.show("changed").text, preview.show("new").text
    assert "第 1 选区 → 改为 第 3 选区" in changed
    assert "档案里的这一位还没有出生日期，按同一个人补上。" in changed
    assert "新增人员和任职“居民议事员” 联系电话 0579-85550102 任职日期 2024年5月20日" in new
    assert everything() == before


def test_empty_cells_and_missing_columns_leave_alone_what_is_on_file(clerk):
    choose_rows(clerk, LIU).confirm()
    before = on_file()

    few = {"姓名": "刘思源", "职务": "人大代表", "人大层级": "县（市、区）"}
    preview = choose_rows(clerk, few)
    without_columns = choose_rows(clerk, few, titles=("姓名", "职务", "人大层级"))

    assert preview.counts == without_columns.counts == (0, 0, 0, 1)
    assert on_file() == before


def test_many_rows_are_shown_by_the_page_wrong_ones_first(clerk):
    rows = [{**MA, "姓名": f"人{chr(0x4E00 + number)}", "联系电话": None} for number in range(120)]
    rows[100]["任职日期"] = None

    preview = choose_rows(clerk, *rows)

    assert preview.counts == (1, 0, 119, 0)
    assert preview.response.context["fate"] == "wrong"
    assert len(preview.show("new").response.context["rows"]) == import_export_admin.ROWS_A_PAGE
    assert "共 119 行" in preview.show("new").text
    last = clerk.get(f"{PEOPLE}import/", {"file": preview.token, "show": "new", "page": 3})
    assert [outcome.number for outcome, _ in last.context["rows"]][-1] == 121


def test_history_of_each_person_says_what_was_done_without_the_values(clerk, zhao):
    MandateFactory(person=PersonFactory(name="马立"), kind="councillor", term="", starts_on=date(2024, 5, 20))

    choose_rows(clerk, LIU, LIU_TOO, MA).confirm()

    lines = {entry.object_repr: entry for entry in LogEntry.objects.all()}
    liu, ma = lines["刘思源"], lines["马立"]
    assert len(lines) == LogEntry.objects.count() == 2
    assert (liu.action_flag, ma.action_flag, liu.user) == (ADDITION, CHANGE, zhao)
    assert liu.get_edited_object() == Person.objects.get(name="刘思源")
    assert liu.change_message == "用表格导入：新增人员和任职“县（市、区）人大代表”，新增任职“居民议事员”。"
    assert ma.change_message == "用表格导入：修改联系电话。"
    history = clerk.get(f"{PEOPLE}{Person.objects.get(name='马立').pk}/history/").content.decode()
    assert "用表格导入：修改联系电话。" in history


# ---- all or nothing


def test_while_one_row_is_wrong_nothing_can_be_confirmed_and_nothing_is_written(clerk, everything):
    rows = [{**MA, "姓名": f"人{chr(0x4E00 + number % 3000)}", "联系电话": None} for number in range(3000)]
    rows[2998]["所在社区"] = "凤呜社区"
    before = everything()

    preview = choose_rows(clerk, *rows)

    assert preview.counts == (1, 0, 2999, 0)
    assert preview.faults == [
        (
            3000,
            "J 列（所在社区）",
            "没有“凤呜社区”这个社区。最接近的是“凤鸣社区”。请照现有的名称填写；确实没有的，请先在“社区”里新增。",
        )
    ]
    assert "有 1 行有误，现在不能导入，什么都没有写入" in preview.text
    assert preview.text.count("有误：") == 1
    assert not preview.can_be_confirmed
    forged = {"file": preview.token, "fingerprint": preview.response.context["plan"].fingerprint}
    answer = clerk.post(f"{PEOPLE}process_import/", forged, follow=True)
    assert "有 1 行有误，没有导入，什么都没有写入。" in answer.content.decode()
    assert everything() == before


def test_failure_at_the_last_changed_row_takes_everything_back(clerk, everything, monkeypatch):
    for name in ("甲", "乙", "丙"):
        MandateFactory(person=PersonFactory(name=name), kind="councillor", term="", starts_on=date(2024, 5, 20))
    preview = choose_rows(clerk, LIU, *({**MA, "姓名": name, "选区": "新区"} for name in ("甲", "乙", "丙")))
    before, saved_ones = everything(), []
    save = Mandate.save

    def save_two(mandate, *args, **kwargs):
        if len(saved_ones) == 2:
            raise RuntimeError("the disk is full")
        saved_ones.append(mandate)
        save(mandate, *args, **kwargs)

    monkeypatch.setattr(Mandate, "save", save_two)
    with pytest.raises(RuntimeError, match="the disk is full"):
        preview.confirm()

    assert len(saved_ones) == 2
    assert everything() == before


def test_failure_in_writing_the_history_takes_everything_back(clerk, everything, monkeypatch):
    preview = choose_rows(clerk, LIU, MA)
    before = everything()

    def fail(*args, **kwargs):
        assert Person.objects.count() == 2
        raise RuntimeError("no history")

    monkeypatch.setattr(import_export_admin, "log_import", fail)
    with pytest.raises(RuntimeError, match="no history"):
        preview.confirm()

    assert everything() == before


# ---- between preview and confirmation


def test_confirming_twice_writes_once_and_says_so(clerk):
    preview = choose_rows(clerk, LIU)

    preview.confirm()
    second = preview.confirm()

    assert GONE in second.text
    assert Mandate.objects.count() == 1
    assert LogEntry.objects.count() == 1


def test_what_somebody_else_has_imported_meanwhile_is_not_imported_again(clerk, signed_in, sun):
    mine, theirs = choose_rows(clerk, LIU, MA), choose_rows(signed_in(sun), LIU, MA)

    theirs.confirm()
    after = mine.confirm()

    assert "没有重复导入：这份文件的内容已经全部在档案里了。" in after.text
    assert Mandate.objects.count() == 2


def test_change_between_preview_and_confirmation_is_shown_first(clerk):
    mandate = MandateFactory(person=PersonFactory(name="刘思源"), district="第 1 选区", term="第十七届")
    preview = choose_rows(clerk, LIU, MA)
    Mandate.objects.update(district="第 2 选区")

    page = preview.confirm()

    assert "预览之后，数据有了变化，所以没有导入。下面是按最新数据重新核对的结果，请看过再确认。" in page.text
    assert "第 2 选区 → 改为 第 3 选区" in page.text
    mandate.refresh_from_db()
    assert mandate.district == "第 2 选区"
    assert Person.objects.count() == 1

    answer = clerk.get(f"{PEOPLE}import/", {"file": preview.token})
    Preview(clerk, answer, f"{PEOPLE}import/").confirm()

    mandate.refresh_from_db()
    assert mandate.district == "第 3 选区"
    assert Person.objects.count() == 2


def test_change_that_makes_a_row_wrong_is_shown_as_such(clerk, community):
    preview = choose_rows(clerk, LIU)
    community.name = "凤鸣苑社区"
    community.save()

    page = preview.confirm()

    assert "预览之后，数据有了变化" in page.text
    assert "最接近的是“凤鸣苑社区”" in page.text
    assert not Person.objects.exists()


def test_file_that_has_expired_asks_for_another_upload(clerk):
    preview = choose_rows(clerk, LIU)
    cache.clear()

    looked_at = clerk.get(f"{PEOPLE}import/", {"file": preview.token}, follow=True)

    assert GONE in looked_at.content.decode()
    assert looked_at.redirect_chain == [(f"{PEOPLE}import/", 302)]
    assert GONE in preview.confirm().text
    assert not Person.objects.exists()


def test_file_waits_two_hours(clerk, monkeypatch):
    kept = {}
    monkeypatch.setattr(cache, "set", lambda key, value, timeout: kept.update({key: timeout}))

    choose_rows(clerk, LIU)

    assert list(kept.values()) == [7200]


def test_second_file_takes_the_place_of_the_first(clerk):
    first = choose_rows(clerk, LIU)
    second = choose_rows(clerk, MA)

    assert GONE in first.confirm().text
    second.confirm()

    assert [person.name for person in Person.objects.all()] == ["马立"]


def test_file_of_another_clerk_can_neither_be_seen_nor_confirmed(clerk, signed_in, sun):
    preview = choose_rows(clerk, LIU)
    other = signed_in(sun)

    looked_at = other.get(f"{PEOPLE}import/", {"file": preview.token}, follow=True)
    form = preview.page.form_with("fingerprint")
    confirmed = other.post(form.action, {name: form.value(name) for name in form.values}, follow=True)

    assert "刘思源" in preview.text
    assert "刘思源" not in looked_at.content.decode()
    assert GONE in confirmed.content.decode()
    assert not Person.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "中文", "x" * 5000])
def test_forged_token_is_answered_like_a_lost_file(clerk, token):
    choose_rows(clerk, LIU)

    assert GONE in clerk.get(f"{PEOPLE}import/", {"file": token}, follow=True).content.decode()
    assert GONE in clerk.post(f"{PEOPLE}process_import/", {"file": token}, follow=True).content.decode()


def test_cache_that_is_down_is_told_in_a_sentence(clerk, monkeypatch):
    preview = choose_rows(clerk, LIU)

    def down(*args):
        raise ConnectionError("no cache")

    monkeypatch.setattr(WaitingFile, "read", down)
    monkeypatch.setattr(WaitingFile, "save", down)

    assert GONE in preview.confirm().text
    assert "现在存不下上传的文件，没有导入。" in choose_rows(clerk, LIU).text


def test_cache_that_goes_down_after_the_import_does_not_make_it_look_failed(clerk, monkeypatch, caplog):
    def down(*args):
        raise ConnectionError("no cache")

    preview = choose_rows(clerk, LIU)
    monkeypatch.setattr(WaitingFile, "remove", down)

    assert "已导入人员：新增 1 行" in preview.confirm().text
    assert Person.objects.count() == 1
    assert "A file that was imported could not be removed" in caplog.text


def test_who_had_to_sign_in_again_to_confirm_is_sent_to_the_import_page(clerk):
    answer = clerk.get(f"{PEOPLE}process_import/", follow=True)

    assert answer.redirect_chain == [(f"{PEOPLE}import/", 302)]
    assert GONE in answer.content.decode()


# ---- files that are none


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (None, "", "请选择要导入的表格文件。"),
        (b"", "空表.xlsx", "这个文件是空的，请重新选择。"),
        ("姓名,职务\n刘思源,人大代表\n".encode(), "名单.xlsx", "名单.xlsx"),
        (b"PK\x03\x04" + bytes(5 * 1024 * 1024), "大.xlsx", "这个文件超过 5 MB。请删去图片和多余的内容，或分成几份。"),
        (workbook([{"姓名": "刘思源"}], ("姓名", "选区")), "缺列.xlsx", "的表头缺少“职务”列。请补上后再导入。"),
        (workbook([{"名称": "凤鸣社区"}], ("名称", "排列")), "社区.xlsx", "前 15 行里找不到表头"),
    ],
    ids=["none chosen", "empty", "text", "too big", "without a column", "another table"],
)
def test_file_that_cannot_be_read_is_refused_on_the_page(clerk, content, name, sentence):
    if content is None:
        answer = clerk.post(f"{PEOPLE}import/", {})
        page = Preview(clerk, answer, PEOPLE)
    else:
        page = choose(clerk, content, name=name)

    assert page.response.context.get("form") is not None
    assert sentence in page.text
    assert page.text.startswith("有误：")
    assert not Person.objects.exists()


def test_more_than_5000_rows_are_refused(clerk):
    page = choose_rows(clerk, *({**MA, "姓名": f"人{number}"} for number in range(5001)))

    assert "一次最多导入 5000 行" in page.text


def test_what_was_not_read_is_told_beside_the_preview(clerk):
    preview = choose(clerk, workbook([{**MA, "籍贯": "本地"}], (*TITLES, "籍贯")))

    assert preview.counts == (0, 0, 1, 0)
    assert "没有读取这些列：O 列“籍贯”。" in preview.text


# ---- queries


@pytest.mark.parametrize("count", [1, 3])
def test_preview_stays_within_its_queries(count, clerk, django_assert_num_queries):
    rows = [{**LIU, "姓名": f"人{chr(0x4E00 + number)}"} for number in range(count)]
    preview = choose_rows(clerk, *rows)

    with django_assert_num_queries(7):
        preview.show("new")


@pytest.mark.parametrize("count", [1, 3])
def test_confirmation_of_new_rows_stays_within_its_queries(count, clerk, django_assert_num_queries):
    rows = [{**LIU, "姓名": f"人{chr(0x4E00 + number)}"} for number in range(count)]
    preview = choose_rows(clerk, *rows)
    form = preview.page.form_with("fingerprint")
    ContentType.objects.get_for_model(Person)  # remembered by the process, so sometimes one query less

    with django_assert_num_queries(13):
        clerk.post(form.action, {name: form.value(name) for name in form.values})

    assert Person.objects.count() == count
