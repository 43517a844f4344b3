"""Who comes, who cannot, and who was there: answers, leave, signing in, and what staff record of everybody."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from congress_portal.accounts.models import User
from congress_portal.common import ratelimit
from congress_portal.common.dates import month_day
from deputies import sign_in_codes
from deputies.choices import (
    ATTENDANCE_OUTCOMES,
    DUTY_OF,
    ActivityKind,
    ActivityStatus,
    ActivityStep,
    Attendance,
    DutyStatus,
)
from deputies.models import Activity, DutyRecord, Participation, Person
from deputies.notifications import activities as notifications
from deputies.selectors.activities import counted, sign_in_window, where
from deputies.workflow.activity_steps import (
    OPEN,
    check_in_office,
    check_status,
    locked,
    need_reason,
    require,
    require_organiser,
    write_event,
)
from deputies.workflow.posting import DutyLine, record_duties, withdraw_duties
from deputies.workflow.refusals import (
    AlreadySignedIn,
    AnswerTooLate,
    AttendanceNotAllowed,
    CodeExpired,
    CodeWrong,
    MoveNotAllowed,
    NotInvited,
    SignInNotOpen,
    TooManyTries,
)

# Six digits of which three codes are accepted at a time: ten tries leave a chance of 1 in 33,000.
WRONG_CODES = 10
WRONG_CODES_WITHIN = 600  # seconds

LEAVE_RECORDED_BY_STAFF = "向工委请假"
_SEEN = frozenset(ATTENDANCE_OUTCOMES)


def sign_up(activity: Activity, *, person: Person, by: User, now: datetime) -> Participation:
    """Answer that the person comes, also after leave was asked or granted. Saying so twice changes nothing.

    By that very person, or by staff whom the person telephoned. Raises NotInvited, AnswerTooLate.
    """
    _require_answering(by, person)
    with transaction.atomic():
        row = _locked_row(activity, person)
        _check_answering(row, now=now)
        if row.state == Attendance.SIGNED_UP:
            return row
        row.state = Attendance.SIGNED_UP
        row.answered_at = now
        row.leave_reason = row.leave_refusal = ""
        row.leave_decided_by = None
        row.save(update_fields=["state", "answered_at", "leave_reason", "leave_refusal", "leave_decided_by"])
    return row


def ask_leave(
    activity: Activity, *, person: Person, reason: str, by: User, now: datetime, tell_committee: bool = True
) -> Participation:
    """Ask for leave, with a reason that the committee reads; asked again, the new reason stands.

    By that very person, or by staff whom the person telephoned. The committee is not told where it decides in the same
    step. Raises NotInvited, ReasonMissing, AnswerTooLate.
    """
    _require_answering(by, person)
    reason = need_reason(reason, "请写明去不了的原因，街道人大工委按原因批假。")
    with transaction.atomic():
        row = _locked_row(activity, person)
        _check_answering(row, now=now)
        if row.state == Attendance.EXCUSED:
            raise MoveNotAllowed("这次活动已经准假，不用再请。能来了的，请点报名参加。")
        is_new = row.state != Attendance.LEAVE_ASKED
        row.state = Attendance.LEAVE_ASKED
        row.answered_at = now
        row.leave_reason, row.leave_refusal = reason, ""
        row.save(update_fields=["state", "answered_at", "leave_reason", "leave_refusal"])
        if is_new and tell_committee:
            notifications.tell_committee_leave_asked(row)
    return row


def decide_leave(
    activity: Activity, *, person: Person, granted: bool, reason: str = "", by: User, now: datetime
) -> Participation:
    """Grant leave or refuse it with a reason, and tell who asked. Nobody decides on their own leave."""
    require_organiser(by)
    require(person.user_id != by.pk)
    if not granted:
        reason = need_reason(reason, "不准假的，请写明原因，本人会看到。")
    with transaction.atomic():
        activity = locked(activity)
        check_status(activity, OPEN)
        row = _locked_row(activity, person)
        if row.state != Attendance.LEAVE_ASKED:
            raise MoveNotAllowed(
                f"{person}现在是“{row.get_state_display()}”，没有待批的请假。请打开这次活动看最新情况。"
            )
        row.state = Attendance.EXCUSED if granted else Attendance.INVITED
        row.leave_decided_by = by
        row.leave_refusal = "" if granted else reason
        row.save(update_fields=["state", "leave_decided_by", "leave_refusal"])
        write_event(
            activity,
            kind=ActivityStep.LEAVE_GRANTED if granted else ActivityStep.LEAVE_REFUSED,
            by=by,
            now=now,
            note=str(person),
        )
        notifications.tell_leave_decided(row, granted=granted)
    return row


def take_back_invitation(activity: Activity, *, person: Person, by: User, now: datetime) -> None:
    """Take back an invitation made by mistake, whatever was answered; the event keeps that it was.

    The person is told when the invitation was. Raises NotInvited, AttendanceNotAllowed once it is on record whether
    the person was there, MoveNotAllowed after the activity was held or cancelled.
    """
    require_organiser(by)
    with transaction.atomic():
        activity = locked(activity)
        check_status(activity, OPEN)
        row = activity.participations.select_for_update().filter(person=person).first()
        if row is None:
            raise NotInvited(f"这次活动没有邀请{person}，不用收回。请打开这次活动看最新的名单。")
        _check_not_seen(row, person, "不能收回邀请")
        row.delete()
        write_event(activity, kind=ActivityStep.INVITED, by=by, now=now, note=f"收回对{person}的邀请")
        if activity.status == ActivityStatus.ANNOUNCED and activity.ends_at > now:
            notifications.tell_invitation_taken_back(activity, person=person)


def record_answers(
    activity: Activity,
    *,
    coming: Collection[Person] = (),
    excused: Mapping[Person, str] | None = None,
    taken_back: Collection[Person] = (),
    by: User,
    now: datetime,
) -> None:
    """Put on record what people said by telephone, all of it or nothing.

    ``excused`` gives each person's reason for the leave that is granted herewith, or an empty one. Raises NotInvited,
    AnswerTooLate, AttendanceNotAllowed (also for leave of one's own), MoveNotAllowed.
    """
    require_organiser(by)
    excused = excused or {}
    with transaction.atomic():
        # The activity before its rows, as in the other verbs of staff: two of them never wait for each other.
        activity = locked(activity)
        check_status(activity, [ActivityStatus.ANNOUNCED])
        if activity.ends_at <= now:
            raise AnswerTooLate("活动已经结束，不能再代记回复。请登记到场情况。")
        rows = {row.person_id: row for row in activity.participations.select_for_update()}
        for person in (*coming, *excused, *taken_back):
            if person.pk not in rows:
                raise NotInvited(f"这次活动没有邀请{person}，不能代记回复。请打开这次活动看最新的名单。")
            _check_not_seen(rows[person.pk], person, "不能再代记回复")
        if own := [person for person in excused if person.user_id == by.pk]:
            raise AttendanceNotAllowed(f"{own[0]}是您自己，不能给自己准假。请在自己的页面请假，由其他工作人员批假。")
        for person in coming:
            sign_up(activity, person=person, by=by, now=now)
        without_reason = {}
        for person, reason in excused.items():
            asked = rows[person.pk].state == Attendance.LEAVE_ASKED
            if reason:
                ask_leave(activity, person=person, reason=reason, by=by, now=now, tell_committee=False)
            if reason or asked:
                decide_leave(activity, person=person, granted=True, by=by, now=now)
            else:
                without_reason[person.pk] = Attendance.EXCUSED
        if without_reason:
            record_attendance(activity, states=without_reason, by=by, now=now)
        for person in taken_back:
            take_back_invitation(activity, person=person, by=by, now=now)


def sign_in(activity: Activity, *, person: Person, code: str, by: User, now: datetime) -> Participation:
    """Put on record that the person is there, by the code shown in the room. Only that very person does this.

    Who was on leave and comes after all is present. Raises NotInvited, SignInNotOpen, AlreadySignedIn, TooManyTries,
    CodeExpired and CodeWrong, each with a sentence to show.
    """
    require(by.has_perm("deputies.answer_invitation") and person.user_id == by.pk)
    with transaction.atomic():
        row = _locked_row(activity, person)
        activity = row.activity
        _check_sign_in_open(activity, now=now)
        if row.state == Attendance.PRESENT:
            raise _already(row)
    # Between two transactions: nothing is locked while hashes are compared and tries are counted.
    _check_code(activity, person, code.strip(), now=now)
    with transaction.atomic():
        row = _locked_row(activity, person)
        check_status(row.activity, [ActivityStatus.ANNOUNCED])
        if row.state == Attendance.PRESENT:
            raise _already(row)
        row.state = Attendance.PRESENT
        row.signed_in_at = now
        row.save(update_fields=["state", "signed_in_at"])
    return row


def record_attendance(
    activity: Activity,
    *,
    states: Mapping[int, Attendance],
    speeches: Mapping[int, str] | None = None,
    by: User,
    now: datetime,
) -> Activity:
    """Put on record who was there, for everybody named by person's key, and what they spoke of (审议发言).

    For staff: before, during and after the activity. Somebody not invited may only be present, and is on the list from
    then on. After the activity was held each state is one that was seen, and the lines in the files are corrected.
    An empty speech takes back that the person spoke; who is not in ``speeches`` keeps what is on record. Raises
    AttendanceNotAllowed (also where staff have corrected the line itself), NotInOffice, and PermissionDenied for a
    change about oneself.
    """
    require_organiser(by)
    speeches = speeches or {}
    with transaction.atomic():
        activity = locked(activity)
        check_status(activity, [*OPEN, ActivityStatus.HELD])
        rows = {row.person_id: row for row in activity.participations.select_for_update().select_related("person")}
        _check_states(activity, rows, states, now=now)
        _check_not_oneself(rows, states, speeches, by=by)
        new = _add_unasked(activity, [pk for pk in states if pk not in rows], by=by, now=now)
        rows |= {row.person_id: row for row in new}
        changed = [
            row
            for pk, row in rows.items()
            if _take(row, states.get(pk), speeches.get(pk), by=by, now=now) or row in new
        ]
        if not changed:
            return activity
        Participation.objects.bulk_update(changed, _TAKEN)
        present = sum(row.state == Attendance.PRESENT for row in rows.values())
        note = f"到场 {present} 人，这次登记 {len(changed)} 人"
        write_event(activity, kind=ActivityStep.ATTENDANCE, by=by, now=now, note=note)
        if activity.status == ActivityStatus.HELD:
            _correct_duties(activity, [row.person for row in changed], by=by, now=now)
    return activity


def post_duties(activity: Activity, *, by: User | None, now: datetime) -> None:
    """Post a line into the file of everybody asked who was in office that day.

    Part of other verbs: the caller holds the activity's lock and has asked for rights.
    """
    record_duties(_duty_lines(activity), by=by, now=now)


def _correct_duties(activity: Activity, people: Iterable[Person], *, by: User, now: datetime) -> None:
    """Take back the lines of these people that say something else now, and post the right ones."""
    by_source = {_source_key(activity, person.pk): person for person in people}
    lines = _duty_lines(activity, only=[person.pk for person in by_source.values()])
    wanted = {line.source_key: line for line in lines}
    posted = DutyRecord.objects.select_for_update().filter(source_key__in=by_source).order_by("pk")
    stale = set(by_source)
    for record in posted:
        source_key = str(record.source_key)
        line = wanted.get(source_key)
        says_so = line is not None and (record.outcome, record.text) == (line.outcome, line.text)
        if record.status == DutyStatus.CORRECTED and not says_so:
            raise AttendanceNotAllowed(
                f"{by_source[source_key]}这次活动的履职记录已经更正过，不能从这里再改。请在履职记录里更正。"
            )
        if says_so and record.status != DutyStatus.WITHDRAWN:
            stale.discard(source_key)
    withdraw_duties(stale, by=by, now=now, note="更正到场情况")
    record_duties([line for source_key, line in wanted.items() if source_key in stale], by=by, now=now)


def _duty_lines(activity: Activity, only: Iterable[int] | None = None) -> list[DutyLine]:
    rows = counted(activity.participations.filter(state__in=_SEEN)).select_related("person").order_by("pk")
    if only is not None:
        rows = rows.filter(person__in=list(only))
    place, url = where(activity), reverse("deputies:activity_detail", args=(activity.pk,))
    return [
        DutyLine(
            person=row.person,
            kind=DUTY_OF[ActivityKind(activity.kind)],
            on=activity.starts_on,
            title=activity.title,
            place=place,
            text=f"发言：{row.speech}" if row.speech else "",
            outcome=ATTENDANCE_OUTCOMES[Attendance(row.state)],
            source_key=_source_key(activity, row.person_id),
            url=url,
        )
        for row in rows
    ]


_TAKEN = ("state", "signed_in_at", "signed_in_by", "leave_reason", "leave_decided_by", "spoke", "speech")


def _source_key(activity: Activity, person_pk: int) -> str:
    return f"activity:{activity.pk}:person:{person_pk}"


def _require_answering(by: User, person: Person) -> None:
    is_own = by.has_perm("deputies.answer_invitation") and person.user_id == by.pk
    require(is_own or by.has_perm("deputies.change_activity"))


def _locked_row(activity: Activity, person: Person) -> Participation:
    """Return the person's row, locked, with the activity as it is once the lock is held."""
    row = Participation.objects.select_for_update().filter(activity=activity, person=person).first()
    if row is None or row.activity.status == ActivityStatus.PLANNED:
        raise NotInvited(f"这次活动没有邀请{person}。应该参加的，请联系街道人大工委。")
    row.person = person
    return row


def _check_answering(row: Participation, *, now: datetime) -> None:
    check_status(row.activity, [ActivityStatus.ANNOUNCED])
    if row.activity.ends_at <= now:
        raise AnswerTooLate("活动已经结束，不能再报名或者请假。情况有出入的，请联系街道人大工委。")
    if row.state in (Attendance.PRESENT, Attendance.ABSENT):
        raise AnswerTooLate(
            f"已经登记为“{row.get_state_display()}”，不能再报名或者请假。有出入的，请联系街道人大工委。"
        )


def _check_not_seen(row: Participation, person: Person, refused: str) -> None:
    if row.state in (Attendance.PRESENT, Attendance.ABSENT):
        raise AttendanceNotAllowed(
            f"{person}已经登记为“{row.get_state_display()}”，{refused}。登记有误的，请在登记到场里更正。"
        )


def _check_sign_in_open(activity: Activity, *, now: datetime) -> None:
    check_status(activity, [ActivityStatus.ANNOUNCED])
    opens, closes = sign_in_window(activity)
    if now < opens:
        raise SignInNotOpen(f"还没有开始签到。{_moment(opens)}起可以签到，请到时再扫码。")
    if now > closes:
        raise SignInNotOpen(f"签到在 {_moment(closes)}已经结束。到了场没有签到的，请联系街道人大工委补登。")


def _already(row: Participation) -> AlreadySignedIn:
    when = f"在 {_moment(row.signed_in_at)} " if row.signed_in_at else ""
    return AlreadySignedIn(f"您{when}已经签到，不用再签。")


def _check_code(activity: Activity, person: Person, code: str, *, now: datetime) -> None:
    tries = {"scope": "deputies.sign_in", "key": f"{activity.pk}:{person.pk}"}
    if ratelimit.too_many(**tries, limit=WRONG_CODES, seconds=WRONG_CODES_WITHIN):
        raise TooManyTries("签到码输错太多次。请过十分钟再试，或者请现场的工作人员代为签到。")
    if sign_in_codes.is_accepted(activity.pk, code, now=now):
        return
    ratelimit.count(**tries, seconds=WRONG_CODES_WITHIN)
    validity = sign_in_codes.was_valid(activity.pk, code, since=sign_in_window(activity)[0], now=now)
    if validity:
        begin, end = validity
        raise CodeExpired(
            f"这个签到码已经过期，它在 {_clock(begin)} 到 {_clock(end)} 之间有效。请扫现场屏幕上现在的二维码。"
        )
    raise CodeWrong("签到码不对。请扫现场屏幕上现在的二维码，或者输入现在显示的六位数字。")


def _check_states(
    activity: Activity, rows: Mapping[int, Participation], states: Mapping[int, Attendance], *, now: datetime
) -> None:
    for pk, state in states.items():
        row = rows.get(pk)
        if row is None and state != Attendance.PRESENT:
            raise AttendanceNotAllowed("没有邀请的人只能登记为到场。")
        if row is not None and row.state == state:
            continue
        if state == Attendance.LEAVE_ASKED:
            raise AttendanceNotAllowed("请假由本人提出，这里登记为已准假，或者到场、缺席。")
        if activity.status == ActivityStatus.HELD and state not in _SEEN:
            raise AttendanceNotAllowed("活动已经举行完毕，每个人要登记为到场、已准假或者缺席。")
        if state in (Attendance.PRESENT, Attendance.ABSENT) and now < sign_in_window(activity)[0]:
            opens = sign_in_window(activity)[0]
            raise AttendanceNotAllowed(f"活动还没有开始，{_moment(opens)}起可以登记到场和缺席。")


def _check_not_oneself(
    rows: Mapping[int, Participation], states: Mapping[int, Attendance], speeches: Mapping[int, str], *, by: User
) -> None:
    for pk, row in rows.items():
        is_changed = states.get(pk, row.state) != row.state or speeches.get(pk, row.speech).strip() != row.speech
        if is_changed and row.person.user_id == by.pk:
            raise _about_oneself(row.person)


def _about_oneself(person: Person) -> PermissionDenied:
    return PermissionDenied(
        f"{person}是您自己，到场情况和发言要由其他工作人员登记。到了场的，也可以用手机扫签到码签到。"
    )


def _add_unasked(activity: Activity, person_pks: list[int], *, by: User, now: datetime) -> list[Participation]:
    if not person_pks:
        return []
    people = list(Person.objects.filter(pk__in=person_pks))
    if len(people) != len(person_pks):
        raise NotInvited("名册里没有这个人，请重新选择。")
    if own := [person for person in people if person.user_id == by.pk]:
        raise _about_oneself(own[0])
    check_in_office(people, on=activity.starts_on)
    return Participation.objects.bulk_create(
        Participation(activity=activity, person=person, invited_at=now) for person in people
    )


def _take(row: Participation, state: Attendance | None, speech: str | None, *, by: User, now: datetime) -> bool:
    """Put a state and a speech into a row in memory; say whether anything is another one now."""
    before = (row.state, row.spoke, row.speech)
    if state is not None and state != row.state:
        row.state = state
        if state == Attendance.PRESENT:
            row.signed_in_at, row.signed_in_by = now, by
        elif state in _SEEN:
            row.signed_in_at = row.signed_in_by = None
        if state == Attendance.EXCUSED:
            row.leave_reason = row.leave_reason or LEAVE_RECORDED_BY_STAFF
            row.leave_decided_by = by
    if speech is not None:
        row.speech = speech.strip()
        row.spoke = bool(row.speech)
    return before != (row.state, row.spoke, row.speech)


def _clock(moment: datetime) -> str:
    moment = timezone.localtime(moment)
    return f"{moment.hour}:{moment.minute:02}"


def _moment(moment: datetime) -> str:
    return f"{month_day(timezone.localtime(moment))} {_clock(moment)}"
