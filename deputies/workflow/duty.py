"""The duty file: lines that people log and staff decide on. What other verbs post is in ``posting``."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from congress_portal.accounts.models import User
from congress_portal.common.dates import full_day, month_day
from congress_portal.common.uploads import PreparedFile
from deputies import permissions
from deputies.choices import DUTY_MOVES, DutyKind, DutyOutcome, DutyStatus, DutyStep
from deputies.models import DutyEvent, DutyPhoto, DutyRecord, Mandate, Person
from deputies.notifications import duty as notifications
from deputies.workflow.posting import write_event, write_events
from deputies.workflow.refusals import (
    DutyChangedSince,
    DutyDayNotAllowed,
    FormAlreadyUsed,
    MoveNotAllowed,
    NothingToCorrect,
    ReasonMissing,
    TooManyPhotos,
)

MAX_PHOTOS = 4  # of one line; a local default


# ---- logged by the person


def log_duty(
    person: Person,
    *,
    kind: DutyKind,
    on: date,
    title: str,
    place: str,
    text: str,
    photos: Sequence[PreparedFile] = (),
    key: str,
    by: User,
    now: datetime,
) -> DutyRecord:
    """Log something one did oneself (补记); it waits until staff confirm it.

    Idempotent by ``key``, the form's own: ten posts of one form are one line. Raises PermissionDenied for anybody but
    that very person, DutyDayNotAllowed, TooManyPhotos, and FormAlreadyUsed when the form comes back with something
    else in it.
    """
    _require(by.has_perm("deputies.log_duty") and person.user_id == by.pk)
    written = {"kind": kind, "happened_on": on, "title": title, "place": place, "text": text}
    return _write_line(person, written, status=DutyStatus.LOGGED, photos=photos, key=key, by=by, now=now)


def change_duty(
    record: DutyRecord,
    *,
    kind: DutyKind,
    on: date,
    title: str,
    place: str,
    text: str,
    photos: Sequence[PreparedFile] = (),
    drop_photos: Collection[UUID] = (),
    by: User,
    now: datetime,
    seen: int | None = None,
) -> DutyRecord:
    """Change one's own line before it is confirmed; one that was returned waits again from now on.

    ``photos`` come in addition, those of ``drop_photos`` go. ``seen`` is the number of the last step the form showed:
    a second click finds everything as it wants it, and changes nothing. Raises PermissionDenied, MoveNotAllowed once
    staff have confirmed the line, DutyChangedSince when it looks otherwise by now, DutyDayNotAllowed, TooManyPhotos.
    """
    with transaction.atomic():
        record = _locked(record)
        _require(permissions.can_change_duty(by, record))
        _check_still_own(record)
        written = {"kind": kind, "happened_on": on, "title": title, "place": place, "text": text}
        if seen is not None and seen != _last_step(record):
            if _says_already(record, written, photos, drop_photos):
                return record
            raise DutyChangedSince(
                f"没有保存：您打开这一页以后，{what_happened_since(record)}您填的还在，看清后可以再点一次。"
            )
        _check_day(record.person, on, now=now)
        dropped = list(record.photos.filter(pk__in=drop_photos))
        _check_photo_count(record.photos.count() - len(dropped) + len(photos))
        was_returned = record.status == DutyStatus.RETURNED
        record.kind, record.happened_on, record.title = kind, on, title
        record.place, record.text = place, text
        record.status, record.return_reason = DutyStatus.LOGGED, ""
        record.decided_by = record.decided_at = None
        record.save(
            update_fields=[
                "kind",
                "happened_on",
                "title",
                "place",
                "text",
                "status",
                "return_reason",
                "decided_by",
                "decided_at",
            ]
        )
        for photo in dropped:
            _delete_photo(photo)
        _store_photos(record, photos, by=by)
        note = "改好后重新等待确认。" if was_returned else ""
        write_event(record, kind=DutyStep.CHANGED, by=by, now=now, note=note)
    return record


def take_back_duty(record: DutyRecord, *, by: User, now: datetime) -> DutyRecord:
    """Take back one's own line before it is confirmed; its photos go. Raises PermissionDenied, MoveNotAllowed."""
    with transaction.atomic():
        record = _locked(record)
        _require(permissions.can_change_duty(by, record))
        _check_still_own(record)
        _move(record, to=DutyStatus.WITHDRAWN)
        record.save(update_fields=["status"])
        for photo in record.photos.all():
            _delete_photo(photo)
        write_event(record, kind=DutyStep.WITHDRAWN, by=by, now=now, note="本人撤回。")
    return record


