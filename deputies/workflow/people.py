"""What changes with a person: mandates that end, a change of term, the portrait, the telephone number others may see.

Each step stands in the person's own history, which the staff's pages show; values that are nobody's business in a log
(telephone numbers) are left out of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone

from congress_portal.accounts.models import Community, User
from congress_portal.accounts.workflow import one_import_at_a_time
from congress_portal.common.dates import full_day
from congress_portal.common.import_plan import as_read
from congress_portal.common.uploads import INLINE_TYPES, PreparedFile, UploadRefused
from deputies import permissions
from deputies.choices import CongressLevel, MandateBegin, MandateEnd, MandateKind
from deputies.models import DeputyGroup, Mandate, Person, PersonPhoto
from deputies.notifications.people import (
    tell_person_phone_is_outdated,
    tell_person_phone_is_public,
    tell_person_phone_is_withdrawn,
)
from deputies.workflow.refusals import MandateDayNotAllowed, MoveNotAllowed, PhoneMissing, ReasonMissing, TermNotAllowed

# How far ahead an end or a new term may be put on record. Local default: further ahead it is a slip of the keyboard.
MOST_DAYS_AHEAD = 366


@dataclass(frozen=True)
class TermSeat:
    """Where one member sits in the new term."""

    person: Person
    district: str = ""
    constituency_type: str = ""
    group: DeputyGroup | None = None
    community: Community | None = None


def end_mandate(mandate: Mandate, *, ends_on: date, ended_by: MandateEnd | str, by: User, now: datetime) -> Mandate:
    """End a mandate: ``ends_on`` is its last day, which may lie up to a year ahead.

    Who led a group by it and is out of office there after today leads it no longer. Raises MoveNotAllowed when it has
    ended already, MandateDayNotAllowed for a day before its first or too far ahead, ReasonMissing without a reason.
    """
    _require(by.has_perm("deputies.change_mandate"))
    if ended_by not in MandateEnd.values:
        raise ReasonMissing("请选离任原因。")
    today = timezone.localdate(now)
    with transaction.atomic():
        mandate = Mandate.objects.select_for_update(of=("self",)).select_related("person").get(pk=mandate.pk)
        if mandate.ends_on and mandate.ends_on < today:
            raise MoveNotAllowed(
                f"{mandate.person}的{mandate}已经在{full_day(mandate.ends_on)}结束。日期或原因登记错了的，请在档案里更正。"
            )
        if ends_on < mandate.starts_on:
            raise MandateDayNotAllowed(f"最后一天不能早于任职日期（{full_day(mandate.starts_on)}），请核对。")
        _check_not_too_far(ends_on, today=today, what="最后一天")
        mandate.ends_on, mandate.ended_by = ends_on, ended_by
        mandate.save(update_fields=["ends_on", "ended_by"])
        _leave_the_lead([mandate.person], today=today)
        reason = MandateEnd(ended_by).label
        _log(by, {mandate.person: f"结束任职“{mandate}”：最后一天{full_day(ends_on)}，{reason}。"})
    return mandate


def change_term(
    *,
    level: CongressLevel | str,
    old_term: str,
    new_term: str,
    starts_on: date,
    seats: Sequence[TermSeat],
    by: User,
    now: datetime,
) -> list[Mandate]:
    """Begin a new term (换届): all mandates of that level end the day before, and who has a seat goes on, or is new.

    ``level`` is empty for the residents' council. Everything on the last day of the old term ends, whatever its term is
    called on file: an office that wrote 第17届 once has not two terms side by side. Who ends and who begins is one
    transaction. Returns the new mandates in the order of ``seats``.

    Raises TermNotAllowed when there is nothing to end, when the new term has no name or one that was used before, for a
    person or a group that does not fit; MandateDayNotAllowed when it would not begin after every mandate it ends.
    """
    _require(by.has_perm("deputies.change_mandate") and by.has_perm("deputies.add_mandate"))
    today, last_day = timezone.localdate(now), starts_on - timedelta(days=1)
    old_term, new_term = as_read(old_term), as_read(new_term)
    kind = MandateKind.DEPUTY if level else MandateKind.COUNCILLOR
    body = str(Mandate(kind=kind, level=level))
    _check_not_too_far(starts_on, today=today, what="新一届的开始日期")
    _check_new_name(new_term, old_term=old_term)
    _check_seats(seats)
    with transaction.atomic():
        # Who imports meanwhile would plan on a term that is about to end.
        one_import_at_a_time()
        of_body = Mandate.objects.filter(kind=kind, level=level)
        ending = list(
            of_body.in_force(last_day).select_for_update(of=("self",)).select_related("person").order_by("pk")
        )
        _check_term(of_body, ending, old_term=old_term, new_term=new_term, starts_on=starts_on, body=body)
        for mandate in ending:
            if mandate.ends_on != last_day or not mandate.ended_by:
                mandate.ends_on, mandate.ended_by = last_day, MandateEnd.TERM_ENDED
        Mandate.objects.bulk_update(ending, ["ends_on", "ended_by"], batch_size=200)
        began_by = MandateBegin.ELECTED if level else MandateBegin.RECOMMENDED
        begun = [
            Mandate(
                person=seat.person,
                kind=kind,
                level=level,
                term=new_term,
                district=seat.district,
                constituency_type=seat.constituency_type,
                group=seat.group,
                community=seat.community,
                starts_on=starts_on,
                began_by=began_by,
            )
            for seat in seats
        ]
        for mandate in begun:
            _check_words(mandate)
        Mandate.objects.bulk_create(begun)
        _leave_the_lead([mandate.person for mandate in ending], today=today)
        seated = {mandate.person_id for mandate in begun}
        sentences = {
            mandate.person: f"换届：任职“{mandate}”{full_day(last_day)}任期届满。"
            for mandate in ending
            if mandate.person_id not in seated
        }
        before = {mandate.person_id for mandate in ending}
        for mandate in begun:
            how = "连任" if mandate.person_id in before else "新任"
            sentences[mandate.person] = f"换届：{full_day(starts_on)}起{how}“{mandate}”，{new_term}。"
        _log(by, sentences)
    return begun


def set_photo(person: Person, *, photo: PreparedFile, by: User, now: datetime) -> PersonPhoto:
    """Keep a portrait; one that was there goes, row and file. Raises UploadRefused for anything but a picture."""
    _require(by.has_perm("deputies.change_person"))
    if photo.content_type not in INLINE_TYPES:
        raise UploadRefused(f"“{photo.name}”不是照片。请上传 JPG、PNG、WebP 或 GIF 格式的照片。")
    with transaction.atomic():
        return keep_photo(_locked(person), photo=photo, by=by, now=now)


def remove_photo(person: Person, *, by: User, now: datetime) -> None:
    """Take a portrait away, row and file. Raises MoveNotAllowed when there is none."""
    _require(by.has_perm("deputies.change_person"))
    with transaction.atomic():
        person = _locked(person)
        if not _drop_photo(person):
            raise MoveNotAllowed(f"{person}现在没有照片，不用删除。")
        _log(by, {person: "删除照片。"})


def record_phone_agreement(person: Person, *, by: User, now: datetime) -> Person:
    """Publish the number on file, because this person agrees to it (个人信息保护法第十三、十四条).

    The number is kept apart: one that is changed on file later is not published by that, and ends the agreement, see
    `end_outdated_agreements`. Raises PhoneMissing without a number, MoveNotAllowed when this very number is public.
    """
    _require(permissions.can_record_phone_agreement(by, person))
    with transaction.atomic():
        person = _locked(person)
        if not person.phone:
            raise PhoneMissing(f"{person}的档案里没有联系电话，不能公开。请先填联系电话。")
        if person.public_phone == person.phone and person.phone_agreed_on:
            raise MoveNotAllowed(f"这个号码从{full_day(person.phone_agreed_on)}起已经公开，不用再记。")
        person.public_phone, person.phone_agreed_on = person.phone, timezone.localdate(now)
        person.phone_agreed_by = by
        person.save(update_fields=["public_phone", "phone_agreed_on", "phone_agreed_by"])
        _log(by, {person: "记录本人同意公开联系电话。"})
        tell_person_phone_is_public(person, by=by)
    return person


def withdraw_phone_agreement(person: Person, *, by: User, now: datetime) -> Person:
    """Take the number from the public pages at once. Raises MoveNotAllowed when none is public."""
    _require(permissions.can_record_phone_agreement(by, person))
    with transaction.atomic():
        person = _locked(person)
        if not person.public_phone:
            raise MoveNotAllowed(f"{person}现在没有公开电话，不用再记。")
        person.public_phone, person.phone_agreed_on, person.phone_agreed_by = "", None, None
        person.save(update_fields=["public_phone", "phone_agreed_on", "phone_agreed_by"])
        _log(by, {person: "记录本人不再同意公开联系电话。"})
        tell_person_phone_is_withdrawn(person, by=by)
    return person


def end_outdated_agreements(people: Iterable[Person], *, by: User) -> list[Person]:
    """Stop publishing numbers that are no longer those on file, and tell whose they were; return these people.

    One step of whatever changes somebody's number, which has asked for rights: what was agreed to was that very
    number, and it may be another person's by now. The new one waits for an agreement of its own.
    """
    with transaction.atomic():
        outdated = list(
            Person.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(pk__in=[person.pk for person in people])
            .exclude(public_phone="")
            .exclude(public_phone=models.F("phone"))
            .order_by("pk")
        )
        if outdated:
            Person.objects.filter(pk__in=[person.pk for person in outdated]).update(
                public_phone="", phone_agreed_on=None, phone_agreed_by=None
            )
            _log(by, dict.fromkeys(outdated, "联系电话有变，原来同意公开的号码停止公开。"))
        for person in outdated:
            tell_person_phone_is_outdated(person, by=by)
    return outdated


def keep_photo(person: Person, *, photo: PreparedFile, by: User, now: datetime) -> PersonPhoto:
    """Write a portrait of somebody whose row is locked, by who may; one step of `set_photo` and of many at once."""
    is_first = not _drop_photo(person)
    stored = PersonPhoto.store(photo, uploaded_by=by, person=person, created_at=now)
    _log(by, {person: "上传照片。" if is_first else "更换照片。"})
    return stored


# ---- private


def _require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied("您的角色不能办这一步。需要办理请联系街道人大工委。")


def _locked(person: Person) -> Person:
    return Person.objects.select_for_update().get(pk=person.pk)


def _check_not_too_far(day: date, *, today: date, what: str) -> None:
    latest = today + timedelta(days=MOST_DAYS_AHEAD)
    if day > latest:
        raise MandateDayNotAllowed(f"{what}最晚到{full_day(latest)}，请核对年份。")


def _check_new_name(new_term: str, *, old_term: str) -> None:
    if not new_term:
        raise TermNotAllowed("请填新一届的届次，例如 第十八届。")
    if len(new_term) > 20:
        raise TermNotAllowed("新一届的届次最多 20 个字，例如 第十八届。")
    if new_term == old_term:
        raise TermNotAllowed(f"新一届不能还叫“{old_term}”，请填新的届次。")


def _check_seats(seats: Sequence[TermSeat]) -> None:
    seen: set[int] = set()
    for seat in seats:
        if seat.person.pk in seen:
            raise TermNotAllowed(f"“{seat.person}”在新一届的名单里写了两次，请只留一处。")
        seen.add(seat.person.pk)
        if seat.group is not None and not seat.group.is_active:
            raise TermNotAllowed(f"“{seat.group}”已经停用，请给{seat.person}换成在用的代表小组。")


def _check_term(
    of_body: models.QuerySet[Mandate],
    ending: Sequence[Mandate],
    *,
    old_term: str,
    new_term: str,
    starts_on: date,
    body: str,
) -> None:
    if not any(as_read(mandate.term) == old_term for mandate in ending):
        named = f"届次为“{old_term}”的" if old_term else "不写届次的"
        last_day = full_day(starts_on - timedelta(days=1))
        raise TermNotAllowed(f"{last_day}在任的{body}里没有{named}，没有可以结束的任职。请核对层级、届次和日期。")
    if late := of_body.filter(starts_on__gte=starts_on).order_by("-starts_on").first():
        raise MandateDayNotAllowed(
            f"新一届要晚于原来每一项任职开始：有一项{body}从{full_day(late.starts_on)}起，请核对日期。"
        )
    if any(as_read(term) == new_term for term in of_body.values_list("term", flat=True).distinct()):
        raise TermNotAllowed(f"“{new_term}”以前用过，新一届要有新的届次。")


def _check_words(mandate: Mandate) -> None:
    try:
        mandate.clean_fields(exclude=["person", "kind", "level", "group", "community", "starts_on"])
        mandate.clean()
    except ValidationError as error:
        raise TermNotAllowed(f"{mandate.person}：{'；'.join(error.messages)}") from None


def _leave_the_lead(people: Iterable[Person], *, today: date) -> None:
    """Let a group have no leader rather than one who has left it. Who leaves on a later day leads it until then."""
    tomorrow = today + timedelta(days=1)
    for group in DeputyGroup.objects.select_for_update().filter(leader__in=[person.pk for person in people]):
        sits_there = Mandate.objects.filter(person=group.leader_id, group=group)
        if not sits_there.filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=tomorrow)).exists():
            group.leader = None
            group.save(update_fields=["leader"])


def _drop_photo(person: Person) -> bool:
    """Take away the portrait that is there. The file goes when that is certain: a refused upload leaves it."""
    photo = PersonPhoto.objects.filter(person=person).first()
    if photo is None:
        return False
    storage, name = photo.file.storage, str(photo.file.name)
    photo.delete()
    transaction.on_commit(lambda: storage.delete(name), robust=True)
    return True


def _log(by: User, sentences: dict[Person, str]) -> None:
    """Put a sentence into the history of each person's file."""
    content_type = ContentType.objects.get_for_model(Person)
    LogEntry.objects.bulk_create(
        LogEntry(
            user_id=by.pk,
            content_type=content_type,
            object_id=str(person.pk),
            object_repr=str(person)[:200],
            action_flag=CHANGE,
            change_message=sentence,
        )
        for person, sentence in sentences.items()
    )
