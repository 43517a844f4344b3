"""People and groups in the staff admin: who sees what, and how the list is filtered."""

from __future__ import annotations

from datetime import date

import pytest

from deputies.choices import ConstituencyType
from deputies.models import DeputyGroup, Person
from tests.factories import DeputyGroupFactory, MandateFactory, PersonFactory
from tests.import_door import PEOPLE
from tests.pages import page_of


@pytest.fixture
def liu(clock, committee) -> Person:
    person = PersonFactory(name="刘思源", born_on=date(1978, 3, 5), phone="13800000001")
    MandateFactory(person=person, group=DeputyGroupFactory(name="第一小组"), constituency_type=ConstituencyType.WORKER)
    return person


@pytest.mark.parametrize("path", ["", "{pk}/change/"])
def test_birth_date_and_telephone_are_shown_to_the_committee_alone(path, liu, signed_in, zhao, shen):
    address = PEOPLE + path.format(pk=liu.pk)

    clerk, auditor = (page_of(signed_in(user).get(address)) for user in (zhao, shen))

    shown = clerk.text + "".join(value for form in clerk.forms for values in form.values.values() for value in values)
    assert "出生日期" in clerk.text
    assert "1978" in shown
    assert "刘思源" in auditor.text
    assert "出生日期" not in auditor.text
    assert "1978" not in auditor.text
    assert "13800000001" not in auditor.text


def test_telephone_is_on_the_form_of_the_committee(liu, signed_in, zhao):
    form = page_of(signed_in(zhao).get(f"{PEOPLE}{liu.pk}/change/")).form_with("phone")

    assert (form.value("phone"), form.value("born_on")) == ("13800000001", "1978-03-05")


def sent(**values: str) -> dict[str, str]:
    return {
        "name": "刘思源", "born_on": "1978-03-05", "phone": "", "user": "", "mandates-TOTAL_FORMS": "0",
        "mandates-INITIAL_FORMS": "0",
    } | values  # fmt: skip


def test_name_and_telephone_are_kept_as_a_table_would_be_read(liu, signed_in, zhao):
    signed_in(zhao).post(f"{PEOPLE}{liu.pk}/change/", sent(name="刘 思 源", phone="138 0000 0002"))

    liu.refresh_from_db()
    assert (liu.name, liu.phone) == ("刘思源", "13800000002")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"phone": "1380000"}, "“1380000”有 7 位，手机号应为 11 位"),
        ({"name": "刘思源"}, "已经有一位姓名和出生日期都相同的人，请在原来的档案里修改。"),
    ],
)
def test_form_refuses_with_a_sentence(values, sentence, liu, signed_in, zhao):
    answer = signed_in(zhao).post(f"{PEOPLE}add/", sent(**values))

    assert sentence in page_of(answer).text
    assert Person.objects.count() == 1


def test_list_is_filtered_by_the_group_and_type_of_a_mandate_in_force(liu, signed_in, zhao):
    group = DeputyGroup.objects.get()
    left = PersonFactory(name="马立")
    MandateFactory(person=left, group=group, constituency_type=ConstituencyType.WORKER, ends_on=date(2023, 1, 1))
    clerk = signed_in(zhao)

    def found(query: str) -> list[str]:
        return [person.name for person in clerk.get(f"{PEOPLE}?{query}").context["cl"].result_list]

    assert found("") == ["刘思源", "马立"]
    assert found(f"group={group.pk}") == found("constituency_type=worker") == ["刘思源"]
    assert found("constituency_type=farmer") == []
    assert found("group=999") == found("group=x") == found("constituency_type=x") == ["刘思源", "马立"]


def test_list_names_the_group(liu, signed_in, zhao):
    assert "第一小组" in signed_in(zhao).get(PEOPLE).content.decode().partition("<tbody>")[2]


def test_group_is_ended_not_deleted(liu, signed_in, zhao):
    group = DeputyGroup.objects.get()
    clerk = signed_in(zhao)
    address = f"/admin/deputies/deputygroup/{group.pk}/"

    clerk.post(f"{address}change/", {"name": group.name, "position": "5"})
    deleted = clerk.post(f"{address}delete/", {"post": "yes"})

    group.refresh_from_db()
    assert (group.is_active, group.position) == (False, 5)
    assert deleted.status_code == 403
    assert "deletelink" not in clerk.get(f"{address}change/").content.decode()


@pytest.mark.parametrize(("user", "tools"), [("zhao", {"导入", "导出"}), ("shen", {"导出"})])
def test_list_offers_what_the_role_may_do(user, tools, liu, signed_in, cast):
    html = signed_in(cast[user]).get(PEOPLE).content.decode().partition("object-tools")[2].partition("</ul>")[0]

    assert {word for word in ("导入", "导出") if word in html} == tools
