"""The verbs of a suggestion's life. Everything that changes a case happens here.

Each verb locks the case, checks that the person may do it and that the case may move there, refuses with a named
error, and writes the change, the event and the messages in one transaction. The clock comes in as ``now``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from congress_portal.accounts.models import Committee, Community, Department, User
from congress_portal.common.refusal import Refusal
from congress_portal.common.uploads import PreparedFile
from deputies.models import Person
from suggestions import deadlines, notifications, permissions, tracking
from suggestions.choices import MOVES, Channel, EventKind, Kind, Outcome, Rating, Status
from suggestions.models import (
    Assignment,
    Attachment,
    Category,
    Evaluation,
    NumberSequence,
    Reply,
    ReplyTerm,
    Suggestion,
    SuggestionEvent,
)

TITLE_LENGTH = 30


class MoveNotAllowed(Refusal):
    """The case is no longer in a state from which this verb goes; the sentence says what happened since."""


class DueDateNotAllowed(Refusal):
    """The chosen day is in the past or later than the office's own rule allows."""


class DepartmentNotAllowed(Refusal):
    """The department is no longer in use."""


class ReasonMissing(Refusal):
    """A dissatisfied evaluation, a refusal or a return needs its reason in writing."""


class TooLateToReturn(Refusal):
    """The days in which a department may return a case are over."""


class TooEarlyToClose(Refusal):
    """The resident may still evaluate."""


class ReceivedDateNotAllowed(Refusal):
    """The day of receipt lies in the future."""


@dataclass(frozen=True)
class Received:
    """What a submission leads to: the case, its tracking code in plain, and whether this call made the case."""

    suggestion: Suggestion
    code: str
    is_new: bool


@dataclass(frozen=True)
class Contact:
    """Whom to call back. All of it may be empty where staff enter a case from a group or a letter."""

    name: str = ""
    phone: str = ""
    age_band: str = ""


def submit_suggestion(
    *,
    submission_key: str,
    matter: str,
    category: Category | None,
    community: Community | None,
    place: str,
    contact: Contact,
    photos: Sequence[PreparedFile],
    now: datetime,
) -> Received:
    """Take in a suggestion that a resident wrote in the web form, and tell the committee.

    Idempotent by ``submission_key``: ten posts of one form are one case with one tracking code.
    """
    return _receive(
        submission_key=submission_key,
        channel=Channel.WEB,
        kind=Kind.OPINION,
        title="",
        matter=matter,
        category=category,
        community=community,
        place=place,
        contact=contact,
        raised_by=None,
        photos=photos,
        received_on=timezone.localdate(now),
        by=None,
        now=now,
    )


def enter_suggestion(
    *,
    submission_key: str,
    channel: Channel,
    kind: Kind,
    title: str,
    matter: str,
    category: Category | None,
    community: Community | None,
    place: str,
    contact: Contact,
    raised_by: Person | None,
    photos: Sequence[PreparedFile],
    received_on: date,
    by: User,
    now: datetime,
) -> Received:
    """Take in a suggestion on somebody's behalf (代为登记): reception, council, WeChat group, letter, telephone….

    ``received_on`` is the day it was said, which may lie before today. Raises ReceivedDateNotAllowed for a day to
    come, PermissionDenied for who may not enter cases.
    """
    _require(by.has_perm("suggestions.add_suggestion"))
    if received_on > timezone.localdate(now):
        raise ReceivedDateNotAllowed("收到日期不能晚于今天，请改成实际收到的那一天。")
    return _receive(
        submission_key=submission_key,
        channel=channel,
        kind=kind,
        title=title,
        matter=matter,
        category=category,
        community=community,
        place=place,
        contact=contact,
        raised_by=raised_by,
        photos=photos,
        received_on=received_on,
        by=by,
        now=now,
    )


def accept_suggestion(suggestion: Suggestion, *, by: User, now: datetime) -> Suggestion:
    """Accept a suggestion (受理); it waits to be assigned. Raises MoveNotAllowed unless it has just come in."""
    with transaction.atomic():
        suggestion = _locked(suggestion)
        _require(permissions.can_accept(by, suggestion))
        _check_move(suggestion, Status.ACCEPTED, only_from=Status.SUBMITTED)
        suggestion.accepted_on = timezone.localdate(now)
        _move(suggestion, to=Status.ACCEPTED, kind=EventKind.ACCEPTED, by=by, now=now)
    return suggestion


