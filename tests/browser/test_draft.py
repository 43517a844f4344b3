"""What is typed into the form of a duty stays on the phone: over a lost connection, a closed page, and no further."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.window import Window

pytestmark = pytest.mark.browser

NEW = "/deputies/duty/new/"
DEPUTY, COUNCILLOR = "chenyawen", "shenyueqin"
TITLE, TEXT = "走访河湾路住户", "两户反映楼道灯不亮。"
KEPT = "上次没有提交的内容还在这台设备上"
OFFLINE = "现在没有网络，还没有提交。"


def _drafts(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))")


def _type(page: Page) -> None:
    page.get_by_label("类型").select_option("visit")
    page.get_by_label("做了什么").fill(TITLE)
    page.get_by_label("详细情况").fill(TEXT)


def test_a_draft_survives_a_lost_connection_and_goes_once_it_is_taken(open_window: Callable[..., Window]) -> None:
    window = open_window(390, DEPUTY)
    page = window.page
    window.go(NEW)
    window.arrives_at("补记履职")
    expect(page.get_by_text(KEPT)).to_be_hidden()
    _type(page)

    page.context.set_offline(True)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert").filter(has_text=OFFLINE)).to_be_visible()
    expect(page.get_by_label("做了什么")).to_have_value(TITLE)
    window.look_over()

    page.context.set_offline(False)
    window.go("/own/")  # the page is left without sending
    window.go(NEW)
    expect(page.get_by_text(KEPT)).to_be_visible()
    expect(page.get_by_label("类型")).to_have_value("visit")
    expect(page.get_by_label("做了什么")).to_have_value(TITLE)
    expect(page.get_by_label("详细情况")).to_have_value(TEXT)
    window.look_over()

    page.get_by_role("button", name="提交").click()
    window.arrives_at("履职档案")
    expect(page.get_by_text(TITLE, exact=True).first).to_be_visible()
    assert _drafts(page) == []
    window.go(NEW)
    expect(page.get_by_text(KEPT)).to_be_hidden()
    expect(page.get_by_label("做了什么")).to_have_value("")


def test_a_server_that_cannot_be_reached_takes_nothing_away(open_window: Callable[..., Window]) -> None:
    """The phone believes it is online; the probe finds that it is not, and the page stays."""
    window = open_window(390, DEPUTY)
    page = window.page
    window.go(NEW)
    _type(page)

    page.route("**/favicon*", lambda route: route.abort("connectionfailed"))
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert").filter(has_text=OFFLINE)).to_be_visible()
    expect(page.get_by_label("做了什么")).to_have_value(TITLE)
    page.unroute("**/favicon*")
    window.faults.clear()  # the request that was made to fail

    page.reload()
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.get_by_role("button", name="清空").click()
    expect(page.get_by_text(KEPT)).to_be_hidden()
    expect(page.get_by_label("做了什么")).to_have_value("")
    expect(page.get_by_label("类型")).to_be_focused()
    assert _drafts(page) == []


def test_what_came_back_with_a_mistake_is_kept_too(open_window: Callable[..., Window]) -> None:
    window = open_window(390, DEPUTY)
    page = window.page
    window.go(NEW)
    page.get_by_label("详细情况").fill(TEXT)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert").filter(has_text="处要补")).to_be_visible()
    expect(page.get_by_text(KEPT)).to_be_hidden()

    window.go(NEW)
    expect(page.get_by_label("详细情况")).to_have_value(TEXT)
    page.get_by_role("button", name="清空").click()


def test_nobody_else_on_the_same_phone_sees_a_draft(open_window: Callable[..., Window]) -> None:
    """Signing out forgets it; where somebody did not sign out, the next account does not see it and throws it away."""
    window = open_window(390)
    page = window.page
    window.sign_in(DEPUTY)
    window.go(NEW)
    _type(page)
    kept = _drafts(page)
    assert len(kept) == 1

    page.context.clear_cookies()  # the session ends without signing out
    window.sign_in(COUNCILLOR)
    window.go(NEW)
    expect(page.get_by_label("做了什么")).to_have_value("")
    expect(page.get_by_text(KEPT)).to_be_hidden()
    assert _drafts(page) == []

    _type(page)
    assert len(_drafts(page)) == 1
    page.evaluate("document.querySelector('form[action$=\"/accounts/logout/\"]').requestSubmit()")
    page.wait_for_url(window.site.address + "/")
    assert _drafts(page) == []


def test_without_scripts_it_is_an_ordinary_form(open_window: Callable[..., Window]) -> None:
    window = open_window(390, DEPUTY, java_script_enabled=False)
    page = window.page
    page.goto(window.site.address + NEW)
    page.get_by_label("类型").select_option("other")
    page.get_by_label("做了什么").fill("没有脚本也能补记")
    page.get_by_role("button", name="提交").click()

    expect(page.get_by_text("没有脚本也能补记", exact=True).first).to_be_visible()
