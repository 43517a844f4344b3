"""The count of a due day, drawn day by day: opened by keyboard, and legible at any width and in large print."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.window import Site, Window

pytestmark = pytest.mark.browser

PHONE = "17055500918"
WIDTHS = (1280, 640, 390, 320, 195)

# A case assigned on 18 September 2026: the mid-autumn festival, the National Day and two worked weekend days follow.
LONG_COUNT = """
import json
from datetime import datetime
from django.utils import timezone
from congress_portal.accounts.models import User
from suggestions import tracking, workflow
clerk, officer = User.objects.get(username="zhoumin"), User.objects.get(username="wuqian")
key, now = tracking.new_submission_key(), timezone.make_aware(datetime(2026, 9, 18, 10))
case = workflow.submit_suggestion(workflow.Submission(
    matter="东桥路公交站台的顶棚漏雨，等车的人没处躲。", category=None, community=None, place="东桥路",
    contact=workflow.Contact(name="周先生", phone="{phone}")), key=key, now=now).suggestion
workflow.accept_suggestion(case, by=clerk, now=now)
workflow.assign_to_department(
    case, department=officer.department, by=clerk, now=now,
    due_on=workflow.reply_due_by_rule(case, assigned_on=now.date()))
print(json.dumps({{"pk": case.pk, "code": tracking.display(tracking.code_for(key))}}))
"""

_CLIPPED = """(strip) => [...strip.children]
  .filter((day) => day.scrollWidth > day.clientWidth + 1).map((day) => day.textContent)"""


@pytest.fixture(scope="session")
def case(site: Site) -> dict[str, object]:
    return json.loads(site.portal.shell(LONG_COUNT.format(phone=PHONE)).stdout)


@pytest.mark.parametrize(
    ("username", "path", "large_print"),
    [
        ("", "/suggestions/lookup/", False),
        ("", "/suggestions/lookup/", True),
        ("wuqian", "/suggestions/department/{pk}/", False),
        ("wuqian", "/suggestions/department/{pk}/", True),
        ("zhoumin", "/admin/suggestions/suggestion/{pk}/change/", False),
    ],
)
def test_count_opens_by_keyboard_and_fits_every_width(
    open_window: Callable[..., Window], case: dict[str, object], username: str, path: str, large_print: bool
) -> None:
    window = open_window(1280, username)
    if large_print:
        window.page.context.add_cookies([{"name": "elder", "value": "1", "url": window.site.address}])
    window.go(path.format(**case))
    if not username:
        window.page.get_by_label("查询码").fill(str(case["code"]))
        window.page.get_by_label("手机号后四位").fill(PHONE[-4:])
        window.page.get_by_role("button", name="查进度").click()

    window.page.get_by_text("答复期限是怎么算的").press("Enter")

    strip = window.page.get_by_role("list", name="逐日计算")
    expect(strip.get_by_role("listitem")).to_have_count(28)
    expect(strip).to_contain_text("调休上班")
    for width in WIDTHS:
        window.resize(width)
        assert window.too_wide() == [], width
        assert strip.evaluate(_CLIPPED) == [], width
    window.resize(390)
    assert window.violations() == []
    if large_print:
        assert window.text_smaller_than(22) == []