def decline_suggestion(suggestion: Suggestion, *, reason: str, referred_to: str, by: User, now: datetime) -> Suggestion:
    """Decline a suggestion (不受理) with a reason, and name where the resident should go (转介) if there is a place.

    Matters in litigation, administrative review or arbitration are not accepted here (local default); the answer
    says who handles them. Raises ReasonMissing, MoveNotAllowed.
    """
    with transaction.atomic():
        suggestion = _locked(suggestion)
        _require(permissions.can_accept(by, suggestion))
        _need_reason(reason, "请写明不受理的原因，居民会看到这段话。")
        suggestion.declined_on = timezone.localdate(now)
        suggestion.referred_to = referred_to
        _move(suggestion, to=Status.DECLINED, kind=EventKind.DECLINED, by=by, now=now, note=reason)
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
        suggestion = _locked(suggestion)
        _require(permissions.can_assign(by, suggestion))
        _check_move(suggestion, Status.ASSIGNED, only_from=Status.ACCEPTED)
        if not department.is_active:
            raise DepartmentNotAllowed(f"{department}已经停用，请选别的承办单位。")
        _check_due_on(suggestion, due_on, today=today)
        suggestion.round_no = max(suggestion.round_no, 1)
        _open_round(suggestion, department=department, due_on=due_on, by=by, today=today)
        _move(
            suggestion,
            to=Status.ASSIGNED,
            kind=EventKind.ASSIGNED,
            by=by,
            now=now,
            note=f"承办单位{department}，{_day(due_on)}前答复。",
        )
        notifications.tell_department_assigned(suggestion)
    return suggestion


def return_to_committee(suggestion: Suggestion, *, reason: str, by: User, now: datetime) -> Suggestion:
    """Return a case that is not this department's business (退办); the committee assigns it anew.

    Allowed for ``return_days`` after the assignment (local default 7 days). Raises TooLateToReturn, ReasonMissing,
    MoveNotAllowed.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        suggestion = _locked(suggestion)
        _require(permissions.can_return(by, suggestion))
        _check_move(suggestion, Status.ACCEPTED, only_from=Status.ASSIGNED)
        _need_reason(reason, "请写明退办的原因，例如这件事由哪个单位负责。")
        assignment = _current_assignment(suggestion)
        return_days = _term(suggestion).return_days
        if (today - assignment.assigned_on).days > return_days:
            raise TooLateToReturn(
                f"交办已经超过 {return_days} 天，不能再退办。如果确实不属于本单位，请联系街道人大工委。"
            )
        assignment.returned_on = today
        assignment.save(update_fields=["returned_on"])
        department_name = str(assignment.department)
        suggestion.department = None
        suggestion.reply_due_on = None
        _move(suggestion, to=Status.ACCEPTED, kind=EventKind.RETURNED, by=by, now=now, note=reason)
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
        suggestion = _locked(suggestion)
        _require(permissions.can_reply(by, suggestion))
        _check_move(suggestion, Status.REPLIED)
        assignment = _current_assignment(suggestion)
        assignment.replied_on = timezone.localdate(now)
        assignment.save(update_fields=["replied_on"])
        reply = Reply.objects.create(assignment=assignment, text=text, outcome=outcome, replied_by=by, replied_at=now)
        for prepared in files:
            Attachment.store(prepared, suggestion=suggestion, reply=reply, uploaded_by=by)
        _move(
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
        suggestion = _locked(suggestion)
        _require(permissions.can_send_back(by, suggestion))
        _check_move(suggestion, Status.ASSIGNED, only_from=Status.REPLIED)
        _need_reason(reason, "请写明答复还缺什么，承办单位和居民都会看到。")
        _check_due_on(suggestion, due_on, today=timezone.localdate(now))
        reply = _reply_in_force(suggestion)
        reply.sent_back_at = now
        reply.save(update_fields=["sent_back_at"])
        assignment = reply.assignment
        assignment.replied_on = None
        assignment.due_on = due_on
        assignment.save(update_fields=["replied_on", "due_on"])
        suggestion.reply_due_on = due_on
        _move(suggestion, to=Status.ASSIGNED, kind=EventKind.SENT_BACK, by=by, now=now, note=reason)
        notifications.tell_department_sent_back(suggestion, reason=reason)
    return suggestion


def evaluate_reply(
    suggestion: Suggestion, *, process: Rating, result: Rating, reason: str, by: User | None, now: datetime
) -> Suggestion:
    """Record what the resident says of the answer; a result that does not satisfy opens the next round (重新办理).

    ``by`` is None when the resident did it with the tracking code, otherwise the member of staff who recorded it
    after a call. A dissatisfied process alone is counted but opens no round: there is nothing left to handle again.
    The next round is due ``rehandle_days`` later (local default 30 days). Raises ReasonMissing, MoveNotAllowed.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        suggestion = _locked(suggestion)
        if by is not None:
            _require(permissions.can_record_evaluation(by, suggestion))
        _check_move(suggestion, Status.CLOSED)
        if Rating.DISSATISFIED in (process, result):
            _need_reason(reason, "请写明哪里不满意，承办单位要照着重新办理。")
        reply = _reply_in_force(suggestion)
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
        _write_event(
            suggestion,
            kind=EventKind.EVALUATED,
            from_status=suggestion.status,
            by=by,
            now=now,
            note=f"办理过程{process.label}，办理结果{result.label}。{reason}",
        )
        if result == Rating.DISSATISFIED:
            _reopen(suggestion, department=reply.assignment.department, reason=reason, now=now)
        else:
            suggestion.closed_on = today
            _move(suggestion, to=Status.CLOSED, kind=EventKind.CLOSED, by=None, now=now)
    return suggestion


