"""Accounts and the office's own records, as the administrator and the director keep them."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from congress_portal.accounts.choices import Role
from congress_portal.accounts.models import Committee, User
from tests.factories import PASSWORD, CommitteeFactory, UserFactory

ADD = "/admin/accounts/user/add/"

pytestmark = pytest.mark.usefixtures("committee")


def new_account(**changes):
    return {
        "username": "xinren", "display_name": "新来的", "usable_password": "true", "password1": PASSWORD,
        "password2": PASSWORD, "role": "clerk", "department": "", "email": "",
    } | changes  # fmt: skip


def test_account_is_opened_by_the_administrator(admin, signed_in):
    answer = signed_in(admin).post(ADD, new_account())

    assert answer.status_code == 302
    user = User.objects.get(username="xinren")
    assert (user.role, user.is_staff, user.check_password(PASSWORD)) == (Role.CLERK, True, True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"role": "officer"}, "承办单位账户要选承办单位，其他角色不能选。"),
        ({"is_department_head": "on"}, "只有承办单位账户可以标为单位负责人。"),
        ({"username": "admin"}, "这个用户名已经有人用了，请换一个。"),
        ({"role": "emperor"}, None),
        ({"password2": "别的"}, None),
        ({"password1": "renda2024", "password2": "renda2024"}, None),
    ],
)
def test_account_that_cannot_be_is_refused_with_a_sentence(admin, signed_in, changes, sentence):
    answer = signed_in(admin).post(ADD, new_account(**changes))

    assert answer.status_code == 200
    errors = [error for errors in answer.context["errors"] for error in errors]
    assert errors
    if sentence:
        assert sentence in errors
    assert User.objects.count() == 1


def test_second_head_of_a_department_is_refused(wu, roads):
    second = User(username="fu", display_name="副手", role=Role.OFFICER, department=roads, is_department_head=True)

    with pytest.raises(ValidationError, match="这个单位已经有负责人"):
        second.full_clean(exclude=["password"])


def test_account_is_disabled_not_deleted(admin, wu, roads, signed_in):
    browser, address = signed_in(admin), f"/admin/accounts/user/{wu.pk}/change/"
    fields = {"username": "wu", "display_name": "吴承办", "email": "", "role": "officer", "department": roads.pk}

    assert browser.post(address, fields | {"is_department_head": "on"}).status_code == 302

    wu.refresh_from_db()
    assert not wu.is_active
    assert browser.post(f"/admin/accounts/user/{wu.pk}/delete/", {"post": "yes"}).status_code == 403


def test_administrator_is_no_superuser(db):
    user = User.objects.create_superuser("root", PASSWORD, display_name="管理员")

    assert user.role == Role.ADMIN
    assert not hasattr(user, "is_superuser")
    assert not user.has_perm("suggestions.view_suggestion")


def test_disabled_account_has_no_right_at_all(db):
    user = UserFactory(is_active=False)

    assert not user.has_perm("suggestions.view_suggestion")
    assert not user.has_module_perms("suggestions")


def test_committee_is_one_row(committee):
    second = CommitteeFactory.build(name="第二个工委")
    second.save()

    assert [row.name for row in Committee.objects.all()] == ["第二个工委"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Committee.objects.bulk_create([CommitteeFactory.build(pk=2)])
