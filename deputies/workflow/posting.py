"""Lines that other verbs post into the duty file, by what they come from, and the events of every line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from congress_portal.accounts.models import User
from deputies.choices import DutyKind, DutyOutcome, DutyStatus, DutyStep
from deputies.models import DutyEvent, DutyRecord, Person


@dataclass(frozen=True, kw_only=True)
class DutyLine:
    """A line for `record_duties`; the fields are those of `record_duty`."""

    person: Person
    kind: DutyKind
    on: date
    title: str
    outcome: DutyOutcome
    source_key: str
    place: str = ""
    text: str = ""
    url: str = ""

    def as_columns(self, *, by: User | None, now: datetime) -> dict[str, Any]:
        return {
            "person": self.person,
            "kind": self.kind,
            "happened_on": self.on,
            "title": self.title[:80],
            "place": self.place[:80],
            "text": self.text,
            "outcome": self.outcome,
            "status": DutyStatus.CONFIRMED,
            "source_url": self.url,
            "logged_by": by,
            "decided_by": None,
            "decided_at": now,
        }


def record_duty(
    person: Person,
    *,
    kind: DutyKind,
    on: date,
    title: str,
    outcome: DutyOutcome,
    source_key: str,
    by: User | None,
    now: datetime,
    place: str = "",
    text: str = "",
    url: str = "",
) -> DutyRecord:
    """Post a line into somebody's file for something another verb has just put on record.

    Idempotent by ``source_key``: a second line for the same source is the first one, unchanged. One that was withdrawn
    stands again, with what is told now. ``url`` is the page of the source, a path of this portal. The caller asks for
    rights; the day is not judged here, because what happened has happened.
    """
    line = DutyLine(
        person=person,
        kind=kind,
        on=on,
        title=title,
        outcome=outcome,
        source_key=source_key,
        place=place,
        text=text,
        url=url,
    )
    values = line.as_columns(by=by, now=now)
    with transaction.atomic():
        record, is_new = DutyRecord.objects.select_for_update().get_or_create(
            source_key=source_key, defaults=values | {"created_at": now}
        )
        if not is_new:
            if record.status != DutyStatus.WITHDRAWN:
                return record
            for name, value in values.items():
                setattr(record, name, value)
            record.save(update_fields=list(values))
        write_event(record, kind=DutyStep.POSTED, by=by, now=now)
    return record


def record_duties(lines: Sequence[DutyLine], *, by: User | None, now: datetime) -> int:
    """Post many lines by the rules of `record_duty`, and return how many of them are written or stand again.

    Costs the same number of queries however many lines there are. Of two lines for one source the first counts.
    """
    by_source = {line.source_key: line for line in reversed(lines)}
    if not by_source:
        return 0
    try:
        with transaction.atomic():
            return _post(by_source, by=by, now=now)
    except IntegrityError:
        # Somebody else posted one of these sources in the same moment; now its line is there to be found.
        with transaction.atomic():
            return _post(by_source, by=by, now=now)


def _post(by_source: Mapping[str, DutyLine], *, by: User | None, now: datetime) -> int:
    known = {
        record.source_key: record for record in DutyRecord.objects.select_for_update().filter(source_key__in=by_source)
    }
    again = [record for record in known.values() if record.status == DutyStatus.WITHDRAWN]
    for record in again:
        for name, value in by_source[record.source_key].as_columns(by=by, now=now).items():
            setattr(record, name, value)
    if again:
        columns = list(by_source[again[0].source_key].as_columns(by=by, now=now))
        DutyRecord.objects.bulk_update(again, columns)
    new = [
        DutyRecord(**line.as_columns(by=by, now=now), source_key=source_key, created_at=now)
        for source_key, line in by_source.items()
        if source_key not in known
    ]
    posted = [*again, *DutyRecord.objects.bulk_create(new)]
    write_events(posted, kind=DutyStep.POSTED, by=by, now=now)
    return len(posted)


def withdraw_duty(*, source_key: str, by: User | None, now: datetime, note: str = "") -> None:
    """Take back the line of a source, and a correction of it with it; nothing happens where there is none."""
    withdraw_duties([source_key], by=by, now=now, note=note)


def withdraw_duties(source_keys: Collection[str], *, by: User | None, now: datetime, note: str = "") -> int:
    """Take back the lines of many sources by the rules of `withdraw_duty`, and return how many lines went.

    Costs the same number of queries however many lines there are; a correction of a correction costs one more.
    """
    sources = set(source_keys) - {""}  # lines logged by hand have an empty one, and are nobody else's to take back
    if not sources:
        return 0
    with transaction.atomic():
        rows = DutyRecord.objects.select_for_update().order_by("pk")
        found = level = list(rows.filter(source_key__in=sources))
        while level:
            level = list(rows.filter(corrects__in=level))
            found = [*found, *level]
        standing = [record for record in found if record.status != DutyStatus.WITHDRAWN]
        DutyRecord.objects.filter(pk__in=[record.pk for record in standing]).update(status=DutyStatus.WITHDRAWN)
        write_events(standing, kind=DutyStep.WITHDRAWN, by=by, now=now, note=note)
    return len(standing)


def write_event(record: DutyRecord, *, kind: DutyStep, by: User | None, now: datetime, note: str = "") -> None:
    write_events([record], kind=kind, by=by, now=now, note=note)


def write_events(
    records: Iterable[DutyRecord], *, kind: DutyStep, by: User | None, now: datetime, note: str = ""
) -> None:
    DutyEvent.objects.bulk_create(
        DutyEvent(record=record, kind=kind, actor=by, note=note, happened_at=now) for record in records
    )
