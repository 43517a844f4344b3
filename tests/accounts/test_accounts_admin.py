"""Accounts and the office's own records, as the administrator and the director keep them."""

import pytest
from django.contrib.admin import site
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


def kept_as(user, **changes):
    return {
        "username": user.username, "display_name": user.display_name, "email": "", "role": user.role,
        "department": "", "is_active": "on",
    } | changes  # fmt: skip


CANNOT_DISABLE = "不能停用自己，也不能停用最后一个系统管理员。请先另开一个系统管理员账户。"
CANNOT_MOVE = "不能改自己的角色，也不能改最后一个系统管理员的角色。请先另开一个系统管理员账户。"


@pytest.mark.parametrize("others", [0, 1])
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"is_active": ""}, CANNOT_DISABLE), ({"role": "clerk"}, CANNOT_MOVE), ({"role": "clerk", "is_active": ""}, None)],
)
def test_administrator_cannot_lock_himself_out(admin, signed_in, others, changes, sentence):
    UserFactory.create_batch(others, role=Role.ADMIN)

    answer = signed_in(admin).post(f"/admin/accounts/user/{admin.pk}/change/", kept_as(admin, **changes))

    assert (sentence or CANNOT_DISABLE) in answer.content.decode()
    admin.refresh_from_db()
    assert (admin.role, admin.is_active) == (Role.ADMIN, True)


def test_administrator_edits_himself_and_disables_a_second_one(admin, signed_in):
    second, disabled = UserFactory(role=Role.ADMIN), UserFactory(role=Role.ADMIN, is_active=False)
    browser = signed_in(admin)

    edits = [(admin, {"display_name": "改名"}), (second, {"is_active": ""}), (disabled, {"role": "clerk"})]
    for user, changes in edits:
        answer = browser.post(f"/admin/accounts/user/{user.pk}/change/", kept_as(user, **changes))
        assert answer.status_code == 302

    admin.refresh_from_db()
    assert admin.display_name == "改名"
    assert list(User.objects.filter(role=Role.ADMIN, is_active=True)) == [admin]


def test_last_administrator_cannot_be_disabled_by_a_session_left_over(admin, signed_in, rf):
    """Two disable each other in the same moment: the one who comes second finds himself the only one left."""
    second = UserFactory(role=Role.ADMIN)
    request = rf.get("/")
    request.user = second
    User.objects.filter(pk=second.pk).update(is_active=False)
    form_class = site._registry[User].get_form(request, admin, change=True)

    form = form_class(kept_as(admin, is_active=""), instance=admin)

    assert form.non_field_errors() == [CANNOT_DISABLE]


def test_empty_choices_are_words_and_no_pictures_stand_beside_them(admin, signed_in):
    html = signed_in(admin).get(ADD).content.decode()

    assert '<option value="" selected>请选择</option>' in html
    assert '<option value="" selected>没有</option>' in html
    assert "---" not in html
    assert "related-widget-wrapper" not in html


def test_what_django_says_is_worded_as_the_portal_speaks(admin, roads, signed_in):
    browser = signed_in(admin)

    added = browser.post("/admin/accounts/department/add/", {"name": "水务站", "position": 5}, follow=True)
    twice = browser.post("/admin/accounts/department/add/", {"name": "水务站", "position": 5})
    weak = browser.post(ADD, new_account(password1="12345678", password2="12345678"))

    assert "已新增承办单位“" in added.content.decode()
    assert "已经有这个名称的承办单位，请换一个。" in twice.content.decode()
    assert "密码不能全是数字，请加上字母或别的字。" in weak.content.decode()


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
