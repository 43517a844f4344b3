"""Gather the year's figures from every app. Each app counts its own records; here nothing is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import deputies.figures
import suggestions.figures
from congress_portal.common.figures import Figure
from deputies.figures import activities, highlights, oversight
from deputies.figures.highlights import MassVisit, Told
from deputies.models import Activity, OversightTopic
from suggestions.choices import Channel
from suggestions.selectors import years_received

_APPS = {"suggestions": suggestions.figures, "deputies": deputies.figures}


@dataclass(frozen=True)
class Gathered:
    """All that a year's summary is written from: the figures, and the single things it names."""

    figures: dict[str, Figure]
    topics: tuple[OversightTopic, ...]
    told: tuple[Told, ...]
    visits: tuple[MassVisit, ...]
    entrusted_topics: tuple[OversightTopic, ...]
    entrusted_activities: tuple[Activity, ...]


def gather(*, year: int) -> Gathered:
    """Read everything the summary of a year says; the number of queries does not depend on the number of records."""
    told, visits = tuple(highlights.told_singly(year=year)), tuple(highlights.mass_visits(year=year))
    figures = [figure for app_label in _APPS for figure in figures_of(app_label, year=year)]
    figures += highlights.figures_of(told, visits)
    return Gathered(
        figures={figure.key: figure for figure in figures},
        topics=tuple(oversight.topics_told(year=year)),
        told=told,
        visits=visits,
        entrusted_topics=tuple(oversight.selected("topics_reported", year=year)),
        entrusted_activities=tuple(activities.selected("entrusted_reported", year=year)),
    )


def figures_of(app_label: str, *, year: int) -> list[Figure]:
    """Return one app's figures of a year. Raises KeyError for an app that counts nothing."""
    return _APPS[app_label].annual_figures(year=year)


def all_figures(*, year: int) -> dict[str, Figure]:
    """Return every figure of a year by its key, such as ``suggestions.closure_rate``."""
    return gather(year=year).figures


# How the figures of the deputies' app stand in the catalogue: by what comes after the first dot of their keys.
_GROUPS = {
    "代表和议事员": ("deputies", "councillors", "people", "people_in_year", "deputies_on_duty", "councillors_on_duty"),
    "监督议题": ("topics", "topics_watched", "topics_again", "topics_closed", "topics_reported", "rounds"),
    "活动": ("activities", "entrusted_reported"),
    "批次和人次": ("batches", "person_times", "participants"),
    "到会和发言": ("attended", "attendance_rate", "attendance_rate_without_leave", "speeches"),
    "履职记录和述职": ("duty_lines", "reports", "report_voters"),
}
_TOTALS = "代表和议事员"  # shown whether or not there is anything to count
# Heads are counted for every kind of activity; the catalogue shows those that such summaries speak of.
_OF_MEETINGS = ("", "session", "council_session", "training")
_HEADS = {
    "batches": ("", "mass_visit"),
    "person_times": ("", "mass_visit"),
    "participants": ("", "symposium", "training"),
    "attended": _OF_MEETINGS,
    "attendance_rate": _OF_MEETINGS,
    "attendance_rate_without_leave": _OF_MEETINGS,
    "speeches": _OF_MEETINGS,
}


def figure_groups(*, year: int) -> list[tuple[str, list[Figure]]]:
    """Return the figures for the catalogue page, in groups that have anything to count.

    Of suggestions: totals, those since the start, each channel in use, and oversight topics. Then people and what they
    do together; there a figure of nothing is left out, since every kind of activity has some of its own.
    """
    groups: dict[str, list[Figure]] = {}
    for figure in figures_of("suggestions", year=year):
        groups.setdefault(_group_of_suggestions(figure), []).append(figure)
    in_use = [(title, figures) for title, figures in groups.items() if any(figure.value for figure in figures)]
    by_name: dict[str, list[Figure]] = {}
    for figure in figures_of("deputies", year=year):
        by_name.setdefault(figure.key.split(".")[1], []).append(figure)
    for title, names in _GROUPS.items():
        figures = [
            figure
            for name in names
            for figure in by_name[name]
            if (figure.value or title == _TOTALS) and (name not in _HEADS or _kind_of(figure) in _HEADS[name])
        ]
        if figures:
            in_use.append((title, figures))
    return in_use


def _kind_of(figure: Figure) -> str:
    return ".".join(figure.key.split(".")[2:])


def _group_of_suggestions(figure: Figure) -> str:
    _, _, *rest = figure.key.split(".")
    if "since" in rest:
        return "意见建议，成立和建群以来"
    if "topic" in rest:
        return "意见建议，监督议题提出"
    return f"意见建议，{Channel(rest[0]).label}" if rest else "意见建议"


def years_with_records(*, today: date) -> list[int]:
    """Return the years that can be summed up, the current one first: from the first case or the first activity on."""
    years = years_received(today=today)
    first = Activity.objects.held().order_by("starts_on").values_list("starts_on__year", flat=True).first()
    return years if first is None else list(range(today.year, min(first, years[-1]) - 1, -1))
