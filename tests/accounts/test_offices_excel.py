"""Departments, communities and groups by Excel: the same journey as for people, matched by name."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from openpyxl import load_workbook

from congress_portal.accounts.models import Community, Department
from deputies.models import DeputyGroup
from tests.import_door import choose, choose_rows, rows_in

TITLES = ("名称", "排列", "在用")
OFFICES = {
    "/admin/accounts/department/": Department,
    "/admin/accounts/community/": Community,
    "/admin/deputies/deputygroup/": DeputyGroup,
}

pytestmark = pytest.mark.parametrize("of", OFFICES)


@pytest.fixture
def director(committee, signed_in, fang):
    return signed_in(fang)


def on_file(of: str) -> list[tuple[Any, ...]]:
    return list(OFFICES[of].objects.order_by("pk").values_list("name", "position", "is_active"))


def rows(director, of: str, *rows: dict[str, Any]):
    return choose_rows(director, *rows, titles=TITLES, of=of)


def test_table_is_looked_at_confirmed_and_then_nothing_is_left_to_do(of, director):
    OFFICES[of].objects.create(name="老单位", position=10)
    table = (
        {"名称": "新单位", "排列": 20, "在用": "是"},
        {"名称": "老单位", "排列": 30, "在用": "否"},
        {"名称": "只有名称"},
    )

    preview = rows(director, of, *table)

    assert preview.counts == (0, 1, 2, 0)
    assert preview.changes == {3: [("排列", "10", "30"), ("在用", "是", "否")]}
    assert on_file(of) == [("老单位", 10, True)]
    noun = OFFICES[of]._meta.verbose_name_plural
    assert f"已导入{noun}：新增 2 行，改动 1 行，没有变化 0 行。" in preview.confirm().text
    assert on_file(of) == [("老单位", 30, False), ("新单位", 20, True), ("只有名称", 100, True)]
    entries = {entry.object_repr: (entry.action_flag, entry.change_message) for entry in LogEntry.objects.all()}
    assert entries == {
        "新单位": (ADDITION, f"用表格导入：新增{noun}。"),
        "只有名称": (ADDITION, f"用表格导入：新增{noun}。"),
        "老单位": (CHANGE, "用表格导入：修改排列、在用。"),
    }
    again = rows(director, of, *table)
    assert again.counts == (0, 0, 0, 3)
    assert not again.can_be_confirmed


@pytest.mark.parametrize(
    ("row", "place", "sentence"),
    [
        ({"名称": None, "排列": 1}, "A 列（名称）", "请填写名称。"),
        ({"名称": "长" * 61}, "A 列（名称）", "最多"),
        ({"名称": "老单位"}, "A 列（名称）", "和第 2 行重复：同一个名称只写一行，请删掉其中一行。"),
        ({"名称": "新单位", "排列": -1}, "B 列（排列）", "排列应为 0 到 32767 的整数，小的排在前面。"),
        ({"名称": "新单位", "排列": 40_000}, "B 列（排列）", "排列应为 0 到 32767 的整数，小的排在前面。"),
        ({"名称": "新单位", "排列": "前面"}, "B 列（排列）", "“前面”不是整数"),
        ({"名称": "新单位", "在用": "也许"}, "C 列（在用）", "“也许”看不出是或否，请填写“是”或“否”。"),
    ],
    ids=["no name", "long", "twice", "negative", "too great", "no number", "neither yes nor no"],
)
def test_wrong_row_is_told_by_row_column_and_sentence(of, row, place, sentence, director):
    preview = rows(director, of, {"名称": "老单位"}, row)

    ((number, found_place, found_sentence),) = preview.faults
    assert (number, found_place) == (3, place)
    assert sentence in found_sentence
    assert not preview.can_be_confirmed
    assert on_file(of) == []


def test_empty_cells_leave_alone_what_is_on_file(of, director):
    OFFICES[of].objects.create(name="老单位", position=10, is_active=False)

    preview = rows(director, of, {"名称": " 老单位 "})

    assert preview.counts == (0, 0, 0, 1)


@pytest.mark.parametrize("name", ["老单位", "=1+1", "@单位", "（东）二组", "Ａ办"])
def test_what_went_out_comes_in_again_as_no_change(of, name, director):
    OFFICES[of].objects.create(name=name, position=10, is_active=False)

    content = director.post(f"{of}export/").content

    assert rows_in(content) == [{"名称": name, "排列": 10, "在用": "否"}]
    assert choose(director, content, of=of).counts == (0, 0, 0, 1)


def test_template_has_the_columns_and_says_how_names_are_matched(of, director):
    book = load_workbook(io.BytesIO(director.get(f"{of}import/template/").content))

    assert [cell.value for cell in book.worksheets[0][1]] == ["名称*", "排列", "在用"]
    notes = " ".join(str(cell.value) for row in book["填写说明"].iter_rows() for cell in row if cell.value)
    assert "按名称认" in notes


def test_change_between_preview_and_confirmation_is_shown_first(of, director):
    preview = rows(director, of, {"名称": "老单位", "排列": 5})
    OFFICES[of].objects.create(name="老单位", position=10)

    page = preview.confirm()

    assert "预览之后，数据有了变化" in page.text
    assert "排列 10 → 改为 5" in page.text
    assert on_file(of) == [("老单位", 10, True)]


@pytest.mark.parametrize("count", [1, 3])
def test_preview_and_confirmation_stay_within_their_queries(of, count, director, django_assert_num_queries):
    preview = rows(director, of, *({"名称": f"单位{number}"} for number in range(count)))
    form = preview.page.form_with("fingerprint")
    ContentType.objects.get_for_model(OFFICES[of])  # remembered by the process, so sometimes one query less

    with django_assert_num_queries(6):
        preview.show("new")
    with django_assert_num_queries(10):
        director.post(form.action, {name: form.value(name) for name in form.values})

    assert len(on_file(of)) == count


@pytest.mark.parametrize("count", [1, 3])
def test_export_stays_within_its_queries(of, count, director, django_assert_num_queries):
    OFFICES[of].objects.bulk_create(OFFICES[of](name=f"单位{number}") for number in range(count))
    ContentType.objects.get_for_model(OFFICES[of])

    with django_assert_num_queries(4):
        content = director.post(f"{of}export/").content

    assert len(rows_in(content)) == count


@pytest.mark.parametrize("query", ["is_active__exact=zzz", "is_active__exact=0"])
def test_export_follows_the_filter_and_bears_a_broken_one(of, query, director):
    OFFICES[of].objects.create(name="老单位")

    answer = director.get(f"{of}export/?{query}", follow=True)

    assert answer.status_code == 200
    assert "没有符合条件的" in answer.content.decode() or answer.redirect_chain
