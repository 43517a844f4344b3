from __future__ import annotations

from datetime import date

import pytest

from deputies.models import Mandate
from tests.deputies.activities.meetings import Meetings
from tests.factories import MandateFactory, PersonFactory


@pytest.fixture
def meetings(clock, committee, zhao, chen, lin, he) -> Meetings:
    """Activities; nobody in these stories owes a report before 2029."""
    Mandate.objects.update(starts_on=date(2025, 6, 1))
    return Meetings(zhao, [chen.person, lin.person, he.person])


@pytest.fixture
def congress(clock, committee, zhao, chen, lin) -> list[Mandate]:
    """Three deputies who took office on one day, one of them without an account."""
    third = MandateFactory(person=PersonFactory(name="甲代表"))
    Mandate.objects.update(starts_on=date(2022, 5, 10))
    return [chen.person.mandates.get(), lin.person.mandates.get(), third]