# ---- staff


def enter_duty(
    person: Person,
    *,
    kind: DutyKind,
    on: date,
    title: str,
    place: str,
    text: str,
    photos: Sequence[PreparedFile] = (),
    outcome: DutyOutcome = DutyOutcome.DONE,
    key: str,
    by: User,
    now: datetime,
) -> DutyRecord:
    """Enter a line for somebody else (代记), confirmed at once. Idempotent by ``key`` as `log_duty` is.

    Raises PermissionDenied (also for a line about oneself), DutyDayNotAllowed, TooManyPhotos, FormAlreadyUsed.
    """
    _require(by.has_perm("deputies.add_dutyrecord"))
    if person.user_id == by.pk:
        raise PermissionDenied("不能代记自己的履职。请在自己的履职档案里补记，由其他工作人员确认。")
    written = {"kind": kind, "happened_on": on, "title": title, "place": place, "text": text, "outcome": outcome}
    return _write_line(person, written, status=DutyStatus.CONFIRMED, photos=photos, key=key, by=by, now=now)


def confirm_duties(records: Iterable[DutyRecord], *, by: User, now: datetime, seen: int | None = None) -> int:
    """Confirm the lines among these that wait (确认), and return how many; a colleague may have decided some.

    Costs the same number of queries however many lines there are. ``seen`` is the number of the last step there was
    when the page was drawn: what was changed after it is left to wait, because nobody has read it. Raises
    PermissionDenied, with nothing confirmed, when one of them is about oneself; MoveNotAllowed when none of them waits
    any more; DutyChangedSince when none is left.
    """
    with transaction.atomic():
        waiting = _locked_waiting(records, by=by, seen=seen)
        DutyRecord.objects.filter(pk__in=[record.pk for record in waiting]).update(
            status=DutyStatus.CONFIRMED, decided_by=by, decided_at=now, return_reason=""
        )
        write_events(waiting, kind=DutyStep.CONFIRMED, by=by, now=now)
    return len(waiting)


def return_duties(
    records: Iterable[DutyRecord], *, reason: str, by: User, now: datetime, seen: int | None = None
) -> int:
    """Return the lines among these that wait (退回), with a reason their people read, and say how many.

    Each person is told once, however many lines of theirs come back. ``seen`` as in `confirm_duties`, and raises
    ReasonMissing beside what that raises.
    """
    if not reason.strip():
        raise ReasonMissing("请写明为什么退回、怎样修改，本人会看到这段话。")
    with transaction.atomic():
        waiting = _locked_waiting(records, by=by, seen=seen)
        DutyRecord.objects.filter(pk__in=[record.pk for record in waiting]).update(
            status=DutyStatus.RETURNED, decided_by=by, decided_at=now, return_reason=reason
        )
        write_events(waiting, kind=DutyStep.RETURNED, by=by, now=now, note=reason)
        notifications.tell_returned(waiting, reason=reason)
    return len(waiting)


