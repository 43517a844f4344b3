"""The duty file: lines posted by what they come from, and lines that people log and staff decide on."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from congress_portal.accounts.models import User
from deputies.choices import DutyKind, DutyOutcome, DutyStatus, DutyStep
from deputies.models import DutyEvent, DutyRecord, Person


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
    values = {
        "person": person,
        "kind": kind,
        "happened_on": on,
        "title": title[:80],
        "place": place[:80],
        "text": text,
        "outcome": outcome,
        "status": DutyStatus.CONFIRMED,
        "source_url": url,
        "logged_by": by,
        "decided_by": None,
        "decided_at": now,
    }
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
        _write_event(record, kind=DutyStep.POSTED, by=by, now=now)
    return record


def withdraw_duty(*, source_key: str, by: User | None, now: datetime, note: str = "") -> None:
    """Take back the line of a source, and a correction of it with it; nothing happens where there is none."""
    with transaction.atomic():
        record = DutyRecord.objects.select_for_update().filter(source_key=source_key).first()
        while record is not None:
            if record.status != DutyStatus.WITHDRAWN:
                record.status = DutyStatus.WITHDRAWN
                record.save(update_fields=["status"])
                _write_event(record, kind=DutyStep.WITHDRAWN, by=by, now=now, note=note)
            record = DutyRecord.objects.select_for_update().filter(corrects=record).first()


def _write_event(record: DutyRecord, *, kind: DutyStep, by: User | None, now: datetime, note: str = "") -> None:
    DutyEvent.objects.create(record=record, kind=kind, actor=by, note=note, happened_at=now)
