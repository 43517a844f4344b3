"""A line of chen's file in every state; it is 5 March 2026, and everybody's mandate began on 10 January 2022."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deputies import workflow
from deputies.choices import DutyOutcome
from deputies.models import DutyRecord
from tests.deputies.duty.lines import CONFIRMED_AT, LINE, log, post
from tests.suggestions.story import TODAY


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def logged(clock, chen) -> DutyRecord:
    return log(chen)


@pytest.fixture
def returned(logged, zhao) -> DutyRecord:
    workflow.return_duties([logged], reason="日期应为 3月2日。", by=zhao, now=CONFIRMED_AT)
    logged.refresh_from_db()
    return logged


@pytest.fixture
def confirmed(logged, zhao) -> DutyRecord:
    workflow.confirm_duties([logged], by=zhao, now=CONFIRMED_AT)
    logged.refresh_from_db()
    return logged


@pytest.fixture
def posted(clock, chen, zhao) -> DutyRecord:
    return post(chen, by=zhao)


@pytest.fixture
def withdrawn(logged, chen) -> DutyRecord:
    return workflow.take_back_duty(logged, by=chen, now=CONFIRMED_AT)


@pytest.fixture
def corrected(confirmed, sun) -> DutyRecord:
    """The old line of a correction."""
    new = LINE | {"title": "走访商户，了解停车难"}
    workflow.correct_duty(confirmed, **new, outcome=DutyOutcome.DONE, reason="事项写错了。", by=sun, now=TODAY)
    confirmed.refresh_from_db()
    return confirmed


@pytest.fixture
def in_state(request) -> Callable[[str], DutyRecord]:
    return lambda state: request.getfixturevalue(state)
