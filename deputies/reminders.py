"""Who owes what by when among deputies, councillors and the committee, and whether somebody is told of it today.

Nothing is written here. Each stage of a due day is told once; whoever was not told in time is told the present stage
only. How long before is a local default for each matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, Min, Model, OuterRef, QuerySet, Subquery, TextChoices
from django.utils import timezone

from congress_portal.common.reminding import Reason, Silence, stage_of
from congress_portal.common.workdays import ONE_DAY
from deputies.choices import ActivityStatus, Attendance, ReminderStage
from deputies.models import (
    Activity,
    DueReminder,
    DutyRecord,
    Mandate,
    OversightRound,
    OversightTopic,
    Participation,
)
from deputies.selectors import reports
from deputies.selectors.due import DUTY_KEY, REPORTS_KEY

STAGES = (ReminderStage.SOON, ReminderStage.TODAY, ReminderStage.OVERDUE)
BATCH = 500
# How long a line of the duty file may wait for staff before they are told, and how often they are told again.
DUTY_WAITS = timedelta(days=7)


class Matter(TextChoices):
    """What somebody is to do."""

    ANSWER = "answer", "回复邀请"
    COMING = "coming", "参加活动"
    REPORT_BACK = "report_back", "报告结果"
    VOTERS = "report", "向选民述职"
    REPORTS = "reports", "安排述职"
    LOOK = "look", "再次检查"
    DUTY = "duty", "确认履职记录"


@dataclass(frozen=True)
class Rule:
    """From how many calendar days before, and at which stages, somebody is told."""

    soon_days: int
    stages: tuple[ReminderStage, ...] = STAGES


RULES = {
    # An invitation is to be answered by the day before: told three days and one day before the activity.
    Matter.ANSWER: Rule(2, STAGES[:2]),
    Matter.COMING: Rule(1, STAGES[:2]),
    Matter.REPORT_BACK: Rule(3),
    Matter.VOTERS: Rule(60),
    Matter.REPORTS: Rule(60),
    Matter.LOOK: Rule(3),
}


@dataclass(frozen=True)
class Owed:
    """One thing that is due. ``told_on`` is the day on which everybody it concerns was told of it otherwise.

    What the committee owes as a whole has no record of its own; ``mandates`` are those whose reports are due that day.
    """

    matter: Matter
    key: str
    due_on: date
    record: Model | None = None
    told_on: date | None = None
    mandates: tuple[Mandate, ...] = ()


@dataclass(frozen=True)
class Occasion:
    """A reminder that is due: at which stage of which due day."""

    stage: ReminderStage
    due_on: date


def decide(owed: Owed, *, told: Sequence[DueReminder], today: date) -> Occasion | Silence:
    """Return the reminder that is due on that day, or why there is none; ``told`` are the reminders of that key."""
    if owed.matter == Matter.DUTY:
        return _decide_weekly(owed, told=told, today=today)
    rule = RULES[owed.matter]
    stage = stage_of(owed.due_on, stages=rule.stages, today=today, soon_days=rule.soon_days)
    if stage is None:
        return Silence(Reason.NOT_DUE_YET, owed.due_on - timedelta(days=rule.soon_days))
    # Told of a later stage, nobody is told of an earlier one when a clock is set back.
    later = STAGES[STAGES.index(stage) :]
    told_at = [one.reminded_at for one in told if one.due_on == owed.due_on and one.stage in later]
    if told_at:
        return Silence(Reason.ALREADY_REMINDED, timezone.localdate(max(told_at)))
    if owed.told_on == today:
        return Silence(Reason.TOLD_TODAY, today)
    return Occasion(stage, owed.due_on)


def _decide_weekly(owed: Owed, *, told: Sequence[DueReminder], today: date) -> Occasion | Silence:
    """Lines wait on and on and change every day, so it is the week that counts, by the day of the last reminder."""
    if owed.due_on >= today:
        return Silence(Reason.NOT_DUE_YET, owed.due_on + ONE_DAY)
    lately = [one.due_on for one in told if one.due_on > today - DUTY_WAITS]
    return Silence(Reason.ALREADY_REMINDED, max(lately)) if lately else Occasion(ReminderStage.OVERDUE, today)


# ---- what is owed


@dataclass(frozen=True)
class Source:
    """Where a matter comes from: the records that owe it at a moment, and the due day of one of them."""

    matter: Matter
    prefix: str
    records: Callable[[datetime], QuerySet]
    due_on: Callable[[Any], date]
    told_on: Callable[[Any], date | None] = lambda record: None

    def key(self, pk: int) -> str:
        return f"{self.prefix}:{pk}:{self.matter}"

    def owed(self, record: Model) -> Owed:
        return Owed(self.matter, self.key(record.pk), self.due_on(record), record, self.told_on(record))


def unanswered() -> QuerySet[Participation]:
    """Return the invitations nobody has answered."""
    return Participation.objects.filter(state=Attendance.INVITED)


def _invitations(now: datetime) -> QuerySet[Activity]:
    asked = unanswered().filter(activity=OuterRef("pk")).order_by().values("activity")
    earliest = asked.annotate(first=Min("invited_at")).values("first")
    ahead = Activity.objects.upcoming(now).filter(starts_on__gt=timezone.localdate(now))
    return ahead.annotate(first_asked_at=Subquery(earliest)).filter(first_asked_at__isnull=False)


def _signed_up_for(now: datetime) -> QuerySet[Activity]:
    coming = Participation.objects.filter(activity=OuterRef("pk"), state=Attendance.SIGNED_UP)
    return Activity.objects.upcoming(now).filter(Exists(coming), starts_on__gte=timezone.localdate(now))


def _activities_to_report(now: datetime) -> QuerySet[Activity]:
    owing = Activity.objects.filter(entrusted_due_on__isnull=False, reported_back_on__isnull=True)
    return owing.exclude(status=ActivityStatus.CANCELLED)


def _topics_to_report(now: datetime) -> QuerySet[OversightTopic]:
    return OversightTopic.objects.filter(entrusted_due_on__isnull=False, reported_back_on__isnull=True)


def _topics_to_look_at(now: datetime) -> QuerySet[OversightTopic]:
    rounds = OversightRound.objects.filter(topic=OuterRef("pk"), ended_on__isnull=True)
    in_hand = OversightTopic.objects.open().annotate(look_on=Subquery(rounds.values("look_again_on")[:1]))
    return in_hand.filter(look_on__isnull=False)


def _mandates_to_report(now: datetime) -> QuerySet[Mandate]:
    """Those whose deputies can be told; the committee is told of all of them."""
    with_account = reports.owing(timezone.localdate(now)).filter(person__user__is_active=True)
    return with_account.select_related("person__user")


SOURCES = (
    Source(
        Matter.ANSWER,
        "activity",
        _invitations,
        due_on=lambda activity: activity.starts_on - ONE_DAY,
        # Whoever was asked today has just been told; those asked before have not.
        told_on=lambda activity: timezone.localdate(activity.first_asked_at),
    ),
    Source(Matter.COMING, "activity", _signed_up_for, due_on=lambda activity: activity.starts_on),
    Source(Matter.REPORT_BACK, "activity", _activities_to_report, due_on=lambda activity: activity.entrusted_due_on),
    Source(Matter.REPORT_BACK, "topic", _topics_to_report, due_on=lambda topic: topic.entrusted_due_on),
    Source(Matter.LOOK, "topic", _topics_to_look_at, due_on=lambda topic: topic.look_on),
    Source(Matter.VOTERS, "mandate", _mandates_to_report, due_on=reports.due_on),
)


def decisions(*, now: datetime) -> Iterator[tuple[Owed, Occasion | Silence]]:
    """Go through all that is owed, a few at a time, each with the reminder that is due or why there is none."""
    today = timezone.localdate(now)
    for source in SOURCES:
        for batch in _in_batches(source.records(now)):
            told = _told_of([source.key(record.pk) for record in batch])
            for record in batch:
                owed = source.owed(record)
                yield owed, decide(owed, told=told.get(owed.key, ()), today=today)
    of_committee = [*_reports_to_arrange(today), *_duty_waiting()]
    told = _told_of([DUTY_KEY, REPORTS_KEY]) if of_committee else {}
    for owed in of_committee:
        yield owed, decide(owed, told=told.get(owed.key, ()), today=today)


def decide_again(owed: Owed, *, now: datetime) -> tuple[Owed, Occasion | Silence]:
    """Ask anew of one thing, once its record is locked: it may have been done, or told by another worker, since."""
    again: Owed | None
    if owed.record is None:
        of_committee = [*_reports_to_arrange(timezone.localdate(now)), *_duty_waiting()]
        again = next((one for one in of_committee if (one.key, one.due_on) == (owed.key, owed.due_on)), None)
    else:
        source = next(one for one in SOURCES if owed.key == one.key(owed.record.pk))
        record = source.records(now).filter(pk=owed.record.pk).first()
        again = source.owed(record) if record else None
    if again is None:
        return owed, Silence(Reason.NOTHING_OWED)
    told = _told_of([again.key]).get(again.key, ())
    return again, decide(again, told=told, today=timezone.localdate(now))


def _duty_waiting() -> list[Owed]:
    """Return the lines that wait for staff, due a week after the oldest of them was logged."""
    oldest = DutyRecord.objects.waiting().aggregate(oldest=Min("created_at"))["oldest"]
    return [Owed(Matter.DUTY, DUTY_KEY, timezone.localdate(oldest) + DUTY_WAITS)] if oldest else []


def _reports_to_arrange(today: date) -> list[Owed]:
    """Return the days on which reports are due: whole congresses take office on one day, and that is one message."""
    days: dict[date, list[Mandate]] = {}
    for report in reports.owed_reports(today):
        days.setdefault(report.due_on, []).append(report.mandate)
    return [Owed(Matter.REPORTS, REPORTS_KEY, due_on, mandates=tuple(all_of)) for due_on, all_of in days.items()]


def _told_of(keys: Sequence[str]) -> dict[str, list[DueReminder]]:
    told: dict[str, list[DueReminder]] = {}
    for reminder in DueReminder.objects.filter(subject_key__in=keys):
        told.setdefault(reminder.subject_key, []).append(reminder)
    return told


def _in_batches(records: QuerySet) -> Iterator[list[Model]]:
    last = 0
    while batch := list(records.order_by("pk").filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk
        if len(batch) < BATCH:
            return
