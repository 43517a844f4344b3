"""Whether somebody is reminded of a due day today (催办), and if not, why not. Nothing is written here.

Each stage of a due day is told once to whoever owes the step: three days before at the earliest, on the day, and when
it has passed. Whoever was not told in time is told the present stage only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet, TextChoices
from django.utils import timezone

from congress_portal.common.dates import full_day
from suggestions.choices import DueStep, EventKind, ReminderStage, Status
from suggestions.models import Reminder, Suggestion

SOON_CALENDAR_DAYS = 3  # not working days, so that a due Monday is told on Friday at the latest
STAGES = (ReminderStage.SOON, ReminderStage.TODAY, ReminderStage.OVERDUE)
# What `decide` reads beside the case itself; to be prefetched where it is asked about many.
FACTS = ("reminders", "events")
# The steps that tell the department of its due day themselves.
_NAMES_THE_DAY = frozenset({EventKind.ASSIGNED, EventKind.REOPENED, EventKind.SENT_BACK, EventKind.RECOMPUTED})
_CHUNK = 500


class Reason(TextChoices):
    """Why a case stays silent."""

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


@dataclass(frozen=True)
class Occasion:
    """A reminder that is due: of which step, at which stage of which due day."""

    step: DueStep
    stage: ReminderStage
    due_on: date


@dataclass(frozen=True)
class _Owed:
    """What somebody owes while a case has a status: the step, the column of its due day, the stages told."""

    step: DueStep
    due_column: str
    stages: tuple[ReminderStage, ...]


_OWED = {
    Status.ASSIGNED: _Owed(DueStep.REPLY, "reply_due_on", STAGES),
    # Accepting is due two days after the message that told of the case: too near for another “soon”.
    Status.SUBMITTED: _Owed(DueStep.ACCEPT, "accept_due_on", STAGES[1:]),
}


def why_no_reminder(suggestion: Suggestion, *, today: date) -> Silence | None:
    """Return why nobody is reminded of a case on that day, or None when somebody is."""
    decision = decide(suggestion, today=today)
    return decision if isinstance(decision, Silence) else None


def decide(suggestion: Suggestion, *, today: date) -> Occasion | Silence:
    """Return the reminder that is due on that day, or why there is none."""
    owed = _OWED.get(Status(suggestion.status))
    if owed is None:
        answered = suggestion.status in (Status.REPLIED, Status.CLOSED)
        return Silence(Reason.ANSWERED if answered else Reason.NOTHING_OWED)
    due_on: date = getattr(suggestion, owed.due_column)
    stage = next((stage for stage in owed.stages if _holds(stage, due_on, today=today)), None)
    if stage is None:
        first = due_on - timedelta(days=SOON_CALENDAR_DAYS) if ReminderStage.SOON in owed.stages else due_on
        return Silence(Reason.NOT_DUE_YET, first)
    told_at = [
        reminder.reminded_at
        for reminder in suggestion.reminders.all()
        if (reminder.step, reminder.due_on, reminder.department_id) == (owed.step, due_on, suggestion.department_id)
        and reminder.stage in _from(stage)
    ]
    if told_at:
        return Silence(Reason.ALREADY_REMINDED, timezone.localdate(max(told_at)))
    if stage == ReminderStage.SOON and _told_the_day_on(suggestion) == today:
        return Silence(Reason.TOLD_TODAY, today)
    return Occasion(owed.step, stage, due_on)


def candidates(*, today: date) -> Iterator[QuerySet[Suggestion]]:
    """Return the cases to decide on, one query for each step and stage: all that are due, few that stay silent."""
    for status, owed in _OWED.items():
        for stage in reversed(owed.stages):
            told = Reminder.objects.filter(
                suggestion=OuterRef("pk"), step=owed.step, due_on=OuterRef(owed.due_column), stage__in=_from(stage)
            )
            if owed.step == DueStep.REPLY:
                told = told.filter(department=OuterRef("department"))
            due_days = {f"{owed.due_column}__range": _due_days(stage, today=today)}
            yield Suggestion.objects.filter(~Exists(told), status=status, **due_days)


def silent(*, today: date) -> Iterator[tuple[Suggestion, Silence]]:
    """Go through the open cases of which nobody is reminded, a few at a time."""
    cases = Suggestion.objects.open().select_related("community").prefetch_related(*FACTS).order_by("pk")
    for suggestion in cases.iterator(chunk_size=_CHUNK):
        silence = why_no_reminder(suggestion, today=today)
        if silence is not None:
            yield suggestion, silence


def _due_days(stage: ReminderStage, *, today: date) -> tuple[date, date]:
    """Return the first and the last due day that are at this stage today."""
    return {
        ReminderStage.SOON: (today + timedelta(days=1), today + timedelta(days=SOON_CALENDAR_DAYS)),
        ReminderStage.TODAY: (today, today),
        ReminderStage.OVERDUE: (date.min, today - timedelta(days=1)),
    }[stage]


def _holds(stage: ReminderStage, due_on: date, *, today: date) -> bool:
    first, last = _due_days(stage, today=today)
    return first <= due_on <= last


def _from(stage: ReminderStage) -> tuple[ReminderStage, ...]:
    """Return the stage and the later ones. Told of any of them, nobody is told of it again when a clock is set back."""
    return STAGES[STAGES.index(stage) :]


def _told_the_day_on(suggestion: Suggestion) -> date | None:
    """Return the day on which the department was last told of its due day otherwise than by a reminder."""
    told_at = [event.happened_at for event in suggestion.events.all() if event.kind in _NAMES_THE_DAY]
    return timezone.localdate(max(told_at)) if told_at else None
