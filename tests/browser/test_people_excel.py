"""A clerk imports people from a workbook, in a real browser: a wrong file, the mended one, and its preview."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.window import Window
from tests.import_door import workbook

pytestmark = pytest.mark.browser

NEW = {
    "姓名": "苗圃新", "出生日期": date(1985, 6, 12), "联系电话": "13800000001", "职务": "人大代表",
    "人大层级": "县（市、区）", "届次": "第十五届", "选区": "第 9 选区", "所在社区": "南塘社区",
    "任职日期": date(2022, 2, 1),
}  # fmt: skip
WIDTHS = (1280, 640, 390, 320)


def look_over_at_every_width(window: Window) -> None:
    for width in WIDTHS:
        window.resize(width)
        window.look_over()
    window.resize(1280)


def test_workbook_is_mended_looked_at_and_imported(open_window: Callable[..., Window], tmp_path) -> None:
    window = open_window(1280, "zhoumin", reduced_motion="reduce")
    page = window.page
    window.go("/admin/deputies/person/")
    changed = {"姓名": page.locator("#result_list tbody th").first.inner_text(), "联系电话": "0570-85550199"}
    wrong, good = tmp_path / "名单.xlsx", tmp_path / "名单（改）.xlsx"
    wrong.write_bytes(workbook([NEW | {"所在社区": "南塘", "联系电话": "1380000"}, changed]))
    good.write_bytes(workbook([NEW, changed]))
    page.get_by_role("link", name="导入").click()

    page.get_by_label("表格文件").set_input_files(wrong)
    expect(page.locator(".files li")).to_contain_text("名单.xlsx")
    page.get_by_role("button", name="上传并核对").click()

    window.arrives_at("核对要导入的人员")
    expect(page.get_by_text("有 1 行有误，现在不能导入，什么都没有写入。")).to_be_visible()
    expect(page.get_by_role("row", name="第 2 行")).to_contain_text("J 列（所在社区）没有“南塘”这个社区。")
    expect(page.get_by_role("button", name="确认导入")).to_have_count(0)
    look_over_at_every_width(window)

    page.get_by_role("link", name="重新选择文件").click()
    page.get_by_label("表格文件").set_input_files(wrong)
    page.get_by_label("表格文件").set_input_files(good)
    expect(page.locator(".files li")).to_have_count(1)
    page.get_by_role("button", name="上传并核对").click()

    window.arrives_at("核对要导入的人员")
    expect(page.get_by_role("row", name="第 3 行")).to_contain_text("0570-85550199")
    look_over_at_every_width(window)
    page.get_by_role("link", name="新增 1").click()
    expect(page.get_by_role("row", name="第 2 行")).to_contain_text("第 9 选区")
    look_over_at_every_width(window)
    assert not [stop.what for stop in window.tab_stops() if not (stop.has_ring and stop.is_seen)]

    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_role("status").first).to_have_text("已导入人员：新增 1 行，改动 1 行，没有变化 0 行。")
    expect(page.get_by_role("link", name="苗圃新")).to_be_visible()


def test_workbook_is_imported_without_scripts(open_window: Callable[..., Window], tmp_path) -> None:
    file = tmp_path / "小组.xlsx"
    file.write_bytes(workbook([{"名称": "苗圃小组", "排列": 10}], ("名称", "排列")))
    window = open_window(390, "zhoumin", java_script_enabled=False)
    window.page.goto(f"{window.site.address}/admin/deputies/deputygroup/import/")

    window.page.get_by_label("表格文件").set_input_files(file)
    window.page.get_by_role("button", name="上传并核对").click()
    window.page.get_by_role("button", name="确认导入").click()

    expect(window.page.get_by_role("link", name="苗圃小组")).to_be_visible()
