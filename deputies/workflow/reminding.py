"""Reminding deputies, councillors and the committee of what is due, as often as one likes: each stage is told once."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from congress_portal.accounts.models import Committee, User
from congress_portal.common.reminding import Reason, Silence
from congress_portal.notifications.letters import Letter
from congress_portal.notifications.outbox import notify
from deputies import reminders
from deputies.models import Activity, DueReminder, Mandate, OversightTopic
from deputies.notifications import reminders as letters
from deputies.reminders import Matter, Occasion, Owed

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Told:
    """One thing of which people were reminded, or would be."""

    owed: Owed
    occasion: Occasion
    distance: str
    letters: list[Letter]

    @property
    def people(self) -> list[User]:
        return [person for letter in self.letters for person in letter.to]


@dataclass
class ReminderRun:
    """What became of all that is owed: people told, nobody there to tell, failed (the log says why), or silent."""

    told: list[Told] = field(default_factory=list)
    unheard: list[Owed] = field(default_factory=list)
    failed: list[Owed] = field(default_factory=list)
    silent: list[tuple[Owed, Silence]] = field(default_factory=list)


def send_due_reminders(*, now: datetime, dry_run: bool = False) -> ReminderRun:
    """Remind of everything that is due, each in a transaction of its own, so that a bad one does not stop the others.

    A dry run decides the same and writes nothing.
    """
    done = ReminderRun()
    for owed, decision in reminders.decisions(now=now):
        if isinstance(decision, Silence):
            done.silent.append((owed, decision))
            continue
        try:
            outcome = would_tell(owed, decision, now=now) if dry_run else remind(owed, now=now)
        except Exception:  # whatever is wrong with one, the others are due too
            logger.exception("Nobody could be reminded of %s.", owed.key)
            done.failed.append(owed)
        else:
            if isinstance(outcome, Told):
                done.told.append(outcome)
            elif outcome.reason == Reason.NOBODY_TO_TELL:
                done.unheard.append(owed)
            else:
                done.silent.append((owed, outcome))
    return done


def remind(owed: Owed, *, now: datetime) -> Told | Silence:
    """Tell the people concerned, and put that on record in the same transaction.

    Decided anew when the record is locked: since it was read, somebody may have done it, or another worker been faster.
    Nobody to tell is not put on record, so that the next run tries again.
    """
    with transaction.atomic():
        _lock(owed)
        owed, decision = reminders.decide_again(owed, now=now)
        told = decision if isinstance(decision, Silence) else would_tell(owed, decision, now=now)
        if isinstance(told, Silence):
            return told
        stage, due_on = told.occasion.stage, told.occasion.due_on
        # The row is the claim: its constraint stops whoever might come here without the lock.
        DueReminder.objects.create(
            subject_key=owed.key, stage=stage, due_on=due_on, told_count=len(told.people), reminded_at=now
        )
        for letter in told.letters:
            notify(
                to=letter.to,
                subject=letter.subject,
                body=letter.body,
                url=letter.url,
                dedupe_key=f"due:{owed.key}:{stage}:{due_on}",
            )
    return told


def would_tell(owed: Owed, occasion: Occasion, *, now: datetime) -> Told | Silence:
    """Return who is to be told what, or that there is nobody."""
    today = timezone.localdate(now)
    distance = distance_to(owed.due_on, today=today)
    written = _letters(owed, occasion, distance=distance, today=today)
    return Told(owed, occasion, distance, written) if written else Silence(Reason.NOBODY_TO_TELL)


def distance_to(due_on: date, *, today: date) -> str:
    """Write how far a due day is away, in calendar days."""
    days = (due_on - today).days
    if days > 1:
        return f"还有 {days} 天"
    return {1: "明天到期", 0: "今天到期"}.get(days) or f"逾期 {-days} 天"


def _letters(owed: Owed, occasion: Occasion, *, distance: str, today: date) -> list[Letter]:
    record, due_on = owed.record, owed.due_on
    match owed.matter, record:
        case Matter.ANSWER, Activity():
            return letters.answer_letters(record, due_on=due_on, today=today)
        case Matter.COMING, Activity():
            return letters.coming_letters(record, due_on=due_on, today=today)
        case Matter.REPORT_BACK, Activity() | OversightTopic():
            return letters.report_back_letters(record, stage=occasion.stage, due_on=due_on, distance=distance)
        case Matter.LOOK, OversightTopic():
            return letters.look_letters(record, stage=occasion.stage, due_on=due_on, distance=distance)
        case Matter.VOTERS, Mandate():
            return letters.voters_letters(record, stage=occasion.stage, due_on=due_on, distance=distance)
        case Matter.REPORTS, None:
            return letters.reports_letters(owed.mandates, due_on=due_on, distance=distance)
        case Matter.DUTY, None:
            return letters.duty_letters()
    raise TypeError(f"There is no letter for {owed.key}.")


def _lock(owed: Owed) -> None:
    """Let one worker at a time decide on a record; on what has none, by the committee's own row."""
    if owed.record is None:
        list(Committee.objects.select_for_update())
    else:
        type(owed.record)._default_manager.select_for_update().filter(pk=owed.record.pk).first()
