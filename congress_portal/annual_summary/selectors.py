"""Gather the year's figures from every app. Each app counts its own records; here nothing is counted."""

from datetime import date

import deputies.figures
import suggestions.figures
from congress_portal.common.figures import Figure
from suggestions.choices import Channel
from suggestions.selectors import years_received

_APPS = {"suggestions": suggestions.figures, "deputies": deputies.figures}


def figures_of(app_label: str, *, year: int) -> list[Figure]:
    """Return one app's figures of a year. Raises KeyError for an app that counts nothing."""
    return _APPS[app_label].annual_figures(year=year)


def all_figures(*, year: int) -> dict[str, Figure]:
    """Return every figure of a year by its key, such as ``suggestions.closure_rate``."""
    return {figure.key: figure for app_label in _APPS for figure in figures_of(app_label, year=year)}


def figure_groups(*, year: int) -> list[tuple[str, list[Figure]]]:
    """Return the figures for the catalogue page, in groups: totals, since the start, each channel in use, people."""
    groups: dict[str, list[Figure]] = {}
    for figure in figures_of("suggestions", year=year):
        channel = figure.key.split(".")[2:3]
        if figure.key.endswith(".since"):
            title = "意见建议，成立和建群以来"
        elif channel:
            title = f"意见建议，{Channel(channel[0]).label}"
        else:
            title = "意见建议"
        groups.setdefault(title, []).append(figure)
    in_use = {title: figures for title, figures in groups.items() if any(figure.value for figure in figures)}
    return [*in_use.items(), ("代表和议事员", figures_of("deputies", year=year))]


def years_with_records(*, today: date) -> list[int]:
    """Return the years that can be summed up, the current one first."""
    return years_received(today=today)