def correct_duty(
    record: DutyRecord,
    *,
    kind: DutyKind,
    on: date,
    title: str,
    place: str,
    text: str,
    outcome: DutyOutcome,
    reason: str,
    by: User,
    now: datetime,
) -> DutyRecord:
    """Put a new line in the place of a confirmed one (更正), which stays in the file, struck through, with the reason.

    The person is told. A line that a source posted may be corrected too, and goes with its correction when the source
    takes it back. Raises PermissionDenied, MoveNotAllowed, ReasonMissing, DutyDayNotAllowed, NothingToCorrect.
    """
    with transaction.atomic():
        record = _locked(record)
        _require_decider(by, record)
        if not reason.strip():
            raise ReasonMissing("请写明为什么更正，本人会看到这段话。")
        if DutyStatus.CORRECTED not in DUTY_MOVES[DutyStatus(record.status)]:
            raise MoveNotAllowed(f"没有更正：{what_happened_since(record)}只有已确认的记录可以更正。")
        written = {"kind": kind, "happened_on": on, "title": title, "place": place, "text": text, "outcome": outcome}
        if all(getattr(record, name) == value for name, value in written.items()):
            raise NothingToCorrect("和原来的记录一样，没有要更正的。请先改动，或者返回。")
        _check_day(record.person, on, now=now)
        # A correction of the past that went with its line when the source took it back; the line stands again by now.
        DutyRecord.objects.filter(corrects=record, status=DutyStatus.WITHDRAWN).update(corrects=None)
        _move(record, to=DutyStatus.CORRECTED)
        record.save(update_fields=["status"])
        write_event(record, kind=DutyStep.CORRECTED, by=by, now=now, note=reason)
        correction = DutyRecord.objects.create(
            **written,
            person=record.person,
            status=DutyStatus.CONFIRMED,
            source_url=record.source_url,
            logged_by=by,
            decided_by=by,
            decided_at=now,
            corrects=record,
            created_at=now,
        )
        write_event(correction, kind=DutyStep.CORRECTED, by=by, now=now, note=reason)
        notifications.tell_corrected(correction, reason=reason)
    return correction


# ---- what they are made of


def _locked(record: DutyRecord) -> DutyRecord:
    return DutyRecord.objects.select_for_update(of=("self",)).select_related("person").get(pk=record.pk)


def _locked_waiting(records: Iterable[DutyRecord], *, by: User, seen: int | None) -> list[DutyRecord]:
    """Lock these lines in one order and return those that wait for a decision and were read as they are."""
    _require(by.has_perm("deputies.decide_dutyrecord"))
    pks = [record.pk for record in records]
    locked = DutyRecord.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    found = list(locked.select_related("person__user"))
    for record in found:
        _require_decider(by, record)
    waiting = [record for record in found if record.status == DutyStatus.LOGGED]
    if not waiting:
        if len(found) == 1:
            raise MoveNotAllowed(f"没有改动：{what_happened_since(found[0])}")
        raise MoveNotAllowed("没有改动：这些记录里没有待确认的，可能已经由别人办过。请刷新后再看。")
    if seen is None:
        return waiting
    changes = DutyEvent.objects.filter(record__in=waiting, kind=DutyStep.CHANGED, pk__gt=seen)
    changed = set(changes.values_list("record_id", flat=True))
    unchanged = [record for record in waiting if record.pk not in changed]
    if not unchanged:
        titles = "、".join(f"“{record.title}”" for record in waiting)
        raise DutyChangedSince(f"没有改动：您打开这一页以后，本人改过{titles}。请看清现在的内容，再点一次。")
    return unchanged


def _last_step(record: DutyRecord) -> int | None:
    return record.events.order_by("-pk").values_list("pk", flat=True).first()


def _says_already(
    record: DutyRecord, written: dict[str, Any], photos: Sequence[PreparedFile], drop_photos: Collection[UUID]
) -> bool:
    """Say whether a line that waits is already what a form wants, photos included."""
    if record.status != DutyStatus.LOGGED or any(getattr(record, name) != value for name, value in written.items()):
        return False
    kept = dict(record.photos.values_list("pk", "sha256"))
    return {photo.sha256 for photo in photos} <= set(kept.values()) and not set(drop_photos) & set(kept)


def _write_line(
    person: Person,
    written: dict[str, Any],
    *,
    status: DutyStatus,
    photos: Sequence[PreparedFile],
    key: str,
    by: User,
    now: datetime,
) -> DutyRecord:
    digest = hashlib.sha256(f"{by.pk}:{key}".encode()).hexdigest()
    try:
        with transaction.atomic():
            existing = DutyRecord.objects.filter(form_digest=digest).first()
            if existing is not None:
                return _written_before(existing, person, written)
            _check_day(person, written["happened_on"], now=now)
            _check_photo_count(len(photos))
            is_decided = status == DutyStatus.CONFIRMED
            record = DutyRecord.objects.create(
                **written,
                person=person,
                status=status,
                form_digest=digest,
                logged_by=by,
                decided_by=by if is_decided else None,
                decided_at=now if is_decided else None,
                created_at=now,
            )
            _store_photos(record, photos, by=by)
            step = DutyStep.ENTERED if is_decided else DutyStep.LOGGED
            write_event(record, kind=step, by=by, now=now)
    except IntegrityError:  # the other of two clicks was first
        return _written_before(DutyRecord.objects.get(form_digest=digest), person, written)
    return record


