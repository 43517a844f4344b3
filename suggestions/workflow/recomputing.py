"""The due days of open cases, counted anew when the working calendar has changed. Run it as often as you like."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from congress_portal.accounts.models import User
from congress_portal.common.calendar_rows import work_calendar
from congress_portal.common.dates import day_beside, full_day
from congress_portal.common.workdays import WorkCalendar
from suggestions import deadlines, notifications
from suggestions.choices import DueStep, EventKind, Status
from suggestions.deadlines import Limit
from suggestions.models import Assignment, Suggestion, SuggestionEvent

BATCH = 100  # cases locked at once


@dataclass(frozen=True)
class _Count:
    """What a due day was counted from, and what it is now."""

    start: date
    limit: Limit
    due_on: date

    def moves_to(self, calendar: WorkCalendar, *, today: date) -> date | None:
        """Return the day that the calendar gives now, or None where the day on file stays.

        It stays too where it would move back into the past: nobody is made late afterwards.
        """
        due_on = deadlines.reply_due_on(assigned_on=self.start, limit=self.limit, calendar=calendar)
        return None if due_on == self.due_on or due_on < min(self.due_on, today) else due_on


def recompute_due_dates(*, now: datetime, by: User | None = None) -> int:
    """Move the due days of open cases to where the calendar puts them now, and tell the departments concerned.

    Each count keeps the limit it was given under. Days that the committee chose, and cases that have ended or wait for
    nobody's reply, stay as they are. Returns how many cases moved; a second run finds none.
    """
    today, calendar, moved = timezone.localdate(now), work_calendar(), 0
    waiting = [case.pk for case in _to_be_accepted() if _accept_count(case).moves_to(calendar, today=today) is not None]
    for batch in _batches(waiting):
        moved += _move_accepting(batch, by=by, now=now)
    by_department = defaultdict(list)
    for assignment in _to_be_answered().iterator():
        if _reply_count(assignment).moves_to(calendar, today=today) is not None:
            by_department[assignment.department_id].append(assignment.suggestion_id)
    for pks in by_department.values():
        for batch in _batches(pks):
            moved += _move_replies(batch, by=by, now=now)
    return moved


def _to_be_accepted() -> QuerySet[Suggestion]:
    return Suggestion.objects.filter(status=Status.SUBMITTED, accept_days__isnull=False)


def _to_be_answered() -> QuerySet[Assignment]:
    """Return the rounds in hand whose day follows from the calendar."""
    by_calendar = Q(limit_days__isnull=False) | Q(limit_months__isnull=False, limit_moves_on=True)
    return Assignment.objects.filter(
        by_calendar,
        suggestion__status=Status.ASSIGNED,
        suggestion__round_no=F("round_no"),
        returned_on__isnull=True,
        due_by_rule=True,
    )


def _accept_count(case: Suggestion) -> _Count:
    # From the day the office was told, which for what staff enter may lie long after it was said.
    return _Count(timezone.localdate(case.received_at), Limit(days=case.accept_days), case.accept_due_on)


def _reply_count(assignment: Assignment) -> _Count:
    return _Count(assignment.assigned_on, assignment.limit or Limit(), assignment.due_on)


def _batches(pks: list[int]) -> list[list[int]]:
    return [pks[start : start + BATCH] for start in range(0, len(pks), BATCH)]


def _move_accepting(pks: list[int], *, by: User | None, now: datetime) -> int:
    with transaction.atomic():
        cases = list(_to_be_accepted().select_for_update().filter(pk__in=pks).order_by("pk"))
        # Read behind the lock: whoever changed the calendar meanwhile may have been here first, and stands.
        calendar, moves = work_calendar(), []
        for case in cases:
            due_on = _accept_count(case).moves_to(calendar, today=timezone.localdate(now))
            if due_on is not None:
                moves.append((case, case.accept_due_on, due_on))
                case.accept_due_on = due_on
        Suggestion.objects.bulk_update([case for case, _, _ in moves], ["accept_due_on"])
        _write_events(moves, step=DueStep.ACCEPT, by=by, now=now)
    return len(moves)


def _move_replies(pks: list[int], *, by: User | None, now: datetime) -> int:
    """Move the days of one department's cases, and tell it in one message.

    It is told by the department read behind the lock: since they were found, a case may have become another's.
    """
    with transaction.atomic():
        locked = Suggestion.objects.select_related("community").select_for_update(of=("self",)).filter(pk__in=pks)
        cases = {case.pk: case for case in locked.order_by("pk")}
        calendar, moves, rounds = work_calendar(), [], []
        for assignment in _to_be_answered().filter(suggestion__in=cases).order_by("due_on", "pk"):
            due_on = _reply_count(assignment).moves_to(calendar, today=timezone.localdate(now))
            if due_on is not None:
                case = cases[assignment.suggestion_id]
                moves.append((case, assignment.due_on, due_on))
                rounds.append(assignment)
                case.reply_due_on = assignment.due_on = due_on
        Assignment.objects.bulk_update(rounds, ["due_on"])
        Suggestion.objects.bulk_update([case for case, _, _ in moves], ["reply_due_on"])
        _write_events(moves, step=DueStep.REPLY, by=by, now=now)
        told = defaultdict(list)
        for case, old, new in moves:
            told[case.department_id].append((case, f"{_moved(old, new)}。"))
        for in_words in told.values():
            notifications.tell_department_recomputed(in_words)
    return len(moves)


def _write_events(moves: list[tuple[Suggestion, date, date]], *, step: DueStep, by: User | None, now: datetime) -> None:
    SuggestionEvent.objects.bulk_create(
        SuggestionEvent(
            suggestion=case,
            kind=EventKind.RECOMPUTED,
            from_status=case.status,
            to_status=case.status,
            round_no=case.round_no,
            actor=by,
            note=f"工作日历变更，{step.label}期限{_moved(old, new)}。",
            happened_at=now,
        )
        for case, old, new in moves
    )


def _moved(old: date, new: date) -> str:
    return f"由{full_day(old)}改为{day_beside(new, old)}"
