"""Figures as printed: rounding, nothing, periods."""

from datetime import date
from decimal import Decimal

import pytest

from congress_portal.common.figures import Figure, Period

YEAR = Period.year(2026)


def rate(numerator, denominator):
    return Figure.rate(
        "closed",
        "办结率",
        numerator,
        denominator,
        unit="件",
        definition="当年办结的建议占当年受理建议的比例。",
        period=YEAR,
        query="/suggestions/?closed=2026",
    )


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [
        (396, 412, "96.1%"),
        (0, 412, "0.0%"),
        (412, 412, "100.0%"),
        (1, 3, "33.3%"),
        (2, 3, "66.7%"),
        (1, 2000, "0.1%"),  # 0.05 exactly: half up, where round() would give 0.0
        (3, 2000, "0.2%"),  # 0.15
        (999, 2000, "50.0%"),  # 49.95
        (9_999_999_999, 10_000_000_000, "100.0%"),
    ],
)
def test_rate_is_printed_with_one_decimal_rounded_half_up(numerator, denominator, text):
    assert rate(numerator, denominator).text == text


def test_rate_keeps_its_parts():
    figure = rate(396, 412)

    assert figure.value == Decimal("96.1")
    assert figure.fraction == "396 / 412 件"
    assert figure.query == "/suggestions/?closed=2026"


def test_rate_of_nothing_is_none():
    figure = rate(0, 0)

    assert figure.value is None
    assert figure.text == "无"
    assert figure.fraction == "0 / 0 件"


def test_count_is_printed_with_its_unit():
    figure = Figure.count("received", "受理", 0, unit="件", definition="当年受理的建议。", period=YEAR)

    assert figure.text == "0 件"
    assert figure.fraction == ""


def test_periods_print_themselves():
    assert str(YEAR) == "2026年"
    assert str(Period.since(date(2021, 5, 1), date(2026, 12, 31))) == "2021年5月1日至2026年12月31日"
    assert str(Period.since(date(2026, 3, 1), date(2026, 12, 31))) == "2026年3月1日至2026年12月31日"
