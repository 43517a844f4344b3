"""How a suggestion comes in: by the resident's own form, or entered by staff on somebody's behalf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from congress_portal.accounts.models import Community, User
from congress_portal.common.calendar_rows import work_calendar
from congress_portal.common.dates import full_day
from congress_portal.common.uploads import PreparedFile
from deputies.models import Activity, OversightTopic, Person
from deputies.workflow import record_opinions_sent
from suggestions import deadlines, notifications, tracking
from suggestions.choices import Channel, EventKind, Kind
from suggestions.models import Attachment, Category, NumberSequence, ReplyTerm, Suggestion
from suggestions.workflow import duty_file
from suggestions.workflow.refusals import FormAlreadyUsed, ReceivedDateNotAllowed, RowRefused
from suggestions.workflow.steps import require, write_event

TITLE_LENGTH = 30
OLDEST_YEARS = 10  # what an office still types in from its books; further back is a slip of the keyboard


@dataclass(frozen=True)
class Contact:
    """Whom to call back. All of it may be empty where staff enter a case from a group or a letter."""

    name: str = ""
    phone: str = ""
    age_band: str = ""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What somebody brought forward, by whichever channel. The resident's own form fills the first five."""

    matter: str
    category: Category | None
    community: Community | None
    place: str
    contact: Contact
    channel: Channel = Channel.WEB
    kind: Kind = Kind.OPINION
    title: str = ""
    raised_by: Person | None = None
    topic: OversightTopic | None = None
    activity: Activity | None = None

    def as_columns(self) -> dict[str, object]:
        """Return the columns of the case that are kept as they were handed in."""
        return {
            "matter": self.matter,
            "category": self.category,
            "community": self.community,
            "place": self.place,
            "contact_name": self.contact.name,
            "contact_phone": self.contact.phone,
            "age_band": self.contact.age_band,
            "channel": self.channel,
            "kind": self.kind,
            "raised_by": self.raised_by,
            "topic": self.topic,
            "activity": self.activity,
        }


@dataclass(frozen=True)
class Received:
    """What a submission leads to: the case, its tracking code in plain, and whether this call made the case."""

    suggestion: Suggestion
    code: str
    is_new: bool


def submit_suggestion(
    submission: Submission, *, key: str, photos: Sequence[PreparedFile] = (), now: datetime
) -> Received:
    """Take in a suggestion that a resident wrote in the web form, and tell the committee.

    One written to a deputy (代表直通车) names that person in ``raised_by``, who is told as well. The committee
    handles it like any other; the person has it in the duty file once it is accepted.

    Idempotent by ``key``, the form's own: ten posts of one form are one case with one tracking code. Raises
    FormAlreadyUsed when the form comes back with something else in it.
    """
    return _receive(submission, key=key, photos=photos, received_on=timezone.localdate(now), by=None, now=now)


def enter_suggestion(
    submission: Submission,
    *,
    key: str,
    photos: Sequence[PreparedFile] = (),
    received_on: date,
    by: User,
    now: datetime,
) -> Received:
    """Take in a suggestion on somebody's behalf (代为登记): reception, council, WeChat group, letter, telephone….

    ``received_on`` is the day it was said, which may lie before today. One that names an oversight topic is put on
    record there too. Raises ReceivedDateNotAllowed, FormAlreadyUsed, TopicClosed of ``deputies``, and PermissionDenied
    for who may not enter cases.
    """
    if submission.topic is None:
        return _enter(submission, key=key, photos=photos, received_on=received_on, by=by, now=now)
    with transaction.atomic():
        received = _enter(submission, key=key, photos=photos, received_on=received_on, by=by, now=now)
        if received.is_new:
            record_opinions_sent(submission.topic, count=1, by=by, now=now)
    return received


def put_forward(
    submissions: Sequence[tuple[Submission, str]], *, topic: OversightTopic, received_on: date, by: User, now: datetime
) -> list[Received]:
    """Put several opinions forward under an oversight topic at once (监督议题提出意见建议): all of them or none.

    Each comes with its own key and is a suggestion of its own, by the rules of `enter_suggestion`; the topic's record
    counts those that are new together. Raises RowRefused with the place of the one that could not be taken, and
    TopicClosed of ``deputies``.
    """
    with transaction.atomic():
        received = []
        for row, (submission, key) in enumerate(submissions):
            try:
                received.append(
                    _enter(replace(submission, topic=topic), key=key, received_on=received_on, by=by, now=now)
                )
            except FormAlreadyUsed as refusal:
                raise RowRefused(row, str(refusal)) from refusal
        if count := sum(one.is_new for one in received):
            record_opinions_sent(topic, count=count, by=by, now=now)
    return received


