"""Who may fetch a resident's photo and a reply's file, and how it is handed out."""

import pytest
from django.test import Client
from django.urls import reverse

from congress_portal.common.uploads import accept_document, accept_photo
from suggestions import workflow
from tests.common.pictures import office_file, picture, upload
from tests.suggestions.front_door import look_up
from tests.suggestions.story import moment


@pytest.fixture
def received(office, chen, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    photo = accept_photo(upload(picture(), "路灯.jpg"))
    return office.enter(raised_by=chen.person, photos=[photo])


@pytest.fixture
def case(office, received):
    files = [accept_document(upload(office_file(), "验收单.docx"))]
    return office.reply(office.assign(office.accept(received.suggestion)), files=files)


@pytest.fixture
def photo(case):
    return reverse("suggestions:attachment", args=[case.attachments.get(reply=None).pk])


@pytest.fixture
def document(case):
    return reverse("suggestions:attachment", args=[case.attachments.exclude(reply=None).get().pk])


def fetch(browser: Client, *addresses: str) -> list[int]:
    answers = [browser.get(address) for address in addresses]
    for answer in answers:
        answer.getvalue()  # or the file stays open
    return [answer.status_code for answer in answers]


def test_file_is_for_those_who_may_see_the_case(signed_in, cast, visitor, photo, document):
    browsers = {name: signed_in(user) for name, user in cast.items()} | {"visitor": visitor}

    answers = {name: set(fetch(browser, photo, document)) for name, browser in browsers.items()}

    assert answers == {
        "zhao": {200}, "sun": {200}, "fang": {200}, "shen": {200}, "wu": {200}, "chen": {200},
        "lin": {404}, "he": {404}, "qian": {404}, "admin": {404}, "visitor": {404},
    }  # fmt: skip


def test_file_is_for_the_resident_who_has_looked_up_this_case(visitor, office, received, photo, document, clock):
    stranger, other = Client(), office.submit()
    look_up(visitor, received.code)
    look_up(stranger, other.code)

    assert fetch(visitor, photo, document) == [200, 200]
    assert fetch(stranger, photo, document) == [404, 404]
    clock.shift(30 * 60)
    assert fetch(visitor, photo) == [404]


def test_file_is_no_more_for_a_department_that_returned_the_case(signed_in, office, wu, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    case = office.submit(photos=[accept_photo(upload(picture()))]).suggestion
    office.assign(office.accept(case))
    address = reverse("suggestions:attachment", args=[case.attachments.get().pk])
    browser = signed_in(wu)
    assert fetch(browser, address) == [200]

    workflow.return_to_committee(case, reason="由供电所管。", by=wu, now=moment(3, 4))

    assert fetch(browser, address) == [404]


def test_photo_is_shown_in_place_and_never_stored(signed_in, zhao, photo):
    answer = signed_in(zhao).get(photo)

    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"] == "inline; filename*=utf-8''%E8%B7%AF%E7%81%AF.jpg"
    _assert_private(answer)


def test_document_is_a_download_and_never_stored(signed_in, zhao, document):
    answer = signed_in(zhao).get(document)

    assert answer["Content-Disposition"].startswith("attachment;")
    assert "%E9%AA%8C%E6%94%B6%E5%8D%95.docx" in answer["Content-Disposition"]
    _assert_private(answer)


def _assert_private(answer):
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(answer.streaming_content) != b""


def test_file_is_not_found_by_address_of_the_folder(signed_in, zhao, case):
    stored = case.attachments.first().file

    for address in (f"/private/{stored.name}", f"/media/{stored.name}", f"/static/../{stored.name}"):
        assert signed_in(zhao).get(address).status_code == 404


@pytest.mark.parametrize(
    "address", ["suggestions/attachments/1/", "suggestions/attachments/00000000-0000-4000-8000-000000000000/"]
)
def test_file_that_does_not_exist_is_not_found(signed_in, zhao, address):
    assert signed_in(zhao).get(f"/{address}").status_code == 404


def test_file_whose_bytes_are_gone_is_not_found(signed_in, zhao, case, photo):
    stored = case.attachments.get(reply=None).file
    stored.storage.delete(stored.name)

    assert signed_in(zhao).get(photo).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "trace"])
def test_file_takes_no_other_method(signed_in, zhao, photo, method):
    assert getattr(signed_in(zhao), method)(photo).status_code == 405
