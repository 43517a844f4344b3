"""The sample street: an invented office, its people, and what was brought forward from its first day to today.

Every person, place and number is made up; telephone numbers use an exchange that is not given out. Each part has a
``build(street)`` that makes what is there from the start, or plans what happens; the diary is then played in order.
"""

from datetime import datetime

from congress_portal.management.sample import activities, desk, duty, history, office, oversight, people
from congress_portal.management.sample.street import Street

PARTS = (office, people, oversight, activities, history, desk, duty)


def build_street(*, now: datetime) -> Street:
    """Build the street as it stands now. The same day gives the same street, but for random passwords and codes."""
    street = Street(now=now)
    for part in PARTS:
        part.build(street)
    street.play()
    return street
