"""A deputy on a phone: asked to an activity, signed up, signed in by the QR code, and then it stands in the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.window import Window

pytestmark = pytest.mark.browser

PDF_MILLISECONDS = 120_000
DEPUTY = "chenyawen"
NARROW = (390, 320, 195)

CODE = "sign_in_codes.sign_in_code({pk}, now=timezone.now()).{part}"
IMPORTS = "from django.utils import timezone; from deputies import sign_in_codes"


def looked_over(window: Window) -> None:
    """Look the page over at the width of a phone, of a small one, and of a phone at 200 %."""
    for width in NARROW:
        window.resize(width)
        assert not (found := window.too_wide()), (width, found)
    window.resize(NARROW[0])
    window.look_over()


def by_keyboard(window: Window) -> None:
    """Go through the page with the Tab key: every stop shows a ring and nothing lies over it."""
    stops = window.tab_stops()
    assert not (hidden := [stop.what for stop in stops if not (stop.has_ring and stop.is_seen)]), "\n".join(hidden)
    assert any(stop.is_main for stop in stops)
    window.page.reload()


def code_of(window: Window, pk: str, part: str) -> str:
    return str(window.site.portal.answer(CODE.format(pk=pk, part=part), IMPORTS))


def plan_and_announce(clerk: Window, title: str) -> str:
    """Put an activity on record that has just begun, ask the deputy to it, and return its key."""
    page = clerk.page
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    clerk.go("/admin/deputies/activity/add/")
    page.get_by_label("类型").select_option(label="视察")
    page.get_by_label("名称", exact=True).fill(title)
    page.get_by_label("开始时间").fill(f"{now - timedelta(minutes=1):%Y-%m-%dT%H:%M}")
    page.get_by_label("结束时间").fill(f"{now + timedelta(hours=2):%Y-%m-%dT%H:%M}")
    page.locator("[name=places-0-name]").fill("南塘桥北侧")
    page.locator("[name=places-1-name]").fill("河湾步道")
    page.get_by_label("通知内容").fill("在南塘桥北侧集合，请带代表证。")
    page.get_by_role("button", name="登记", exact=True).click()
    clerk.arrives_at(title)
    pk = re.search(r"/activity/(\d+)/", page.url)[1]
    page.get_by_role("link", name="发通知").click()
    page.get_by_label(re.compile("^陈雅文")).check()
    page.get_by_role("button", name="发通知").click()
    clerk.arrives_at(title)
    return pk


def hold(clerk: Window, title: str, pk: str) -> None:
    """Put on record that it was held."""
    page = clerk.page
    clerk.go(f"/admin/deputies/activity/{pk}/change/")
    page.get_by_role("link", name="举行完毕").click()
    page.get_by_label("活动情况").fill("沿河湾步道看了十二盏灯，三盏要补。")
    page.get_by_role("button", name="举行完毕").click()
    clerk.arrives_at(title)
    expect(page.get_by_role("main")).to_contain_text("已举行")


def printed_text(deputy: Window) -> str:
    """Ask for the printed file, wait for the worker, and return what it says, without its line breaks."""
    page = deputy.page
    page.get_by_role("button", name="打印我的档案").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("履职档案")
    expect(page.get_by_role("link", name="下载")).to_be_visible(timeout=PDF_MILLISECONDS)
    looked_over(deputy)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()
    reader = PdfReader(download.value.path())
    return re.sub(r"\s", "", "".join(part.extract_text() for part in reader.pages))


def test_invitation_goes_to_the_line_in_the_file_and_its_pdf(
    open_window: Callable[..., Window], skip_without_pdf: Callable[[], None]
) -> None:
    title = "视察河湾步道夜间照明"
    clerk = open_window(1280, "zhoumin")
    deputy = open_window(390, DEPUTY, reduced_motion="reduce")
    page = deputy.page
    pk = plan_and_announce(clerk, title)

    deputy.go("/own/")
    deputy.arrives_at("陈雅文代表，有")
    looked_over(deputy)
    by_keyboard(deputy)
    card = page.locator(".task-main")
    expect(card).to_contain_text(title)
    expect(card).to_contain_text("南塘桥北侧 → 河湾步道")
    card.get_by_role("button", name="参加").click()
    expect(page.get_by_role("status")).to_contain_text(f"已报名参加“{title}”")
    page.get_by_role("link", name="活动", exact=True).last.click()
    deputy.arrives_at("活动")
    looked_over(deputy)
    page.get_by_role("link", name=title).click()
    deputy.arrives_at(title)
    looked_over(deputy)
    expect(page.get_by_role("main")).to_contain_text("在南塘桥北侧集合，请带代表证。")

    clerk.go(f"/admin/deputies/activity/{pk}/screen/")
    expect(clerk.page.get_by_role("img", name="签到二维码")).to_be_visible()
    clerk.look_over()
    deputy.go(code_of(deputy, pk, "url_path"))  # as the phone's camera opens it
    deputy.arrives_at("签到")
    looked_over(deputy)
    by_keyboard(deputy)
    page.get_by_role("button", name="签到").click()
    deputy.arrives_at(title)
    expect(page.get_by_role("status")).to_contain_text("已签到")
    expect(page.get_by_role("main")).to_contain_text("已到场")

    hold(clerk, title, pk)
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("沿河湾步道看了十二盏灯，三盏要补。")
    deputy.go("/own/")
    expect(page.get_by_role("row", name=title)).to_contain_text("到场")
    page.get_by_role("link", name="履职档案", exact=True).last.click()
    deputy.arrives_at("履职档案")
    looked_over(deputy)
    expect(page.get_by_role("main")).to_contain_text(title)
    skip_without_pdf()
    assert title in printed_text(deputy)


def test_leave_is_asked_and_then_the_digits_are_typed_after_all(open_window: Callable[..., Window]) -> None:
    title = "走访南塘社区选民"
    clerk = open_window(1280, "zhoumin")
    deputy = open_window(390, DEPUTY, reduced_motion="reduce")
    page = deputy.page
    pk = plan_and_announce(clerk, title)

    deputy.go(f"/deputies/activities/{pk}/")
    page.get_by_role("link", name="请假").click()
    deputy.arrives_at("请假")
    looked_over(deputy)
    by_keyboard(deputy)
    page.get_by_role("button", name="请假").click()
    expect(page.get_by_role("alert")).to_contain_text("请填写请假原因。")
    looked_over(deputy)
    page.get_by_label("请假原因").fill("因公出差")
    page.get_by_role("button", name="请假").click()
    deputy.arrives_at(title)
    expect(page.get_by_role("status")).to_contain_text("已请假")
    page.get_by_role("link", name="到了，签到").click()
    deputy.arrives_at("签到")
    looked_over(deputy)
    page.get_by_label("签到码").fill("000000" if code_of(deputy, pk, "code") != "000000" else "000001")
    page.get_by_role("button", name="签到").click()
    expect(page.get_by_role("alert")).to_contain_text("签到码不对")
    looked_over(deputy)
    page.get_by_label("签到码").fill(code_of(deputy, pk, "code"))
    page.get_by_label("签到码").press("Enter")
    deputy.arrives_at(title)
    expect(page.get_by_role("main")).to_contain_text("已到场")