def close_without_evaluation(suggestion: Suggestion, *, note: str, by: User, now: datetime) -> Suggestion:
    """Close a case whose resident let the days for evaluating pass (local default 10 days).

    Raises TooEarlyToClose, ReasonMissing, MoveNotAllowed.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        suggestion = _locked(suggestion)
        _require(permissions.can_close(by, suggestion))
        _check_move(suggestion, Status.CLOSED)
        _need_reason(note, "请写明怎么联系过居民，例如“11月20日、22日两次电话未接通”。")
        replied_on = timezone.localdate(_reply_in_force(suggestion).replied_at)
        last_day = deadlines.evaluation_due_on(replied_on=replied_on, evaluate_days=_term(suggestion).evaluate_days)
        if today <= last_day:
            raise TooEarlyToClose(
                f"居民在{last_day.month}月{last_day.day}日前都可以评价，过了这一天才能办结。电话问到的，请用“记录评价”。"
            )
        suggestion.closed_on = today
        _move(suggestion, to=Status.CLOSED, kind=EventKind.CLOSED, by=by, now=now, note=note)
    return suggestion


def erase_expired_contacts(*, now: datetime) -> int:
    """Erase name, number, age band and photos of cases that ended longer ago than the office keeps them.

    The matter, the replies and the figures stay. Returns how many cases were erased; a second run finds none.
    """
    committee = Committee.objects.first()
    if committee is None:
        return 0
    ended_by = deadlines.retention_ends_on(today=timezone.localdate(now), years=committee.retention_years)
    expired = Suggestion.objects.personal_data_expired(ended_by=ended_by)
    erased = 0
    for pk in list(expired.values_list("pk", flat=True)):
        with transaction.atomic():
            suggestion = expired.select_for_update(of=("self",)).filter(pk=pk).first()
            if suggestion is None:
                continue  # another worker was here first
            suggestion.contact_name = suggestion.contact_phone = suggestion.age_band = ""
            suggestion.save(update_fields=["contact_name", "contact_phone", "age_band"])
            for photo in suggestion.attachments.filter(reply=None):
                transaction.on_commit(partial(photo.file.storage.delete, str(photo.file.name)))
                photo.delete()
            _write_event(
                suggestion,
                kind=EventKind.ERASED,
                from_status=suggestion.status,
                by=None,
                now=now,
                note=f"结束满 {committee.retention_years} 年，称呼、手机号、年龄段和照片已删除。",
            )
            erased += 1
    return erased


# ---- helpers ----------------------------------------------------------------------------------------


def _receive(
    *,
    submission_key: str,
    channel: Channel,
    kind: Kind,
    title: str,
    matter: str,
    category: Category | None,
    community: Community | None,
    place: str,
    contact: Contact,
    raised_by: Person | None,
    photos: Sequence[PreparedFile],
    received_on: date,
    by: User | None,
    now: datetime,
) -> Received:
    code = tracking.code_for(submission_key)
    submission_digest = tracking.submission_digest(submission_key)
    try:
        with transaction.atomic():
            # The sequence row is locked first: the second of two clicks waits here and then finds the first one's case.
            sequence = _locked_sequence(timezone.localdate(now).year)
            existing = Suggestion.objects.filter(submission_digest=submission_digest).first()
            if existing is not None:
                return Received(existing, code, is_new=False)
            sequence.last += 1
            sequence.save(update_fields=["last"])
            term = ReplyTerm.objects.get(channel=channel)
            suggestion = Suggestion.objects.create(
                number=str(sequence),
                kind=kind,
                channel=channel,
                title=title or title_from(matter),
                matter=matter,
                category=category,
                community=community,
                place=place,
                contact_name=contact.name,
                contact_phone=contact.phone,
                age_band=contact.age_band,
                raised_by=raised_by,
                received_at=now,
                received_on=received_on,
                accept_due_on=deadlines.accept_due_on(
                    received_on=timezone.localdate(now), accept_days=term.accept_days
                ),
                entered_by=by,
                code_digest=tracking.digest(code),
                submission_digest=submission_digest,
            )
            for prepared in photos:
                Attachment.store(prepared, suggestion=suggestion, uploaded_by=by)
            _write_event(
                suggestion,
                kind=EventKind.SUBMITTED,
                from_status="",
                by=by,
                now=now,
                note=_how_received(suggestion, photo_count=len(photos)),
            )
            if by is None:
                notifications.tell_committee_received(suggestion)
    except IntegrityError:
        # Two clicks on either side of midnight at New Year lock two rows; then the unique key of the form decides.
        return Received(Suggestion.objects.get(submission_digest=submission_digest), code, is_new=False)
    return Received(suggestion, code, is_new=True)


def title_from(matter: str) -> str:
    """Return the first sentence of a matter, cut to a title's length; staff may improve it."""
    first = next(line.strip() for line in matter.splitlines() if line.strip())
    for mark in "。！？；!?;":
        first = first.partition(mark)[0] or first
    return first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 1] + "…"


