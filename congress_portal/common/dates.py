"""Days as the portal's texts write them, always with the numbers of the calendar day that is passed in."""

from datetime import date


def full_day(day: date) -> str:
    """Write a day with its year, as 2026年11月24日."""
    return f"{day.year}年{month_day(day)}"


def day_beside(day: date, other: date) -> str:
    """Write a day that stands beside another one: with its year only where that is a different one."""
    return month_day(day) if day.year == other.year else full_day(day)


def month_day(day: date) -> str:
    """Write a day without its year, as 11月24日: only where the year is known or stands beside it."""
    return f"{day.month}月{day.day}日"
