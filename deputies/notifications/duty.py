"""What people are told of their duty files. Staff find what waits for them in their list."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from django.urls import reverse

from congress_portal.accounts.models import User
from congress_portal.common.dates import month_day
from congress_portal.notifications.outbox import notify
from deputies.models import DutyRecord, Person


def tell_returned(records: Sequence[DutyRecord], *, reason: str) -> None:
    """Tell each person in one message which of the lines they logged came back; ``records`` with their people."""
    for person, lines in groupby(sorted(records, key=lambda record: record.person_id), key=lambda one: one.person):
        returned = list(lines)
        is_one = len(returned) == 1
        what = _name(returned[0]) if is_one else f"{len(returned)} 条履职记录"
        body = "" if is_one else "\n".join(map(_name, returned)) + "\n"
        notify(
            to=_reader(person),
            subject=f"退回，请修改：{what}",
            body=f"{body}退回原因：{reason}",
            url=reverse("deputies:duty_update", args=(returned[0].pk,)) if is_one else reverse("deputies:file"),
        )


def tell_corrected(correction: DutyRecord, *, reason: str) -> None:
    """Tell somebody that staff put another line in the place of one in the file."""
    notify(
        to=_reader(correction.person),
        subject=f"履职记录已更正：{_name(correction)}",
        body=f"更正原因：{reason}\n原来的记录还在档案里。有不同意见的，请联系街道人大工委。",
        url=f"{reverse('deputies:file')}?year={correction.happened_on.year}",
    )


def _reader(person: Person) -> list[User]:
    return [person.user] if person.user and person.user.is_active else []


def _name(record: DutyRecord) -> str:
    """Name a line by day and kind: a subject is seen by who may not see files, in mail headers and in the outbox."""
    return f"{month_day(record.happened_on)}{record.get_kind_display()}"
