"""What an import would do, row by row, before anything is written: the same words for every table.

The verbs of the apps make a plan, show it, and carry it out only when it is still the one that was shown.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from congress_portal.common.refusal import Refusal
from congress_portal.common.spreadsheets import CellRefused, Column
from congress_portal.common.spreadsheets.cells import parse

# What may become of a row, the most urgent to look at first.
FATES = {"wrong": "有误", "changed": "有改动", "new": "新增", "same": "没有变化"}

# Looking for the nearest name is slow, and who has more words wrong than this has chosen the wrong column.
MOST_GUESSES = 50


@dataclass(frozen=True)
class Problem:
    """One cell that cannot be taken over, with a sentence that says what to write instead."""

    column: str
    sentence: str


@dataclass(frozen=True)
class Change:
    """One field as it stands on file and as it would be."""

    column: str
    old: str
    new: str
    of_new_record: bool = False  # then there is no old value


@dataclass
class Outcome:
    """What becomes of one row. ``number`` is the row as the reader of the sheet counts it."""

    number: int
    label: str
    subject: Any = None  # the record in whose history this is put down
    subject_is_new: bool = False
    adds: str = ""  # what the row adds, in words; empty where it only changes what is there
    note: str = ""
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def fate(self) -> str:
        if self.problems:
            return "wrong"
        if self.adds:
            return "new"
        return "changed" if self.changes else "same"

    @property
    def summary(self) -> str:
        """Say what was done without the values, which are nobody's business in a log."""
        edited = "、".join(change.column for change in self.changes if not change.of_new_record)
        return "，".join(filter(None, (self.adds, edited and f"修改{edited}")))


@dataclass
class Plan:
    """The outcomes of all rows of one table, in their order."""

    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(outcome.fate for outcome in self.outcomes)
        return {fate: counted[fate] for fate in FATES}

    @property
    def has_work(self) -> bool:
        return any(outcome.fate in ("new", "changed") for outcome in self.outcomes)

    @property
    def fingerprint(self) -> str:
        """Tell two plans apart. What a person saw and confirmed is compared with what would happen now."""
        seen = [(o.number, o.label, o.adds, o.note, o.changes, o.problems) for o in self.outcomes]
        return hashlib.sha256(repr(seen).encode("utf-8", "backslashreplace")).hexdigest()

    def of_fate(self, fate: str) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.fate == fate]

    def check(self, *, expected: str) -> None:
        """Refuse unless this is the plan that was shown, without a single wrong row."""
        if self.fingerprint != expected:
            raise PlanOutdated(self)
        if wrong := self.counts["wrong"]:
            raise PlanRefused(self, f"有 {wrong} 行有误，没有导入，什么都没有写入。请在表格里改好后重新选择文件。")


class PlanRefused(Refusal):
    """Nothing was written; ``plan`` is what the table would do as things stand."""

    def __init__(self, plan: Plan, sentence: str) -> None:
        super().__init__(sentence)
        self.plan = plan


class PlanOutdated(PlanRefused):
    """Between preview and confirmation somebody changed what the table speaks of."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan, "预览之后，数据有了变化，所以没有导入。下面是按最新数据重新核对的结果，请看过再确认。")


def as_read(text: str) -> str:
    """Return a text on file the way it comes out of a table, so that the two can be compared."""
    try:
        return str(parse(Column(""), text) or "")
    except CellRefused:  # a character that no table could bring in
        return text


class Guesses:
    """What names that are not on file may be meant for: looked up once for each word, and not for words without end.

    One for each plan.
    """

    def __init__(self) -> None:
        self._nearest: dict[tuple[str, str], str] = {}

    def unknown(self, word: str, *, among: Iterable[str], kind: str, where: str) -> str:
        """Return the sentence for a name that is not on file, with the one on file that looks most like it."""
        key = (kind, word)
        if key not in self._nearest and len(self._nearest) < MOST_GUESSES:
            self._nearest[key] = "".join(get_close_matches(word, list(among), n=1, cutoff=0.3))
        near = self._nearest.get(key, "")
        guess = f"最接近的是“{near}”。" if near else ""
        return f"没有“{word}”这个{kind}。{guess}请照现有的名称填写；确实没有的，请先在“{where}”里新增。"
