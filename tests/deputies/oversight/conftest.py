from __future__ import annotations

import pytest

from deputies.models import OversightTopic
from tests.common.conftest import can_make_pdf
from tests.deputies.oversight.watching import Watching

__all__ = ["can_make_pdf"]


@pytest.fixture
def watching(clock, committee, zhao) -> Watching:
    return Watching(zhao)


@pytest.fixture
def topic(watching) -> OversightTopic:
    return watching.open()
