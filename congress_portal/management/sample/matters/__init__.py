"""What the street brings forward: kinds that come up again and again, and single matters in the deputies' own words."""

from congress_portal.management.sample.matters import care, cleanliness, housing, other, roads, traffic
from congress_portal.management.sample.matters.kinds import Kind, NotOurs, Single, Told, fill
from congress_portal.management.sample.matters.not_ours import NOT_OURS
from congress_portal.management.sample.matters.opinions import ON_CARE, ON_ENVIRONMENT
from congress_portal.management.sample.matters.singles import OBSERVED, PROPOSED

KINDS: tuple[Kind, ...] = (
    *roads.KINDS,
    *cleanliness.KINDS,
    *housing.KINDS,
    *care.KINDS,
    *traffic.KINDS,
    *other.KINDS,
)

__all__ = [
    "KINDS",
    "NOT_OURS",
    "OBSERVED",
    "ON_CARE",
    "ON_ENVIRONMENT",
    "PROPOSED",
    "Kind",
    "NotOurs",
    "Single",
    "Told",
    "fill",
]
