from __future__ import annotations

import pytest

from deputies.models import Person
from tests.deputies.activities.meetings import Meetings


@pytest.fixture
def people(chen, lin, he) -> list[Person]:
    return [chen.person, lin.person, he.person]


@pytest.fixture
def meetings(clock, committee, zhao, people) -> Meetings:
    return Meetings(zhao, people)
