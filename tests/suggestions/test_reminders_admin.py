"""催办记录 in the staff admin: what was told when, and why nobody is told again."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from congress_portal.accounts.choices import COMMITTEE_ROLES, Role
from congress_portal.accounts.models import User
from suggestions import workflow
from suggestions.choices import Rating
from tests.pages import page_of
from tests.suggestions.story import moment

LIST = reverse("admin:suggestions_reminder_changelist")
SIGNED_IN = 2


def rows(response) -> list[list[str]]:
    """Return the words of each cell, a line of its own where the cell has two."""
    body = response.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in body.split("<tr>")[1:]]
    return [
        [re.sub(r"<[^>]+>", "", cell.replace('<span class="sub">', " | ")).strip() for cell in row] for row in cells
    ]


def test_list_says_what_was_told_and_why_nobody_is_told_again(office, zhao, signed_in, clock):
    answered, waiting, sent_back, late = (office.case_in("assigned") for _ in range(4))
    workflow.send_due_reminders(now=moment(3, 21, 8, 5))
    office.reply(answered, now=moment(3, 23))
    office.reply(sent_back, now=moment(3, 23))
    workflow.send_back_reply(
        sent_back, reason="请写明哪天修好。", due_on=moment(3, 30).date(), by=zhao, now=moment(3, 23, 11)
    )
    office.reply(late, now=moment(3, 23))
    office.evaluate(late, now=moment(3, 23, 12), result=Rating.DISSATISFIED)
    clock.move_to(moment(3, 23, 15))

    told = ["城建办", "答复", "3 个自然日内到期", "2026年3月24日", "1", "2026年3月21日 08:05"]
    assert rows(signed_in(zhao).get(LIST)) == [
        ["2026-0004 | 网上提交，凤鸣社区", *told, "办理中 | 2026年4月20日起提醒"],
        ["2026-0003 | 网上提交，凤鸣社区", *told, "办理中 | 2026年3月27日起提醒"],
        ["2026-0002 | 网上提交，凤鸣社区", *told, "办理中 | 2026年3月21日已经提醒过"],
        ["2026-0001 | 网上提交，凤鸣社区", *told, "待评价 | 已经答复"],
    ]

    clock.move_to(moment(3, 24, 7))
    assert rows(signed_in(zhao).get(LIST))[2][-1] == "办理中 | 到了提醒的时候，等待发出"
    assert waiting.get_absolute_url() in page_of(signed_in(zhao).get(LIST)).links


def test_list_says_where_nobody_can_be_told(office, assigned, shen, signed_in, clock):
    workflow.send_due_reminders(now=moment(3, 21))
    clock.move_to(moment(3, 24))
    waiting = "办理中 | 到了提醒的时候，等待发出"

    def now() -> str:
        return rows(signed_in(shen).get(LIST))[0][-1]

    assert now() == waiting
    User.objects.filter(role=Role.OFFICER).update(is_active=False)
    assert now() == waiting  # the committee is told in its place
    User.objects.exclude(pk=shen.pk).update(is_active=False)
    assert now() == "办理中 | 没有能收到提醒的账户"


def test_accepting_is_nobodys_to_tell_without_a_committee(office, submitted, wu, shen, signed_in, clock):
    workflow.send_due_reminders(now=moment(3, 4))
    clock.move_to(moment(3, 5))
    User.objects.filter(role__in=COMMITTEE_ROLES).update(is_active=False)

    assert rows(signed_in(shen).get(LIST))[0][1:3] == ["—", "受理"]
    assert rows(signed_in(shen).get(LIST))[0][-1] == "待受理 | 没有能收到提醒的账户"


def test_list_is_filtered_and_searched(office, zhao, signed_in):
    for state in ("overdue", "submitted"):
        office.case_in(state)
    workflow.send_due_reminders(now=moment(3, 5))
    browser = signed_in(zhao)

    def numbers(**query: str) -> list[str]:
        return [row[0][:9] for row in rows(browser.get(LIST, query))]

    assert numbers() == ["2026-0002", "2026-0001"]
    assert numbers(step__exact="accept") == ["2026-0002"]
    assert numbers(stage__exact="overdue") == ["2026-0002", "2026-0001"]
    assert numbers(stage__exact="soon") == []
    assert numbers(q="2026-0001") == ["2026-0001"]


def test_one_reminder_is_read_only(office, overdue, shen, zhao, signed_in):
    workflow.send_due_reminders(now=moment(3, 5))
    reminder = overdue.reminders.get()
    address = reverse("admin:suggestions_reminder_change", args=[reminder.pk])

    for reader in (shen, zhao):
        page = page_of(signed_in(reader).get(address))
        assert "已经逾期" in page.text
        assert [form for form in page.forms if "stage" in form.values] == []
        assert signed_in(reader).post(address, {"stage": "soon"}).status_code == 403

    assert overdue.reminders.get().stage == "overdue"


@pytest.mark.parametrize("item_count", [1, 3])
def test_list_query_budget(office, zhao, signed_in, item_count, django_assert_num_queries):
    for _ in range(item_count):
        office.case_in("overdue")
    workflow.send_due_reminders(now=moment(3, 5))
    browser = signed_in(zhao)

    # Count and rows; what is known of their cases, twice; the frame: committee, unread.
    with django_assert_num_queries(SIGNED_IN + 2 + 2 + 2):
        assert len(rows(browser.get(LIST))) == item_count
