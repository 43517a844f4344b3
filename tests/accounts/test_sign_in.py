"""Signing in: one answer to everybody who may not, a lock after ten tries, sessions that end when they should."""

import pytest
from django.test import Client

from congress_portal.accounts.choices import Role
from tests.factories import PASSWORD, UserFactory
from tests.pages import page_of

LOGIN = "/accounts/login/"
REFUSED = "用户名或密码不对。请核对后再试；忘了密码，请联系系统管理员重设。"

pytestmark = pytest.mark.usefixtures("committee")


def sign_in(client: Client, username: str = "zhao", password: str = PASSWORD, **extra):
    return client.post(LOGIN, {"username": username, "password": password}, **extra)


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("zhao", "/admin/"), ("fang", "/admin/"), ("shen", "/admin/"), ("admin", "/admin/"),
        ("wu", "/suggestions/department/"), ("qian", "/suggestions/department/"),
        ("chen", "/own/"), ("he", "/own/"),
    ],
)  # fmt: skip
def test_everybody_comes_to_the_page_that_role_works_on(cast, client, name, page):
    answer = client.post(LOGIN, {"username": name, "password": PASSWORD}, follow=True)

    assert answer.redirect_chain == [("/workplace/", 302), (page, 302)]
    assert answer.status_code == 200


@pytest.mark.parametrize("who", ["unknown", "wrong password", "disabled"])
def test_refusal_reads_the_same_for_everybody(zhao, who):
    UserFactory(username="formerly", is_active=False)
    username = {"unknown": "nobody", "wrong password": "zhao", "disabled": "formerly"}[who]
    password = "wrong" if who == "wrong password" else PASSWORD

    answer = sign_in(Client(), username, password)

    assert answer.status_code == 200
    assert answer.context["form"].errors == {"__all__": [REFUSED]}
    page = page_of(answer)
    assert page.form_with("username").value("username") == username
    assert page.form_with("username").value("password") == ""


def test_refusal_costs_the_same_hash_for_a_missing_user(zhao, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed = []
    stock = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, password, salt: hashed.append(1) or stock(self, password, salt)
    )

    sign_in(Client(), "zhao", "wrong")
    for_a_known_user = len(hashed)
    sign_in(Client(), "nobody", "wrong")

    assert for_a_known_user == 1
    assert len(hashed) == 2


@pytest.mark.parametrize("username", ["", "\0", "zhao\0", "𠮷" * 500, "' OR 1=1 --", "\u202ezhao"])
def test_strange_names_are_refused_with_a_sentence(zhao, username):
    answer = sign_in(Client(), username)

    assert answer.status_code == 200
    assert answer.context["form"].errors


# ---- the lock


def test_account_is_locked_after_ten_failures_from_anywhere(zhao, clock):
    for number in range(10):
        assert sign_in(Client(), password="wrong", REMOTE_ADDR=f"203.0.113.{number}").status_code == 200

    right = sign_in(Client(), REMOTE_ADDR="198.51.100.7")
    wrong = sign_in(Client(), password="wrong", REMOTE_ADDR="198.51.100.7")

    assert (right.status_code, wrong.status_code) == (429, 429)
    assert page_of(right).text == page_of(wrong).text
    clock.shift(15 * 60)
    assert sign_in(Client(), REMOTE_ADDR="198.51.100.7").status_code == 302


def test_source_is_locked_after_ten_failures_with_any_names(zhao):
    for number in range(10):
        sign_in(Client(), f"nobody{number}")

    assert sign_in(Client()).status_code == 429
    assert sign_in(Client(), REMOTE_ADDR="198.51.100.7").status_code == 302


@pytest.mark.parametrize("spelling", ["ZHAO", " zhao ", "ｚｈａｏ", "Ｚhao", " " * 60 + "zhao"])  # noqa: RUF001
def test_lock_does_not_open_to_another_spelling_of_the_name(zhao, spelling):
    for number in range(10):
        sign_in(Client(), spelling, "wrong", REMOTE_ADDR=f"203.0.113.{number}")

    assert sign_in(Client(), REMOTE_ADDR="198.51.100.7").status_code == 429


def test_lock_of_one_account_leaves_the_others_open(zhao, sun):
    for number in range(10):
        sign_in(Client(), password="wrong", REMOTE_ADDR=f"203.0.113.{number}")

    assert sign_in(Client(), "sun", REMOTE_ADDR="198.51.100.7").status_code == 302


def test_signing_in_does_not_count(zhao):
    for _ in range(12):
        assert sign_in(Client()).status_code == 302


