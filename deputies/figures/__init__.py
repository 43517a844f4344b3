"""What is counted of people and what they do together in a year, by the definitions of the figure catalogue.

One module per list of the staff admin. Each has ``SELECTIONS`` and ``selected``, which the list behind its numbers
reads too, so that a number and its list cannot disagree. Those of people stand here as well.
"""

from congress_portal.common.figures import Figure
from deputies.figures import activities, duty, highlights, oversight, people, reports
from deputies.figures.people import SELECTIONS, selected

__all__ = [
    "SELECTIONS",
    "activities",
    "annual_figures",
    "duty",
    "highlights",
    "oversight",
    "people",
    "reports",
    "selected",
]

_MODULES = (people, activities, oversight, duty, reports)


def annual_figures(*, year: int) -> list[Figure]:
    """Return the year's figures of this app, but for those of single activities in ``highlights``.

    Ten queries, whatever the number of records: each table is grouped once.
    """
    return [figure for module in _MODULES for figure in module.annual_figures(year=year)]
