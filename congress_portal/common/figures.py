"""A counted figure and the period it covers, as every app hands them to the annual summary."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

from congress_portal.common.dates import full_day

FIRST_YEAR = 1954  # the first National People's Congress; there is nothing to count before


def year_in(text: str) -> int | None:
    """Return the year that an address asks for, None for anything that is none."""
    year = int(text) if len(text) == 4 and text.isascii() and text.isdigit() else 0
    return year if FIRST_YEAR <= year <= 9000 else None


@dataclass(frozen=True)
class Period:
    """The days a figure covers, both ends included. Some figures count from the day a body was set up."""

    start: date
    end: date

    @classmethod
    def year(cls, year: int) -> Self:
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def since(cls, start: date, cut: date) -> Self:
        return cls(start, cut)

    def __str__(self) -> str:
        if self == Period.year(self.start.year):
            return f"{self.start.year}年"
        return f"{full_day(self.start)}至{full_day(self.end)}"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number of the summary, with what it means and where the records behind it are listed.

    Build it with `count` or `rate`. ``definition`` is one Chinese sentence; ``query`` the address of the
    list that shows exactly the records counted (for a rate: the numerator's), empty where there is none.
    """

    key: str
    label: str
    definition: str
    value: int | Decimal | None
    unit: str
    period: Period
    query: str = ""
    numerator: int | None = None
    denominator: int | None = None

    @classmethod
    def count(
        cls, key: str, label: str, value: int, *, unit: str, definition: str, period: Period, query: str = ""
    ) -> Self:
        return cls(key=key, label=label, definition=definition, value=value, unit=unit, period=period, query=query)

    @classmethod
    def rate(
        cls,
        key: str,
        label: str,
        numerator: int,
        denominator: int,
        *,
        unit: str,
        definition: str,
        period: Period,
        query: str = "",
    ) -> Self:
        """Build a percentage with one decimal, rounded half up; ``unit`` is what its two parts count.

        There is no rate of nothing: a denominator of 0 gives None, never 0 % or 100 %.
        """
        # In whole numbers, so that a half is exactly a half.
        tenths = (2000 * numerator + denominator) // (2 * denominator) if denominator else None
        return cls(
            key=key,
            label=label,
            definition=definition,
            value=None if tenths is None else Decimal(tenths) / 10,
            unit=unit,
            period=period,
            query=query,
            numerator=numerator,
            denominator=denominator,
        )

    @property
    def is_rate(self) -> bool:
        return self.denominator is not None

    @property
    def text(self) -> str:
        """The figure as printed: “96.1%”, “412 件”, or “无” for a rate of nothing."""
        if self.value is None:
            return "无"
        return f"{self.value:.1f}%" if self.is_rate else f"{self.value} {self.unit}"

    @property
    def fraction(self) -> str:
        """The parts of a rate, “396 / 412 件”; empty for a plain count."""
        return f"{self.numerator} / {self.denominator} {self.unit}" if self.is_rate else ""
