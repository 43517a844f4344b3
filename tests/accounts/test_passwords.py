"""Changing one's password, and the passwords nobody may have."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tests.factories import PASSWORD

CHANGE = "/accounts/password/"
NEW = "四条鱼-在-池塘-8"

pytestmark = pytest.mark.usefixtures("committee")


def change(browser, *, old=PASSWORD, new=NEW, again=None):
    return browser.post(
        CHANGE, {"old_password": old, "new_password1": new, "new_password2": new if again is None else again}
    )


def test_password_is_changed_and_the_own_session_lives_on(zhao, signed_in):
    browser, elsewhere = signed_in(zhao), signed_in(zhao)

    answer = change(browser)

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/done/")
    zhao.refresh_from_db()
    assert zhao.check_password(NEW)
    assert browser.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"old": "wrong"}, "old_password", "现在的密码不对，请重新输入。"),
        ({"old": ""}, "old_password", "请填现在的密码。"),
        ({"again": "别的"}, "new_password2", "两次输入的新密码不一样，请重新输入。"),
        (
            {"new": "Admin@123"},
            "new_password2",
            "这个密码太容易被猜到。请不要用“renda”“admin”这类词加数字，换成几个不相干的词。",
        ),
    ],
)
def test_password_is_not_changed_and_a_sentence_says_why(zhao, signed_in, given, field, sentence):
    answer = change(signed_in(zhao), **given)

    assert answer.status_code == 200
    assert sentence in answer.context["form"].errors[field]
    zhao.refresh_from_db()
    assert zhao.check_password(PASSWORD)


@pytest.mark.parametrize(
    "password",
    [
        "Admin@123",
        "renda2024",
        "Renda@2024",
        "rddb123456",
        "jiedao!!88",
        "password",
        "12345678",
        "1234567",
        "qwerty123",
    ],
)
def test_password_everybody_would_try_first_is_refused(zhao, password):
    with pytest.raises(ValidationError):
        validate_password(password, user=zhao)


@pytest.mark.parametrize(
    "password", [PASSWORD, NEW, "correct horse battery", "rendaxia-chuntian-5", "𠮷䶮㐀𠀀𪜀𫝀𫠠𬺰"]
)
def test_password_nobody_would_guess_is_taken(zhao, password):
    validate_password(password, user=zhao)


def test_password_is_set_by_the_administrator_only(cast, signed_in):
    address = f"/admin/accounts/user/{cast['wu'].pk}/password/"
    typed = {"usable_password": "true", "password1": NEW, "password2": NEW}

    assert signed_in(cast["fang"]).post(address, typed).status_code == 403
    assert signed_in(cast["admin"]).post(address, typed).status_code == 302
    cast["wu"].refresh_from_db()
    assert cast["wu"].check_password(NEW)


def test_hash_of_the_password_is_never_shown(cast, signed_in):
    page = signed_in(cast["admin"]).get(f"/admin/accounts/user/{cast['wu'].pk}/change/").content.decode()

    assert cast["wu"].password.rpartition("$")[2] not in page
