"""What a deputy or councillor passed on or proposed, as a line in that person's duty file (履职档案)."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from congress_portal.accounts.models import User
from deputies.choices import DutyKind, DutyOutcome
from deputies.models import Person
from deputies.workflow import record_duty, withdraw_duty
from suggestions.choices import Channel
from suggestions.models import Suggestion


def post_on_receipt(suggestion: Suggestion, *, by: User | None, now: datetime) -> None:
    """Post the line of what staff entered. A letter from the public form waits: anybody can send one to anybody."""
    if suggestion.channel != Channel.DIRECT:
        _post(suggestion, by=by, now=now)


def post_on_acceptance(suggestion: Suggestion, *, by: User, now: datetime) -> None:
    """Post the line of a letter to a deputy (代表直通车), now that the committee has read and accepted it."""
    if suggestion.channel == Channel.DIRECT:
        _post(suggestion, by=by, now=now)


def withdraw_line(suggestion: Suggestion, *, by: User, now: datetime) -> None:
    """Take back the line of a case that is not accepted."""
    withdraw_duty(source_key=_source_key(suggestion), by=by, now=now, note="这件不受理。")


def _post(suggestion: Suggestion, *, by: User | None, now: datetime) -> None:
    """Post the line, dated the day of receipt, for somebody who was in office then.

    It names number, kind and channel and never the title: that may be a resident's own first sentence, staff tidy it
    later where it names somebody, and the file is printed.
    """
    person = suggestion.raised_by
    if person is None or not Person.objects.in_office(suggestion.received_on).filter(pk=person.pk).exists():
        return
    is_proposal = suggestion.channel in (Channel.SESSION, Channel.INTERSESSION)
    where = f"，{suggestion.community}" if suggestion.community and not is_proposal else ""
    what = suggestion.get_kind_display() if is_proposal else "意见建议"
    record_duty(
        person,
        kind=DutyKind.PROPOSAL if is_proposal else DutyKind.SUGGESTION,
        on=suggestion.received_on,
        title=f"{what} {suggestion.number}（{Channel(suggestion.channel).label}{where}）",
        outcome=DutyOutcome.DONE,
        source_key=_source_key(suggestion),
        url=reverse("suggestions:raised_detail", args=(suggestion.pk,)),
        by=by,
        now=now,
    )


def _source_key(suggestion: Suggestion) -> str:
    return f"suggestion:{suggestion.pk}"