def _enter(
    submission: Submission,
    *,
    key: str,
    photos: Sequence[PreparedFile] = (),
    received_on: date,
    by: User,
    now: datetime,
) -> Received:
    require(by.has_perm("suggestions.add_suggestion"))
    today = timezone.localdate(now)
    if received_on > today:
        raise ReceivedDateNotAllowed("收到日期不能晚于今天，请改成实际收到的那一天。")
    if received_on.year < today.year - OLDEST_YEARS:
        raise ReceivedDateNotAllowed(
            f"收到日期写成了{received_on.year}年，请核对年份；最早可以登记 {OLDEST_YEARS} 年前的。"
        )
    return _receive(submission, key=key, photos=photos, received_on=received_on, by=by, now=now)


def _receive(
    submission: Submission,
    *,
    key: str,
    photos: Sequence[PreparedFile],
    received_on: date,
    by: User | None,
    now: datetime,
) -> Received:
    code = tracking.code_for(key)
    submission_digest = tracking.submission_digest(key)
    try:
        with transaction.atomic():
            # The sequence row is locked first: the second of two clicks waits here and then finds the first one's case.
            sequence = _locked_sequence(timezone.localdate(now).year)
            existing = Suggestion.objects.filter(submission_digest=submission_digest).first()
            if existing is not None:
                return _received_before(existing, submission, code)
            sequence.last += 1
            sequence.save(update_fields=["last"])
            term = ReplyTerm.objects.get(channel=submission.channel)
            suggestion = Suggestion.objects.create(
                **submission.as_columns(),
                number=str(sequence),
                title=submission.title or title_from(submission.matter),
                received_at=now,
                received_on=received_on,
                accept_days=term.accept_days,
                accept_due_on=deadlines.accept_due_on(
                    received_on=timezone.localdate(now), accept_days=term.accept_days, calendar=work_calendar()
                ),
                entered_by=by,
                code_digest=tracking.digest(code),
                submission_digest=submission_digest,
            )
            for prepared in photos:
                Attachment.store(prepared, suggestion=suggestion, uploaded_by=by)
            write_event(
                suggestion,
                kind=EventKind.SUBMITTED if by is None else EventKind.ENTERED,
                from_status="",
                by=by,
                now=now,
                note=_how_received(suggestion, photo_count=len(photos)),
            )
            if by is None:
                notifications.tell_committee_received(suggestion)
            notifications.tell_raiser(suggestion, EventKind.SUBMITTED if by is None else EventKind.ENTERED)
            duty_file.post_on_receipt(suggestion, by=by, now=now)
    except IntegrityError:
        # Two clicks on either side of midnight at New Year lock two rows; then the unique key of the form decides.
        return _received_before(Suggestion.objects.get(submission_digest=submission_digest), submission, code)
    return Received(suggestion, code, is_new=True)


def was_received(submission: Submission, *, key: str) -> bool:
    """Say whether a form with this key has brought in the very same before."""
    existing = Suggestion.objects.filter(submission_digest=tracking.submission_digest(key)).first()
    return existing is not None and _is_same(existing, submission)


def _is_same(existing: Suggestion, submission: Submission) -> bool:
    return all(getattr(existing, name) == value for name, value in submission.as_columns().items())


def _received_before(existing: Suggestion, submission: Submission, code: str) -> Received:
    """Return the case this form made before, unless somebody went back and wrote something else into it."""
    if not _is_same(existing, submission):
        raise FormAlreadyUsed(
            f"这张表已经提交过一件，编号 {existing.number}，内容没有改动。"
            "如果这是另一件事，请再点一次提交；要更正已经提交的，请打电话给街道人大工委。"
        )
    return Received(existing, code, is_new=False)


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
    return f"{Channel(suggestion.channel).label}，{full_day(suggestion.received_on)}收到，工委代为登记{photos}。"


def _locked_sequence(year: int) -> NumberSequence:
    NumberSequence.objects.get_or_create(year=year)
    return NumberSequence.objects.select_for_update().get(year=year)
