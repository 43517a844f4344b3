"""What every verb is made of: lock, check, move, and put on record."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from congress_portal.accounts.models import Department, User
from congress_portal.common.calendar_rows import work_calendar
from congress_portal.common.dates import full_day, month_day
from suggestions import deadlines, notifications
from suggestions.choices import MOVES, QUIET_STEPS, EventKind, Status
from suggestions.deadlines import Limit
from suggestions.models import Assignment, Reply, ReplyTerm, Suggestion, SuggestionEvent
from suggestions.workflow.refusals import DueDateNotAllowed, MoveNotAllowed, ReasonMissing

# Steps nobody took: the portal keeps its promise about personal data by itself.
_BY_ITSELF = frozenset({EventKind.ERASED})


def locked(suggestion: Suggestion) -> Suggestion:
    return Suggestion.objects.select_for_update().get(pk=suggestion.pk)


def require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied("您的角色不能办这一步。需要办理请联系街道人大工委。")


def need_reason(reason: str, sentence: str) -> None:
    if not reason.strip():
        raise ReasonMissing(sentence)


def term_of(suggestion: Suggestion) -> ReplyTerm:
    return ReplyTerm.objects.get(channel=suggestion.channel)


def current_assignment(suggestion: Suggestion) -> Assignment:
    return suggestion.assignments.select_related("department").get(
        round_no=suggestion.round_no, returned_on__isnull=True
    )


def reply_in_force(suggestion: Suggestion) -> Reply:
    return Reply.objects.select_related("assignment__department").get(
        assignment__suggestion=suggestion, assignment__round_no=suggestion.round_no, sent_back_at__isnull=True
    )


def open_round(
    suggestion: Suggestion,
    *,
    department: Department,
    due_on: date,
    due_by_rule: bool,
    limit: Limit,
    by: User | None,
    today: date,
) -> None:
    """Begin a round, and keep with it the rule it was given under: a term changed later holds for later rounds."""
    Assignment.objects.create(
        suggestion=suggestion,
        round_no=suggestion.round_no,
        department=department,
        assigned_by=by,
        assigned_on=today,
        due_on=due_on,
        due_by_rule=due_by_rule,
        limit_days=limit.days,
        limit_months=limit.months,
        limit_moves_on=limit.moves_on,
        limit_source=limit.source,
    )
    suggestion.department = department
    suggestion.reply_due_on = due_on


def reply_due_by_rule(suggestion: Suggestion, *, assigned_on: date) -> date:
    """Return the last day the rules give the department for its reply, when it is assigned on that day."""
    return deadlines.reply_due_on(
        assigned_on=assigned_on, limit=term_of(suggestion).reply_limit, calendar=work_calendar()
    )


def check_due_on(suggestion: Suggestion, due_on: date, *, limit: Limit, today: date) -> bool:
    """Refuse a day the rules do not allow, and say whether it is the very day they give."""
    last = deadlines.reply_due_on(assigned_on=today, limit=limit, calendar=work_calendar())
    if not today <= due_on <= last:
        raise DueDateNotAllowed(
            f"答复期限要在今天到{full_day(last)}之间："
            f"{suggestion.get_channel_display()}{limit.counting}，最晚到这一天。"
        )
    return due_on == last


def check_move(suggestion: Suggestion, to: Status, *, only_from: Status | None = None) -> None:
    """Refuse a move that the table does not hold; ``only_from`` tells apart two verbs that lead to one status."""
    status = Status(suggestion.status)
    if to not in MOVES[status] or (only_from is not None and status != only_from):
        raise MoveNotAllowed(f"没有保存：{what_happened_since(suggestion)}请先复制您写的内容，再打开这一件看最新情况。")


def what_happened_since(suggestion: Suggestion) -> str:
    """Return the sentence that explains why a verb came too late: who did what, and when."""
    steps = suggestion.events.exclude(kind__in=QUIET_STEPS).select_related("actor")
    event = steps.order_by("-happened_at", "-pk").first()
    since = ""
    if event is not None:
        when = timezone.localtime(event.happened_at)
        who = "网站" if event.kind in _BY_ITSELF else event.actor.display_name if event.actor else "居民"
        since = f"{month_day(when)} {when:%H:%M}，{who}办了“{event.get_kind_display()}”，"
    return f"{since}这件现在是“{suggestion.get_status_display()}”。"


def move(
    suggestion: Suggestion, *, to: Status, kind: EventKind, by: User | None, now: datetime, note: str = ""
) -> None:
    check_move(suggestion, to)
    from_status = suggestion.status
    suggestion.status = to
    suggestion.save(
        update_fields=[
            "status",
            "accepted_on",
            "declined_on",
            "closed_on",
            "referred_to",
            "round_no",
            "department",
            "reply_due_on",
        ]
    )
    write_event(suggestion, kind=kind, from_status=from_status, by=by, now=now, note=note)
    notifications.tell_raiser(suggestion, kind)


def write_event(
    suggestion: Suggestion, *, kind: EventKind, from_status: str, by: User | None, now: datetime, note: str
) -> None:
    SuggestionEvent.objects.create(
        suggestion=suggestion,
        kind=kind,
        from_status=from_status,
        to_status=suggestion.status,
        round_no=suggestion.round_no,
        actor=by,
        note=note,
        happened_at=now,
    )
