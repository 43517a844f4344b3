"""What recording a year would change, day by day: for the preview, and for the year's own record of changes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from congress_portal.common.dates import full_day
from congress_portal.common.workdays import NamedDay


@dataclass(frozen=True)
class DayChange:
    """One day before and after; None where it is not named."""

    day: date
    before: NamedDay | None
    after: NamedDay | None

    @property
    def kind(self) -> str:
        """Return a word of ``KINDS``, or an empty one when nothing changes."""
        if self.before == self.after:
            return ""
        return "删去" if self.after is None else "新增" if self.before is None else "改为"


KINDS = ("新增", "改为", "删去")


def compare(before: Mapping[date, NamedDay], after: Mapping[date, NamedDay]) -> list[DayChange]:
    """Return every day that either names, in order."""
    return [DayChange(day, before.get(day), after.get(day)) for day in sorted({*before, *after})]


def count_in_words(changes: list[DayChange]) -> str:
    """Return 新增 34 天、删去 1 天, leaving out what did not happen."""
    counts = {kind: sum(change.kind == kind for change in changes) for kind in KINDS}
    return "、".join(f"{'改动' if kind == '改为' else kind} {count} 天" for kind, count in counts.items() if count)


def record_in_words(changes: list[DayChange]) -> str:
    """Return each change in full, for somebody who looks years later."""
    return "；".join(
        f"{change.kind}{full_day(change.day)}{named.name}{'上班' if named.is_working else '放假'}"
        for change in changes
        if change.kind and (named := change.after or change.before)
    )
