"""``manage.py send_due_reminders``: what it prints, what it writes, and with which code it ends."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from congress_portal.accounts.models import User
from congress_portal.management.commands import send_due_reminders
from congress_portal.notifications.models import Message
from suggestions.models import Reminder
from suggestions.workflow import reminding
from tests.suggestions.story import STATES


def printed(**options: Any) -> str:
    output = StringIO()
    call_command("send_due_reminders", stdout=output, **options)
    return output.getvalue()


@pytest.fixture
def one_of_each(office, fang) -> None:
    for state in STATES:
        office.case_in(state)


DRY_RUN = """\
提醒演练，不发消息，不留记录：2026年3月5日 10:00

意见建议：要提醒 2 件，不提醒 4 件
  2026-0004，答复期限2026年3月4日，逾期 1 个工作日
    告知吴承办：答复逾期 1 个工作日：2026-0004，网上提交，凤鸣社区
    告知赵经办、方主任：城建办答复逾期 1 个工作日：2026-0004，网上提交，凤鸣社区
  2026-0001，受理期限2026年3月4日，逾期 1 个工作日
    告知赵经办、方主任：受理逾期 1 个工作日：2026-0001，网上提交，凤鸣社区
  还没到提醒的日子 2 件
    2026-0003，办理中，2026年3月21日起提醒
    2026-0006，办理中，2026年4月2日起提醒
  现在没有期限 1 件
    2026-0002，待交办
  已经答复 1 件
    2026-0005，待评价

履职：要提醒 0 件，不提醒 0 件

合计：要提醒 2 件，5 人次；不提醒 4 件；没有办成 0 件。
"""


def test_dry_run_says_whom_and_why_and_writes_nothing(one_of_each, everything):
    before = everything()

    assert printed(dry_run=True) == DRY_RUN
    assert everything() == before


def test_run_does_what_the_dry_run_said(one_of_each):
    real = printed()

    assert real == DRY_RUN.replace("提醒演练，不发消息，不留记录", "提醒").replace("要提醒", "已提醒")
    assert Reminder.objects.count() == 2
    assert Message.objects.filter(dedupe_key__startswith="reminder:").count() == 5


def test_second_run_says_that_they_were_reminded(one_of_each, everything):
    printed()
    before = everything()

    again = printed()

    assert "意见建议：已提醒 0 件，不提醒 6 件\n" in again
    assert "  已经提醒过 2 件\n    2026-0001，待受理，2026年3月5日已经提醒过\n" in again
    assert again.endswith("合计：已提醒 0 件，0 人次；不提醒 6 件；没有办成 0 件。\n")
    assert everything() == before


@pytest.mark.parametrize(
    ("now", "day", "stage"),
    [
        ("2026-03-21", "2026年3月21日 00:00", "还有 2 个工作日"),
        ("2026-03-24T08:05", "2026年3月24日 08:05", "今天到期"),
        ("2026-03-24 08:05:30", "2026年3月24日 08:05", "今天到期"),
        ("2026-03-24T16:30:00+00:00", "2026年3月25日 00:30", "逾期 1 个工作日"),
        ("2026-03-24T16:30:00Z", "2026年3月25日 00:30", "逾期 1 个工作日"),
    ],
)
def test_run_at_another_time(office, assigned, now, day, stage):
    text = printed(now=now)

    assert text.startswith(
        f"提醒：{day}\n\n意见建议：已提醒 1 件，不提醒 0 件\n  2026-0001，答复期限2026年3月24日，{stage}\n"
    )
    assert Reminder.objects.count() == 1


def test_run_in_the_past_finds_nothing_due(office, overdue, everything):
    before = everything()

    assert "合计：已提醒 0 件" in printed(now="2026-02-01")
    assert everything() == before


@pytest.mark.parametrize(
    "now", ["明天", "2026-02-30", "2026/3/5", "20260305T9999", "0001-01-01", "9999-12-31", "1999-12-31", "-1", "٣"]
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_time_that_cannot_be_is_refused_with_a_sentence(office, overdue, now, dry_run, everything):
    before = everything()

    with pytest.raises(CommandError) as refusal:
        printed(now=now, dry_run=dry_run)

    assert str(refusal.value) == (
        f"--now 看不懂“{now}”，请写成 2026-11-24 或 2026-11-24T08:05，年份在 2000 到 2100 之间。"
    )
    assert refusal.value.returncode == 2
    assert everything() == before


@pytest.mark.parametrize("now", ["2000-01-01", "2100-12-31"])
def test_first_and_last_time_that_can_be(office, overdue, now):
    assert "没有办成 0 件" in printed(now=now)


def test_case_that_fails_is_named_and_the_command_fails(office, monkeypatch, capsys):
    good, bad = office.case_in("overdue"), office.case_in("overdue")
    real = reminding.reminder_letters

    def one_is_bad(suggestion: Any, **given: Any) -> Any:
        if suggestion.pk == bad.pk:
            raise ValueError("bad")
        return real(suggestion, **given)

    monkeypatch.setattr(reminding, "reminder_letters", one_is_bad)
    output = StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("send_due_reminders", stdout=output)

    assert str(failure.value) == f"1 件没有办成（{bad.number}），原因见上面的日志；下一次运行会再试。"
    assert failure.value.returncode == 1
    assert output.getvalue().endswith("合计：已提醒 1 件，2 人次；不提醒 0 件；没有办成 1 件。\n")
    assert Reminder.objects.get().suggestion == good


def test_nobody_to_tell_is_among_the_silent(office, overdue):
    User.objects.update(is_active=False)

    assert "意见建议：已提醒 0 件，不提醒 1 件\n  没有能收到提醒的账户 1 件\n    2026-0001，办理中\n" in printed()


def test_long_lists_of_silent_cases_are_cut(office, monkeypatch):
    monkeypatch.setattr(send_due_reminders, "LINES", 2)
    for _ in range(5):
        office.case_in("accepted")

    assert "  现在没有期限 5 件\n    2026-0001，待交办\n    2026-0002，待交办\n    ……另有 3 件\n" in printed()


@pytest.mark.parametrize("item_count", [1, 3])
def test_silent_cases_cost_nothing_each(office, item_count, django_assert_num_queries):
    for _ in range(item_count):
        for state in ("assigned", "accepted", "replied"):
            office.case_in(state)

    # The open cases with what is known of them; the calendar, five stages; of deputies each of eight matters.
    with django_assert_num_queries(3 + 6 + 8):
        printed(dry_run=True)
