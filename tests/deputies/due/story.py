"""Running the reminders of deputies in a story, and what they have told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from congress_portal.accounts.models import User
from congress_portal.notifications.models import Message
from deputies import workflow
from deputies.choices import DutyKind, ReminderStage
from deputies.models import DutyRecord
from tests.suggestions.story import moment

SOON, TODAY_, OVERDUE = ReminderStage
DUE = date(2026, 3, 20)


def run(now: datetime, **options: Any) -> list[tuple[str, str, date]]:
    """Remind at that time; return of what, at which stage of which due day."""
    done = workflow.send_due_reminders(now=now, **options)
    assert done.failed == []
    return [(told.owed.key, told.occasion.stage, told.occasion.due_on) for told in done.told]


def letters(key: str = "") -> list[tuple[str, str, str, str]]:
    """Return what reminders of a key have told: to whom, subject, text, page."""
    told = Message.objects.filter(dedupe_key__startswith=f"due:{key}").select_related("recipient")
    # The clock may stand still, so the stages give the order.
    stages = list(ReminderStage.values)
    return [
        (message.recipient.username, message.subject, message.body, message.url)
        for message in sorted(
            told, key=lambda one: (one.recipient.username, stages.index(one.dedupe_key.split(":")[-2]))
        )
    ]


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def at_eight(day: date) -> datetime:
    return moment(day.month, day.day, 8, 10, year=day.year)


def log(user: User, now: datetime, number: int, on: date = date(2026, 3, 2)) -> DutyRecord:
    line = {"kind": DutyKind.VISIT, "title": "走访选民", "place": "凤鸣社区", "text": ""}
    return workflow.log_duty(user.person, **line, on=on, key=f"{number:022d}", by=user, now=now)
