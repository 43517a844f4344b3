"""An inspection on Monday, 9 March 2026, 9:00 to 11:30, to which chen and he are asked, and lin is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from deputies import workflow
from deputies.choices import ActivityKind
from deputies.models import Activity, Participation
from tests.suggestions.story import moment

BEGINS, ENDS = moment(3, 9, 9), moment(3, 9, 11, 30)
PLANNED_AT = moment(3, 5, 9)


@pytest.fixture
def plan(clock, zhao) -> Callable[..., Activity]:
    def plan(**given: Any) -> Activity:
        values = {
            "kind": ActivityKind.INSPECTION,
            "title": "视察河湾步道照明项目",
            "starts_at": BEGINS,
            "ends_at": ENDS,
            "places": ["南塘桥", "河湾步道"],
            "notice": "在南塘桥集合，请带代表证。",
        } | given
        return workflow.plan_activity(**values, by=zhao, now=PLANNED_AT)

    return plan


@pytest.fixture
def announce(plan, zhao, chen, he) -> Callable[..., Activity]:
    def announce(*people: Any, **given: Any) -> Activity:
        people = people or (chen.person, he.person)
        return workflow.announce_activity(plan(**given), people=people, by=zhao, now=PLANNED_AT)

    return announce


@pytest.fixture
def inspection(announce) -> Activity:
    return announce()


@pytest.fixture
def part() -> Callable[..., Participation]:
    def part(activity: Activity, user: Any) -> Participation:
        return Participation.objects.get(activity=activity, person=user.person)

    return part
