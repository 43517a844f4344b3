"""Residents' seats at open activities: taken by the form on the public calendar, given up by a code, and forgotten.

Residents have no account. The row of the seats says by itself when they took them and gave them up, so that writes no
event and tells nobody; the list of who comes is read on a page of the activity.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum
from django.utils import timezone

from congress_portal.accounts.models import User
from congress_portal.common.codes import form_digest
from congress_portal.common.dates import month_day
from deputies import deadlines
from deputies.choices import ActivityStatus, ActivityStep
from deputies.models import Activity, ResidentSignUp
from deputies.selectors.public import SEAT_CODES
from deputies.workflow.activity_steps import require, write_event
from deputies.workflow.refusals import (
    AlreadySignedUp,
    FormAlreadyUsed,
    HeadCountNotAllowed,
    MoveNotAllowed,
    SeatsFull,
    SeatUnknown,
    SignUpClosed,
)


@dataclass(frozen=True)
class Seat:
    """What signing up leads to: the row, the code to give it up by in plain, and whether this call made the row."""

    sign_up: ResidentSignUp
    code: str
    is_new: bool


def take_seat(activity: Activity, *, name: str, phone: str, head_count: int, key: str, now: datetime) -> Seat:
    """Sign a resident up for an open activity.

    The row of the activity is locked before seats are counted, so that a burst never sells one twice. Idempotent by
    ``key``, the form's own: ten posts of one form are one sign-up with one code. One number signs up once an activity
    (local default), with at most ``deadlines.MOST_HEADS`` people. Raises MoveNotAllowed for an activity that residents
    cannot know of, SignUpClosed, SeatsFull, HeadCountNotAllowed, AlreadySignedUp, FormAlreadyUsed.
    """
    if not 1 <= head_count <= deadlines.MOST_HEADS:
        raise HeadCountNotAllowed(f"一个手机号可以报 1 至 {deadlines.MOST_HEADS} 人。人多的，请打电话给街道人大工委。")
    wanted = {"activity_id": activity.pk, "name": name, "phone": phone, "head_count": head_count}
    code, digest = SEAT_CODES.code_for(key), form_digest(key)
    try:
        with transaction.atomic():
            activity = Activity.objects.select_for_update().get(pk=activity.pk)
            existing = ResidentSignUp.objects.filter(submission_digest=digest).first()
            if existing is not None:
                return _taken_before(existing, wanted, code)
            check_open(activity, now=now)
            taken = activity.sign_ups.filter(cancelled_at__isnull=True).aggregate(
                heads=Sum("head_count", default=0), same=Sum("head_count", filter=Q(phone=phone), default=0)
            )
            if taken["same"]:
                raise AlreadySignedUp(
                    "这个手机号已经报过这次活动。要改人数，请先用取消码取消，再重新报名；取消码丢了，请打电话给街道人大工委。"
                )
            if activity.seats is not None and taken["heads"] + head_count > activity.seats:
                raise SeatsFull(_too_few(activity.seats - taken["heads"]))
            sign_up = ResidentSignUp.objects.create(
                **wanted, code_digest=SEAT_CODES.digest(code), submission_digest=digest, created_at=now
            )
    except IntegrityError:
        # One form sent to two activities locks two rows; then the unique key of the form decides.
        return _taken_before(ResidentSignUp.objects.get(submission_digest=digest), wanted, code)
    return Seat(sign_up, code, is_new=True)


def give_up_seat(*, code: str, now: datetime) -> ResidentSignUp:
    """Give up what the code stands for, so that others can have the seats. A second time changes nothing.

    Nobody calls who does not come, so the name and the number go at once; the head count stays.
    Source: 个人信息保护法第四十七条.
    Whoever calls has checked the number that belongs to the code. Raises SeatUnknown, and SignUpClosed once the
    activity has begun.
    """
    with transaction.atomic():
        found = ResidentSignUp.objects.filter(code_digest__in=SEAT_CODES.digests(code)).first()
        if found is None:
            raise SeatUnknown("没有找到这个报名。请核对取消码。")
        activity = Activity.objects.select_for_update().get(pk=found.activity_id)
        sign_up = ResidentSignUp.objects.select_for_update().get(pk=found.pk)
        if sign_up.cancelled_at is None:
            if activity.status == ActivityStatus.ANNOUNCED and activity.starts_at <= now:
                raise SignUpClosed("活动已经开始，不用再取消。")
            sign_up.cancelled_at = now
            sign_up.name = sign_up.phone = ""
            sign_up.save(update_fields=["cancelled_at", "name", "phone"])
    return sign_up


def take_out_sign_up(sign_up: ResidentSignUp, *, by: User, now: datetime) -> ResidentSignUp:
    """Erase a resident's name and number at once, as the resident asked; before the activity the seats go with them.

    Source: 个人信息保护法第四十七条. The history says that it was done, never who it was. A second time changes
    nothing. Raises PermissionDenied.
    """
    require(by.has_perm("deputies.see_sign_ups") and by.has_perm("deputies.change_activity"))
    with transaction.atomic():
        activity = Activity.objects.select_for_update().get(pk=sign_up.activity_id)
        sign_up = ResidentSignUp.objects.select_for_update().get(pk=sign_up.pk)
        gives_up = sign_up.cancelled_at is None and activity.status == ActivityStatus.ANNOUNCED
        gives_up = gives_up and activity.starts_at > now
        if not gives_up and not sign_up.name and not sign_up.phone:
            return sign_up
        sign_up.name = sign_up.phone = ""
        if gives_up:
            sign_up.cancelled_at = now
        sign_up.save(update_fields=["name", "phone", "cancelled_at"])
        what = f"替居民取消报名，空出 {sign_up.head_count} 个名额" if gives_up else "应居民要求删除报名的称呼和手机号"
        write_event(activity, kind=ActivityStep.CHANGED, by=by, now=now, note=what)
    return sign_up


def erase_expired_sign_ups(now: datetime) -> int:
    """Erase names and numbers of residents whose activity ended more than ``SIGN_UP_KEPT_DAYS`` ago.

    The head counts stay, and so do the figures. Returns how many rows were erased; a second run finds none.
    """
    last = deadlines.sign_ups_erasable_until(today=timezone.localdate(now))
    end = timezone.make_aware(datetime.combine(last, datetime.max.time()))
    expired = ResidentSignUp.objects.filter(activity__ends_at__lte=end).exclude(name="", phone="")
    return expired.update(name="", phone="")


def check_open(activity: Activity, *, now: datetime) -> None:
    """Refuse an activity that residents cannot sign up for now; the page asks too."""
    if not activity.is_open or activity.status == ActivityStatus.PLANNED:
        raise MoveNotAllowed("这次活动不向居民开放报名。")
    if activity.status == ActivityStatus.CANCELLED:
        raise SignUpClosed("这次活动已经取消，不能报名。请到活动日历看别的活动。")
    if activity.status == ActivityStatus.HELD or activity.starts_at <= now:
        raise SignUpClosed("这次活动已经开始或结束，不能报名。请到活动日历看别的活动。")
    if activity.sign_up_until is not None and activity.sign_up_until <= now:
        until = timezone.localtime(activity.sign_up_until)
        raise SignUpClosed(f"报名已经在{month_day(until)} {until:%H:%M} 截止。想参加的，请打电话给街道人大工委。")


def _too_few(left: int) -> str:
    if left <= 0:
        return "名额已经报满。有人取消时会空出来，可以过几天再来看，或者打电话给街道人大工委。"
    return f"只剩 {left} 个名额，请减少人数再报名。"


def _taken_before(existing: ResidentSignUp, wanted: dict[str, object], code: str) -> Seat:
    """Return what this form made before, unless it comes back with something else in it, or was given up since."""
    is_same = all(getattr(existing, name) == value for name, value in wanted.items())
    if not is_same or existing.cancelled_at is not None:
        raise FormAlreadyUsed("这张表已经用过一次。您填的还在，请核对后再点一次报名。")
    return Seat(existing, code, is_new=False)
