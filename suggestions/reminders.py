"""Whether somebody is reminded of a due day today (催办), and if not, why not. Nothing is written here.

Each stage of a due day is told once to whoever owes the step: three days before at the earliest, on the day, and when
it has passed. Whoever was not told in time is told the present stage only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from congress_portal.common.reminding import Reason, Silence, due_days, stage_of
from suggestions.choices import DueStep, EventKind, ReminderStage, Status
from suggestions.models import Reminder, Suggestion

STAGES = (ReminderStage.SOON, ReminderStage.TODAY, ReminderStage.OVERDUE)
SOON_CALENDAR_DAYS = 3  # not working days, so that a due Monday is told on Friday at the latest
# What `decide` reads beside the case itself; to be prefetched where it is asked about many.
FACTS = ("reminders", "events")
# The steps that tell the department of its due day themselves.
_NAMES_THE_DAY = frozenset({EventKind.ASSIGNED, EventKind.REOPENED, EventKind.SENT_BACK, EventKind.RECOMPUTED})
_CHUNK = 500


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
    stage = stage_of(due_on, stages=owed.stages, today=today, soon_days=SOON_CALENDAR_DAYS)
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
            days = due_days(stage, today=today, soon_days=SOON_CALENDAR_DAYS)
            at_stage = {f"{owed.due_column}__range": days}
            yield Suggestion.objects.filter(~Exists(told), status=status, **at_stage)


def silent(*, today: date) -> Iterator[tuple[Suggestion, Silence]]:
    """Go through the open cases of which nobody is reminded, a few at a time."""
    cases = Suggestion.objects.open().select_related("community").prefetch_related(*FACTS).order_by("pk")
    for suggestion in cases.iterator(chunk_size=_CHUNK):
        silence = why_no_reminder(suggestion, today=today)
        if silence is not None:
            yield suggestion, silence


def _from(stage: ReminderStage) -> tuple[ReminderStage, ...]:
    """Return the stage and the later ones. Told of any of them, nobody is told of it again when a clock is set back."""
    return STAGES[STAGES.index(stage) :]


def _told_the_day_on(suggestion: Suggestion) -> date | None:
    """Return the day on which the department was last told of its due day otherwise than by a reminder."""
    told_at = [event.happened_at for event in suggestion.events.all() if event.kind in _NAMES_THE_DAY]
    return timezone.localdate(max(told_at)) if told_at else None
