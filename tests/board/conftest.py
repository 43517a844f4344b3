"""People on the bulletin board, as of Thursday, 5 March 2026."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from congress_portal.common.uploads import accept_photo
from deputies.models import Person, PersonPhoto
from tests.common.conftest import can_make_pdf
from tests.common.pictures import picture, upload
from tests.factories import MandateFactory, PersonFactory

__all__ = ["can_make_pdf"]

PHONE = "13955509876"


@pytest.fixture
def private_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def seated(clock, committee) -> Callable[..., Person]:
    """Put somebody into office: ``seated("王敏", group=…, kind=…)``."""

    def seat(name: str, *, user: Any = None, phone: str = PHONE, **mandate: Any) -> Person:
        person = PersonFactory(name=name, user=user, phone=phone, born_on="1980-04-17")
        MandateFactory(person=person, **mandate)
        return person

    return seat


@pytest.fixture
def with_photo(private_files) -> Callable[[Person], PersonPhoto]:
    def store(person: Person, size: tuple[int, int] = (500, 600)) -> PersonPhoto:
        return PersonPhoto.store(accept_photo(upload(picture(size=size))), person=person)

    return store
