"""Days in the portal's texts."""

from datetime import date

import pytest

from congress_portal.common.dates import day_beside, full_day, month_day


@pytest.mark.parametrize(
    ("day", "full", "short"),
    [
        (date(2026, 11, 24), "2026年11月24日", "11月24日"),
        (date(2027, 1, 2), "2027年1月2日", "1月2日"),
        (date(2028, 2, 29), "2028年2月29日", "2月29日"),
    ],
)
def test_day_is_written_without_leading_zeros(day, full, short):
    assert (full_day(day), month_day(day)) == (full, short)


def test_day_beside_another_has_its_year_only_where_that_is_a_different_one():
    assert day_beside(date(2026, 12, 31), date(2026, 11, 24)) == "12月31日"
    assert day_beside(date(2027, 1, 2), date(2026, 12, 31)) == "2027年1月2日"
