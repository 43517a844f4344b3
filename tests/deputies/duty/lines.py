"""Lines of a duty file, made by the real verbs."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from congress_portal.accounts.models import User
from congress_portal.common.uploads import PreparedFile, accept_photo
from deputies import workflow
from deputies.choices import DutyKind, DutyOutcome
from deputies.models import DutyRecord
from tests.common.pictures import picture, upload
from tests.suggestions.story import moment

STATES = ("logged", "returned", "confirmed", "posted", "withdrawn", "corrected")

LOGGED_AT, CONFIRMED_AT = moment(3, 3), moment(3, 4)
LINE: dict[str, Any] = {
    "kind": DutyKind.VISIT,
    "on": date(2026, 3, 2),
    "title": "走访凤鸣路商户",
    "place": "凤鸣路",
    "text": "商户反映停车难。",
}
_keys = count(1)


def new_key() -> str:
    return f"{next(_keys):022}"


def photo(name: str = "现场.jpg") -> PreparedFile:
    return accept_photo(upload(picture(), name))


def log(user: User, *, key: str | None = None, **line: Any) -> DutyRecord:
    written = {**LINE, "now": LOGGED_AT, **line}
    return workflow.log_duty(user.person, **written, key=key or new_key(), by=user)


def post(user: User, *, by: User, source_key: str = "activity:7:person:1", **line: Any) -> DutyRecord:
    written = {
        "kind": DutyKind.INSPECTION,
        "on": date(2026, 2, 3),
        "title": "视察菜场改造",
        "outcome": DutyOutcome.PRESENT,
        "now": moment(2, 4),
        **line,
    }
    return workflow.record_duty(user.person, **written, source_key=source_key, by=by)


def steps(record: DutyRecord) -> list[str]:
    return list(record.events.order_by("happened_at", "pk").values_list("kind", flat=True))
