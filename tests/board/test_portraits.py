"""Who sees a portrait: everybody while its person is in office, then staff and that very person."""

import uuid
from datetime import date

import pytest

from deputies.models import Mandate

SEES = {
    "chen": 200,
    "lin": 404,
    "he": 404,
    "zhao": 200,
    "fang": 200,
    "shen": 200,
    "wu": 404,
    "admin": 404,
    "visitor": 404,
}


@pytest.fixture
def portrait(clock, chen, with_photo):
    return f"/deputies/portraits/{with_photo(chen.person).pk}/"


def test_portrait_of_somebody_in_office_is_public(portrait, cast, signed_in, visitor):
    for browser in (visitor, *map(signed_in, cast.values())):
        response = browser.get(portrait)
        assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
        # A browser may keep it for a while, nothing on the way ever.
        assert response["Cache-Control"] == "private, max-age=600"
        assert response.getvalue()


@pytest.mark.parametrize("name", SEES)
def test_portrait_of_somebody_who_left_is_private(portrait, chen, cast, signed_in, visitor, name):
    Mandate.objects.filter(person=chen.person).update(ends_on=date(2026, 3, 4))
    browser = visitor if name == "visitor" else signed_in(cast[name])

    response = browser.get(portrait)

    assert response.status_code == SEES[name]
    if response.status_code == 200:
        assert response["Cache-Control"] == "private, no-store"
        response.close()


def test_unknown_portrait_is_not_found(db, visitor):
    assert visitor.get(f"/deputies/portraits/{uuid.uuid4()}/").status_code == 404


def test_portrait_whose_file_is_gone_is_not_kept_as_missing(portrait, chen, visitor):
    chen.person.photo.file.delete(save=False)

    response = visitor.get(portrait)

    assert response.status_code == 404
    assert "max-age" not in response.get("Cache-Control", "")


def test_portrait_takes_no_post(portrait, visitor):
    assert visitor.post(portrait).status_code == 405
