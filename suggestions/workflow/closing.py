"""The end of a round: the resident evaluates, and the case is closed or handled again (重新办理)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from congress_portal.accounts.models import Department, User
from congress_portal.common.calendar_rows import work_calendar
from congress_portal.common.dates import full_day, month_day
from suggestions import deadlines, notifications, permissions
from suggestions.choices import EventKind, Rating, Status
from suggestions.models import Evaluation, Suggestion
from suggestions.workflow.refusals import ReplyChanged, TooEarlyToClose
from suggestions.workflow.steps import (
    check_move,
    locked,
    move,
    need_reason,
    open_round,
    reply_in_force,
    require,
    term_of,
    write_event,
)


def evaluate_reply(
    suggestion: Suggestion,
    *,
    reply_pk: int | None,
    process: Rating,
    result: Rating,
    reason: str,
    by: User | None,
    now: datetime,
) -> Suggestion:
    """Record what the resident says of the answer; a result that does not satisfy opens the next round (重新办理).

    ``reply_pk`` is the answer that was read: if the department has answered anew since, ReplyChanged is raised.
    ``by`` is None when the resident did it with the tracking code, otherwise the member of staff who recorded it
    after a call. A dissatisfied process alone is counted but opens no round: there is nothing left to handle again.
    The next round is due ``rehandle_months`` later (local default one month).

    Raises ReasonMissing, ReplyChanged, MoveNotAllowed.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        suggestion = locked(suggestion)
        if by is not None:
            require(permissions.can_record_evaluation(by, suggestion))
        check_move(suggestion, Status.CLOSED)
        if Rating.DISSATISFIED in (process, result):
            need_reason(reason, "请写明哪里不满意，承办单位要照着重新办理。")
        reply = reply_in_force(suggestion)
        if reply.pk != reply_pk:
            raise ReplyChanged("没有记下：承办单位又答复了一次。请先看新的答复，再评价。")
        Evaluation.objects.create(
            suggestion=suggestion,
            reply=reply,
            round_no=suggestion.round_no,
            process=process,
            result=result,
            reason=reason,
            recorded_by=by,
            evaluated_on=today,
        )
        write_event(
            suggestion,
            kind=EventKind.EVALUATED,
            from_status=suggestion.status,
            by=by,
            now=now,
            note=f"办理过程{process.label}，办理结果{result.label}。{reason}",
        )
        if result == Rating.DISSATISFIED:
            _reopen(suggestion, department=reply.assignment.department, by=by, now=now)
        else:
            suggestion.closed_on = today
            move(suggestion, to=Status.CLOSED, kind=EventKind.CLOSED, by=by, now=now)
    return suggestion


def close_without_evaluation(suggestion: Suggestion, *, note: str, by: User, now: datetime) -> Suggestion:
    """Close a case whose resident let the days for evaluating pass (local default 10 days).

    Raises TooEarlyToClose, ReasonMissing, MoveNotAllowed.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        suggestion = locked(suggestion)
        require(permissions.can_close(by, suggestion))
        check_move(suggestion, Status.CLOSED)
        need_reason(note, "请写明怎么联系过居民，例如“11月20日、22日两次电话未接通”。")
        replied_on = timezone.localdate(reply_in_force(suggestion).replied_at)
        last_day = deadlines.evaluation_due_on(replied_on=replied_on, evaluate_days=term_of(suggestion).evaluate_days)
        if today <= last_day:
            raise TooEarlyToClose(
                f"居民在{month_day(last_day)}前都可以评价，过了这一天才能办结。电话问到的，请用“记录评价”。"
            )
        suggestion.closed_on = today
        move(suggestion, to=Status.CLOSED, kind=EventKind.CLOSED, by=by, now=now, note=note)
    return suggestion


def _reopen(suggestion: Suggestion, *, department: Department, by: User | None, now: datetime) -> None:
    today = timezone.localdate(now)
    suggestion.round_no += 1
    limit = term_of(suggestion).rehandle_limit
    due_on = deadlines.reply_due_on(assigned_on=today, limit=limit, calendar=work_calendar())
    open_round(suggestion, department=department, due_on=due_on, due_by_rule=True, limit=limit, by=by, today=today)
    note = f"第 {suggestion.round_no} 轮，{department}在{full_day(due_on)}前再次答复。"
    move(suggestion, to=Status.ASSIGNED, kind=EventKind.REOPENED, by=by, now=now, note=note)
    notifications.tell_department_reopened(suggestion)