def _how_received(suggestion: Suggestion, *, photo_count: int) -> str:
    photos = f"，附照片 {photo_count} 张" if photo_count else ""
    if suggestion.entered_by_id is None:
        return f"{Channel(suggestion.channel).label}{photos}。"
    return f"{Channel(suggestion.channel).label}，{_day(suggestion.received_on)}收到，工委代为登记{photos}。"


def _locked_sequence(year: int) -> NumberSequence:
    NumberSequence.objects.get_or_create(year=year)
    return NumberSequence.objects.select_for_update().get(year=year)


def _locked(suggestion: Suggestion) -> Suggestion:
    return Suggestion.objects.select_for_update().get(pk=suggestion.pk)


def _require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied("您的角色不能办这一步。需要办理请联系街道人大工委。")


def _need_reason(reason: str, sentence: str) -> None:
    if not reason.strip():
        raise ReasonMissing(sentence)


def _term(suggestion: Suggestion) -> ReplyTerm:
    return ReplyTerm.objects.get(channel=suggestion.channel)


def _current_assignment(suggestion: Suggestion) -> Assignment:
    return suggestion.assignments.select_related("department").get(
        round_no=suggestion.round_no, returned_on__isnull=True
    )


def _reply_in_force(suggestion: Suggestion) -> Reply:
    return Reply.objects.select_related("assignment__department").get(
        assignment__suggestion=suggestion, assignment__round_no=suggestion.round_no, sent_back_at__isnull=True
    )


def _open_round(suggestion: Suggestion, *, department: Department, due_on: date, by: User | None, today: date) -> None:
    Assignment.objects.create(
        suggestion=suggestion,
        round_no=suggestion.round_no,
        department=department,
        assigned_by=by,
        assigned_on=today,
        due_on=due_on,
    )
    suggestion.department = department
    suggestion.reply_due_on = due_on


def _reopen(suggestion: Suggestion, *, department: Department, reason: str, now: datetime) -> None:
    today = timezone.localdate(now)
    suggestion.round_no += 1
    due_on = deadlines.reply_due_on(assigned_on=today, reply_days=_term(suggestion).rehandle_days)
    _open_round(suggestion, department=department, due_on=due_on, by=None, today=today)
    note = f"第 {suggestion.round_no} 轮，{department}在{_day(due_on)}前再次答复。"
    _move(suggestion, to=Status.ASSIGNED, kind=EventKind.REOPENED, by=None, now=now, note=note)
    notifications.tell_department_reopened(suggestion, reason=reason)


def _check_due_on(suggestion: Suggestion, due_on: date, *, today: date) -> None:
    last = deadlines.reply_due_on(assigned_on=today, reply_days=_term(suggestion).reply_days)
    if not today <= due_on <= last:
        raise DueDateNotAllowed(
            f"答复期限要在今天到{_day(last)}之间（{suggestion.get_channel_display()}按规定 {(last - today).days} 天）。"
        )


def _check_move(suggestion: Suggestion, to: Status, *, only_from: Status | None = None) -> None:
    """Refuse a move that the table does not hold; ``only_from`` tells apart two verbs that lead to one status."""
    status = Status(suggestion.status)
    if to not in MOVES[status] or (only_from is not None and status != only_from):
        raise MoveNotAllowed(what_happened_since(suggestion))


def what_happened_since(suggestion: Suggestion) -> str:
    """Return the sentence that explains why a verb came too late: who did what, and when."""
    event = suggestion.events.select_related("actor").order_by("-happened_at", "-pk").first()
    who = event.actor.display_name if event and event.actor else "居民"
    when = timezone.localtime(event.happened_at) if event else None
    what = f"{who}在{when.month}月{when.day}日 {when:%H:%M} {event.get_kind_display()}" if event and when else ""
    return f"没有保存：这件已由{what}，现在是“{suggestion.get_status_display()}”。请刷新页面，看最新情况后再办。"


def _move(
    suggestion: Suggestion, *, to: Status, kind: EventKind, by: User | None, now: datetime, note: str = ""
) -> None:
    _check_move(suggestion, to)
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
    _write_event(suggestion, kind=kind, from_status=from_status, by=by, now=now, note=note)


def _write_event(
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


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
