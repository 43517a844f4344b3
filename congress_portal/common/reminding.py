"""What every reminder of a due day is decided by: its stages, and the reasons for silence. Pure.

Each stage of a due day is told once: some days before at the earliest, on the day, and when it has passed. Whoever was
not told in time is told the present stage only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from django.db.models import TextChoices

from congress_portal.common.dates import full_day

# An app's own choices, whose labels say how long before: soon, today, overdue.
Stage = TypeVar("Stage", bound=TextChoices)


class Reason(TextChoices):
    """Why nobody is reminded of something."""

    NOTHING_OWED = "nothing_owed", "现在没有期限"
    ANSWERED = "answered", "已经答复"
    NOT_DUE_YET = "not_due_yet", "还没到提醒的日子"
    ALREADY_REMINDED = "already_reminded", "已经提醒过"
    TOLD_TODAY = "told_today", "今天刚告知过期限"
    NOBODY_TO_TELL = "nobody_to_tell", "没有能收到提醒的账户"


@dataclass(frozen=True)
class Silence:
    """A reason, with the day that belongs to it: when the reminder went out, or from when on it will."""

    reason: Reason
    on: date | None = None

    def __str__(self) -> str:
        match self.reason, self.on:
            case Reason.ALREADY_REMINDED, date() as day:
                return f"{full_day(day)}已经提醒过"
            case Reason.NOT_DUE_YET, date() as day:
                return f"{full_day(day)}起提醒"
        return str(self.reason.label)


def due_days(stage: TextChoices, *, today: date, soon_days: int) -> tuple[date, date]:
    """Return the first and the last due day that are at this stage today; SOON begins so many calendar days before."""
    return {
        "soon": (today + timedelta(days=1), today + timedelta(days=soon_days)),
        "today": (today, today),
        "overdue": (date.min, today - timedelta(days=1)),
    }[stage.value]


def stage_of(due_on: date, *, stages: Sequence[Stage], today: date, soon_days: int) -> Stage | None:
    """Return which of these stages a due day is at today, or None before the first and after the last of them."""
    for stage in stages:
        first, last = due_days(stage, today=today, soon_days=soon_days)
        if first <= due_on <= last:
            return stage
    return None
