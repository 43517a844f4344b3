"""From the committee's decision to the department's answer: 受理、不受理、交办、退办、答复、退回."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from congress_portal.accounts.models import Department, User
from congress_portal.common.calendar_rows import work_calendar
from congress_portal.common.dates import full_day, month_day
from congress_portal.common.uploads import PreparedFile
from suggestions import deadlines, notifications, permissions
from suggestions.choices import EventKind, Outcome, Status
from suggestions.models import Attachment, Reply, Suggestion
from suggestions.workflow import duty_file
from suggestions.workflow.refusals import DepartmentNotAllowed, TooLateToReturn
from suggestions.workflow.steps import (
    check_due_on,
    check_move,
    current_assignment,
    locked,
    move,
    need_reason,
    open_round,
    reply_in_force,
    require,
    term_of,
)


def accept_suggestion(suggestion: Suggestion, *, by: User, now: datetime) -> Suggestion:
    """Accept a suggestion (受理); it waits to be assigned. Raises MoveNotAllowed unless it has just come in."""
    with transaction.atomic():
        suggestion = locked(suggestion)
        require(permissions.can_accept(by, suggestion))
        check_move(suggestion, Status.ACCEPTED, only_from=Status.SUBMITTED)
        suggestion.accepted_on = timezone.localdate(now)
        move(suggestion, to=Status.ACCEPTED, kind=EventKind.ACCEPTED, by=by, now=now)
        duty_file.post_on_acceptance(suggestion, by=by, now=now)
    return suggestion


def decline_suggestion(suggestion: Suggestion, *, reason: str, referred_to: str, by: User, now: datetime) -> Suggestion:
    """Decline a suggestion (不受理) with a reason, and name where the resident should go (转介) if there is a place.

    Matters in litigation, administrative review or arbitration are not accepted here (local default); the answer
    says who handles them. The line in a deputy's duty file goes. Raises ReasonMissing, MoveNotAllowed.
    """
    with transaction.atomic():
        suggestion = locked(suggestion)
        require(permissions.can_accept(by, suggestion))
        need_reason(reason, "请写明不受理的原因，居民会看到这段话。")
        suggestion.declined_on = timezone.localdate(now)
        suggestion.referred_to = referred_to
        move(suggestion, to=Status.DECLINED, kind=EventKind.DECLINED, by=by, now=now, note=reason)
        duty_file.withdraw_line(suggestion, by=by, now=now)
    return suggestion


def assign_to_department(
    suggestion: Suggestion, *, department: Department, due_on: date, by: User, now: datetime
) -> Suggestion:
    """Hand the suggestion to the department that answers it (交办) and start its clock, then tell the department.

    The clock starts anew when a returned case goes to another department. Raises MoveNotAllowed unless the case
    waits to be assigned, DueDateNotAllowed, DepartmentNotAllowed.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        suggestion = locked(suggestion)
        require(permissions.can_assign(by, suggestion))
        check_move(suggestion, Status.ASSIGNED, only_from=Status.ACCEPTED)
        if not department.is_active:
            raise DepartmentNotAllowed(f"{department}已经停用，请选别的承办单位。")
        limit = term_of(suggestion).reply_limit
        by_rule = check_due_on(suggestion, due_on, limit=limit, today=today)
        suggestion.round_no = max(suggestion.round_no, 1)
        open_round(
            suggestion, department=department, due_on=due_on, due_by_rule=by_rule, limit=limit, by=by, today=today
        )
        move(
            suggestion,
            to=Status.ASSIGNED,
            kind=EventKind.ASSIGNED,
            by=by,
            now=now,
            note=f"承办单位{department}，{full_day(due_on)}前答复。",
        )
        notifications.tell_department_assigned(suggestion)
    return suggestion


def return_to_committee(suggestion: Suggestion, *, reason: str, by: User, now: datetime) -> Suggestion:
    """Return a case that is not this department's business (退办); the committee assigns it anew.

    Allowed for ``return_days`` after the assignment (local default 7 working days). Raises TooLateToReturn,
    ReasonMissing, MoveNotAllowed.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        suggestion = locked(suggestion)
        require(permissions.can_return(by, suggestion))
        check_move(suggestion, Status.ACCEPTED, only_from=Status.ASSIGNED)
        need_reason(reason, "请写明退办的原因，例如这件事由哪个单位负责。")
        assignment = current_assignment(suggestion)
        return_days = term_of(suggestion).return_days
        last_day = deadlines.return_due_on(
            assigned_on=assignment.assigned_on, return_days=return_days, calendar=work_calendar()
        )
        if today > last_day:
            raise TooLateToReturn(
                f"退办要在交办后 {return_days} 个工作日内，这件到{month_day(last_day)}为止，现在不能再退办。"
                "如果确实不属于本单位，请联系街道人大工委。"
            )
        assignment.returned_on = today
        assignment.save(update_fields=["returned_on"])
        department_name = str(assignment.department)
        suggestion.department = None
        suggestion.reply_due_on = None
        move(suggestion, to=Status.ACCEPTED, kind=EventKind.RETURNED, by=by, now=now, note=reason)
        notifications.tell_committee_returned(suggestion, department_name=department_name, reason=reason)
    return suggestion


def record_reply(
    suggestion: Suggestion,
    *,
    text: str,
    outcome: Outcome,
    files: Sequence[PreparedFile],
    by: User,
    now: datetime,
) -> Suggestion:
    """Answer a case (答复); from now on the resident can read it and evaluate. Raises MoveNotAllowed."""
    with transaction.atomic():
        suggestion = locked(suggestion)
        require(permissions.can_reply(by, suggestion))
        check_move(suggestion, Status.REPLIED)
        assignment = current_assignment(suggestion)
        assignment.replied_on = timezone.localdate(now)
        assignment.save(update_fields=["replied_on"])
        reply = Reply.objects.create(assignment=assignment, text=text, outcome=outcome, replied_by=by, replied_at=now)
        for prepared in files:
            Attachment.store(prepared, suggestion=suggestion, reply=reply, uploaded_by=by)
        move(
            suggestion,
            to=Status.REPLIED,
            kind=EventKind.REPLIED,
            by=by,
            now=now,
            note=f"{outcome.value} 类，{outcome.label}。",
        )
        notifications.tell_committee_replied(suggestion)
    return suggestion


def send_back_reply(suggestion: Suggestion, *, reason: str, due_on: date, by: User, now: datetime) -> Suggestion:
    """Send an insufficient answer back to the department (退回重办), in the same round.

    The answer stays on file, marked. Raises ReasonMissing, DueDateNotAllowed, MoveNotAllowed.
    """
    with transaction.atomic():
        suggestion = locked(suggestion)
        require(permissions.can_send_back(by, suggestion))
        check_move(suggestion, Status.ASSIGNED, only_from=Status.REPLIED)
        need_reason(reason, "请写明答复还缺什么，承办单位和居民都会看到。")
        check_due_on(suggestion, due_on, limit=term_of(suggestion).reply_limit, today=timezone.localdate(now))
        reply = reply_in_force(suggestion)
        reply.sent_back_at = now
        reply.save(update_fields=["sent_back_at"])
        assignment = reply.assignment
        assignment.replied_on = None
        assignment.due_on = due_on
        assignment.due_by_rule = False  # the rules know no term for a second attempt
        assignment.save(update_fields=["replied_on", "due_on", "due_by_rule"])
        suggestion.reply_due_on = due_on
        move(suggestion, to=Status.ASSIGNED, kind=EventKind.SENT_BACK, by=by, now=now, note=reason)
        notifications.tell_department_sent_back(suggestion, reason=reason)
    return suggestion