def _written_before(existing: DutyRecord, person: Person, written: dict[str, Any]) -> DutyRecord:
    """Return the line this form made before, unless somebody went back and wrote something else into it."""
    if existing.person_id != person.pk or any(getattr(existing, name) != value for name, value in written.items()):
        raise FormAlreadyUsed(
            f"这张表已经记过一条：{full_day(existing.happened_on)}，{existing.title}，内容没有改动。"
            "如果这是另一件事，请再点一次；要改已经记的，请在档案里修改。"
        )
    return existing


def _check_day(person: Person, on: date, *, now: datetime) -> None:
    """Refuse a day that lies ahead, or on which the person held no mandate: a file holds duties of an office."""
    today = timezone.localdate(now)
    if on > today:
        raise DutyDayNotAllowed(f"日期不能晚于今天（{full_day(today)}），请改成实际履职的那一天。")
    mandates = list(Mandate.objects.filter(person=person).order_by("starts_on", "pk"))
    if not mandates:
        raise DutyDayNotAllowed(f"{person}还没有登记任职，不能记履职。请联系街道人大工委先登记任职。")
    if any(mandate.starts_on <= on and (mandate.ends_on is None or on <= mandate.ends_on) for mandate in mandates):
        return
    periods = "；".join(_period_in_words(mandate) for mandate in mandates)
    raise DutyDayNotAllowed(
        f"{full_day(on)}不在{person}的任职期间（{periods}）。请核对日期；任职登记有误的，请联系街道人大工委。"
    )


def _period_in_words(mandate: Mandate) -> str:
    until = f"至{full_day(mandate.ends_on)}" if mandate.ends_on else "起"
    return f"{mandate}，{full_day(mandate.starts_on)}{until}"


def _check_photo_count(count: int) -> None:
    if count > MAX_PHOTOS:
        raise TooManyPhotos(f"一条记录最多 {MAX_PHOTOS} 张照片，现在是 {count} 张。请去掉几张。")


def _store_photos(record: DutyRecord, photos: Sequence[PreparedFile], *, by: User) -> None:
    for prepared in photos:
        DutyPhoto.store(prepared, record=record, uploaded_by=by)


def _delete_photo(photo: DutyPhoto) -> None:
    """Delete the row now and the file once that is certain."""
    storage, name = photo.file.storage, str(photo.file.name)
    photo.delete()
    transaction.on_commit(lambda: storage.delete(name), robust=True)


def _require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied("您的角色不能办这一步。需要办理请联系街道人大工委。")


def _require_decider(by: User, record: DutyRecord) -> None:
    _require(by.has_perm("deputies.decide_dutyrecord"))
    if not permissions.can_decide_duty(by, record):
        raise PermissionDenied(
            f"“{month_day(record.happened_on)} {record.title}”是关于您自己的记录，要由其他工作人员确认、退回或者更正。"
        )


def _check_still_own(record: DutyRecord) -> None:
    """Refuse what a person can no longer do to a line alone."""
    if record.status in (DutyStatus.LOGGED, DutyStatus.RETURNED):
        return
    tail = "" if record.status == DutyStatus.WITHDRAWN else "需要更正请联系街道人大工委。"
    raise MoveNotAllowed(f"没有保存：{what_happened_since(record)}{tail}")


def what_happened_since(record: DutyRecord) -> str:
    """Return the sentence that explains why a verb came too late: who did what, and when."""
    event = record.events.select_related("actor").order_by("-happened_at", "-pk").first()
    since = ""
    if event is not None:
        when = timezone.localtime(event.happened_at)
        who = event.actor.display_name if event.actor else "网站"
        since = f"{month_day(when)} {when:%H:%M}，{who}办了“{event.get_kind_display()}”，"
    return f"{since}这条记录现在是“{record.get_status_display()}”。"


def _move(record: DutyRecord, *, to: DutyStatus) -> None:
    if to not in DUTY_MOVES[DutyStatus(record.status)]:
        raise MoveNotAllowed(f"没有保存：{what_happened_since(record)}")
    record.status = to
