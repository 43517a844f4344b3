"""Reminding of due days (催办). Run as often as one likes: each stage of a due day is told once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from congress_portal.accounts.models import User
from congress_portal.common.calendar_rows import work_calendar
from congress_portal.common.workdays import WorkCalendar
from congress_portal.notifications.outbox import notify
from suggestions import due_days, reminders
from suggestions.models import Reminder, Suggestion
from suggestions.notifications import Letter, reminder_letters
from suggestions.reminders import Occasion, Reason, Silence
from suggestions.workflow.steps import locked

logger = logging.getLogger(__name__)

BATCH = 100


@dataclass(frozen=True)
class Told:
    """One case of which people were reminded, or would be."""

    suggestion: Suggestion
    occasion: Occasion
    distance: str
    letters: list[Letter]

    @property
    def people(self) -> list[User]:
        return [person for letter in self.letters for person in letter.to]


@dataclass
class ReminderRun:
    """What became of the cases that were due: people told, nobody there to tell, or failed (the log says why)."""

    told: list[Told] = field(default_factory=list)
    unheard: list[Suggestion] = field(default_factory=list)
    failed: list[Suggestion] = field(default_factory=list)


def send_due_reminders(*, now: datetime, dry_run: bool = False) -> ReminderRun:
    """Remind of every case that is due, each in a transaction of its own, so that a bad one does not stop the others.

    A dry run decides the same and writes nothing.
    """
    today, calendar, done = timezone.localdate(now), work_calendar(), ReminderRun()
    for suggestion in _due_cases(today=today):
        try:
            outcome = reminders.why_no_reminder(suggestion, today=today) or (
                would_tell(suggestion, calendar=calendar, today=today)
                if dry_run
                else remind(suggestion, calendar=calendar, now=now)
            )
        except Exception:  # whatever is wrong with one case, the others are due too
            logger.exception("Nobody could be reminded of suggestion %s.", suggestion.number)
            done.failed.append(suggestion)
        else:
            if isinstance(outcome, Told):
                done.told.append(outcome)
            elif outcome.reason == Reason.NOBODY_TO_TELL:
                done.unheard.append(suggestion)
    return done


def remind(suggestion: Suggestion, *, calendar: WorkCalendar, now: datetime) -> Told | Silence:
    """Remind the people concerned of a due day, and put that on record in the same transaction.

    Decided when the case is locked: since it was read, the department may have answered, or another worker been faster.
    Nobody to tell is not put on record, so that the next run tries again.
    """
    with transaction.atomic():
        suggestion = locked(suggestion)
        told = would_tell(suggestion, calendar=calendar, today=timezone.localdate(now))
        if isinstance(told, Silence):
            return told
        step, stage, due_on = told.occasion.step, told.occasion.stage, told.occasion.due_on
        # The row is the claim: its constraint stops whoever might come here without the lock.
        Reminder.objects.create(
            suggestion=suggestion,
            department_id=suggestion.department_id,
            step=step,
            stage=stage,
            due_on=due_on,
            told_count=len(told.people),
            reminded_at=now,
        )
        for letter in told.letters:
            notify(
                to=letter.to,
                subject=letter.subject,
                body=letter.body,
                url=letter.url,
                dedupe_key=f"reminder:{suggestion.pk}:{suggestion.department_id}:{step}:{stage}:{due_on}",
            )
    return told


def would_tell(suggestion: Suggestion, *, calendar: WorkCalendar, today: date) -> Told | Silence:
    """Return who is to be told what of a case on that day, or why nobody is."""
    decision = reminders.decide(suggestion, today=today)
    if isinstance(decision, Silence):
        return decision
    distance = due_days.due(decision.step.label, decision.due_on, today=today, calendar=calendar).distance
    letters = reminder_letters(
        suggestion, step=decision.step, stage=decision.stage, due_on=decision.due_on, distance=distance
    )
    return Told(suggestion, decision, distance, letters) if letters else Silence(Reason.NOBODY_TO_TELL)


def _due_cases(*, today: date) -> Iterator[Suggestion]:
    for cases in reminders.candidates(today=today):
        yield from _in_batches(cases)


def _in_batches(cases: QuerySet[Suggestion]) -> Iterator[Suggestion]:
    cases = cases.select_related("community", "department").prefetch_related(*reminders.FACTS).order_by("pk")
    last = 0
    while batch := list(cases.filter(pk__gt=last)[:BATCH]):
        yield from batch
        last = batch[-1].pk