# ---- sessions


def test_session_id_changes_at_sign_in(zhao, visitor):
    visitor.get("/suggestions/new/")
    session = visitor.session
    session["submitted"] = "x"
    session.save()
    visitor.cookies["session"] = session.session_key

    sign_in(visitor)

    assert visitor.session.session_key != session.session_key
    assert not visitor.session.exists(session.session_key)


def test_session_is_dead_after_sign_out(zhao, visitor):
    sign_in(visitor)
    key = visitor.session.session_key

    answer = visitor.post("/accounts/logout/")

    assert (answer.status_code, answer["Location"]) == (302, "/")
    thief = Client()
    thief.cookies["session"] = key
    assert thief.get("/admin/").status_code == 302


def test_session_is_dead_once_the_account_is_disabled(zhao, signed_in):
    browser = signed_in(zhao)
    assert browser.get("/admin/").status_code == 200

    zhao.is_active = False
    zhao.save()

    assert browser.get("/admin/").status_code == 302
    assert browser.get("/messages/").status_code == 302


def test_session_is_dead_once_somebody_else_set_the_password(zhao, signed_in):
    browser = signed_in(zhao)

    zhao.set_password("另一个-很长-的密码-9")
    zhao.save()

    assert browser.get("/admin/").status_code == 302


@pytest.mark.parametrize(("query", "is_said"), [("", False), ("?next=/messages/", True)])
def test_who_was_sent_to_sign_in_is_told_why(visitor, query, is_said):
    page = page_of(visitor.get(LOGIN + query)).text

    assert ("请先登录，再回到刚才的页面。登录过期前没有保存的内容，需要重新填写。" in page) is is_said


def test_missing_page_leads_whoever_signed_in_back_to_work(zhao, visitor, signed_in):
    assert "/workplace/" in page_of(signed_in(zhao).get("/nothing/")).links
    assert "/workplace/" not in page_of(visitor.get("/nothing/")).links


def test_session_lasts_a_working_day_and_ends_after_twelve_hours(zhao, visitor, clock):
    sign_in(visitor)
    clock.shift(12 * 3600 - 1)
    assert visitor.get("/admin/").status_code == 200

    clock.shift(2)

    assert visitor.get("/admin/").status_code == 302


def test_signing_out_by_get_is_not_a_thing(zhao, signed_in):
    browser = signed_in(zhao)

    assert browser.get("/accounts/logout/").status_code == 405
    assert browser.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/",
        "//evil.test/",
        "/\\evil.test",
        "javascript:alert(1)",
        "https:evil.test",
        "\\\\evil.test",
        " //evil.test",
    ],
)
def test_sign_in_never_leads_to_another_site(zhao, visitor, target):
    answer = visitor.post(f"{LOGIN}?next={target}", {"username": "zhao", "password": PASSWORD, "next": target})

    assert (answer.status_code, answer["Location"]) == (302, "/workplace/")


def test_sign_in_leads_back_to_the_page_asked_for(zhao, visitor):
    answer = visitor.get("/admin/suggestions/suggestion/?queue=new", follow=True)
    (form,) = [form for form in page_of(answer).forms if "username" in form.values]

    answer = visitor.post(LOGIN, {"username": "zhao", "password": PASSWORD, "next": form.value("next")})

    assert answer["Location"] == "/admin/suggestions/suggestion/?queue=new"


@pytest.mark.parametrize("name", ["wu", "chen", "he"])
def test_door_of_the_staff_is_no_loop_for_who_may_not_enter(cast, signed_in, name):
    answer = signed_in(cast[name]).get("/admin/", follow=True)

    assert answer.status_code == 403
    assert len(answer.redirect_chain) == 1


def test_form_without_csrf_token_is_refused_with_a_page(zhao):
    answer = sign_in(Client(enforce_csrf_checks=True))

    assert answer.status_code == 403
    assert "没有保存" in answer.content.decode()


# ---- large print


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test/", "/\\evil.test", "evil", ""])
def test_large_print_switch_never_leads_to_another_site(visitor, target):
    answer = visitor.post("/elder/", {"next": target})

    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_large_print_is_switched_on_and_off(visitor):
    visitor.post("/elder/", {"next": "/help/"})
    assert 'class="portal elder"' in visitor.get("/help/").content.decode()

    visitor.post("/elder/", {"next": "/help/"})
    assert 'class="portal elder"' not in visitor.get("/help/").content.decode()


def test_every_role_signs_in_without_a_right_it_does_not_have(cast):
    assert {user.role for user in cast.values()} == set(Role)
