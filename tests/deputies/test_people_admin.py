"""People and groups in the staff admin: who sees what, and how the list is filtered."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

import pytest
from django.contrib.admin.models import LogEntry

from congress_portal.common.uploads import accept_photo
from congress_portal.notifications.models import Message
from deputies import workflow
from deputies.choices import ConstituencyType
from deputies.models import DeputyGroup, Person
from tests.common.pictures import picture, upload
from tests.factories import DeputyGroupFactory, MandateFactory, PersonFactory
from tests.import_door import PEOPLE, TITLES, choose_rows
from tests.pages import page_of
from tests.suggestions.story import TODAY


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


# ---- finding people


def found_by(clerk, query: str) -> list[str]:
    return [person.name for person in clerk.get(f"{PEOPLE}?{query}").context["cl"].result_list]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("思源", ["刘思源"]),
        ("liu siyuan", ["刘思源"]),
        ("liusiyuan", ["刘思源"]),
        ("LSY", ["刘思源"]),
        ("lsy", ["刘思源"]),
        ("lv", ["吕布"]),
        ("shan", ["单雄"]),
        ("dx", []),  # 单 is no dan here
        ("sx", ["单雄"]),
        ("𠮷", ["吴𠮷"]),
        ("^", []),
        ("s.*", []),
        ("x" * 200, []),
    ],
)
def test_person_is_found_by_characters_and_by_letters(typed, names, liu, signed_in, zhao):
    for name in ("吕布", "单雄", "吴𠮷"):
        PersonFactory(name=name)

    assert found_by(signed_in(zhao), urlencode({"q": typed})) == names


def test_list_is_in_the_order_of_the_names_as_they_are_read(liu, signed_in, zhao):
    for name in ("左宗", "单雄", "曾文", "察文"):
        PersonFactory(name=name)

    assert found_by(signed_in(zhao), "") == ["察文", "刘思源", "单雄", "曾文", "左宗"]


def test_list_is_filtered_by_term_past_ones_too_and_by_photo(liu, signed_in, zhao, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    left = PersonFactory(name="马立")
    MandateFactory(person=left, term="第十六届", starts_on=date(2017, 1, 10), ends_on=date(2022, 1, 9))
    workflow.set_photo(left, photo=accept_photo(upload(picture())), by=zhao, now=TODAY)
    clerk = signed_in(zhao)

    assert found_by(clerk, "term=county:第十六届") == found_by(clerk, "photo=yes") == ["马立"]
    assert found_by(clerk, "term=county:第十七届") == found_by(clerk, "photo=no") == ["刘思源"]
    assert found_by(clerk, "term=city:第十七届") == found_by(clerk, "photo=x") == ["刘思源", "马立"]
    assert "县（市、区）人大代表第十六届" in page_of(clerk.get(PEOPLE)).text


@pytest.mark.parametrize("count", [1, 3])
def test_search_stays_within_the_queries_of_the_list(
    count, liu, community, signed_in, zhao, django_assert_max_num_queries
):
    group = DeputyGroupFactory()
    for number in range(count):
        MandateFactory(person=PersonFactory(name=f"陈{number}"), group=group, community=community)
    clerk = signed_in(zhao)

    with django_assert_max_num_queries(13):
        answer = clerk.get(f"{PEOPLE}?q=chen")

    assert len(answer.context["cl"].result_list) == count


# ---- the file of a person


@pytest.mark.parametrize(
    ("who", "labels"),
    [("zhao", {"结束任职", "上传照片", "公开电话"}), ("fang", {"结束任职", "上传照片", "公开电话"}), ("shen", set())],
)
def test_file_offers_the_verbs_to_who_may_do_them(who, labels, liu, signed_in, cast):
    answer = signed_in(cast[who]).get(f"{PEOPLE}{liu.pk}/change/")

    assert {link["label"] for link in answer.context["links"]} == labels
    assert all(label in page_of(answer).text for label in labels)


@pytest.mark.parametrize(("who", "labels"), [("zhao", ["批量上传照片", "换届"]), ("shen", [])])
def test_list_offers_change_of_term_and_photos_to_the_committee(who, labels, liu, signed_in, cast):
    assert [link["label"] for link in signed_in(cast[who]).get(PEOPLE).context["links"]] == labels


def test_file_says_which_number_is_public_since_when(liu, signed_in, zhao, shen):
    clerk, address = signed_in(zhao), f"{PEOPLE}{liu.pk}/change/"
    assert "没有公开。本人同意后，点“公开电话”记录。" in page_of(clerk.get(address)).text

    workflow.record_phone_agreement(liu, by=zhao, now=TODAY)
    assert "13800000001，2026年3月5日本人同意" in page_of(clerk.get(address)).text
    Person.objects.filter(pk=liu.pk).update(phone="13900000002")
    text = page_of(clerk.get(address)).text
    assert "13800000001，2026年3月5日本人同意；和现在的联系电话不一样" in text


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("person", "人员的档案和履职记录长期保存，不能删除。不再担任职务的，请打开这个人的档案，点“结束任职”。"),
        ("deputygroup", "代表小组不能删除，任职还要用到它。不再用的，请打开这个小组，去掉“在用”。"),
    ],
)
def test_deleting_is_refused_with_what_to_do_instead(address, sentence, liu, signed_in, zhao):
    pk = {"person": liu.pk, "deputygroup": DeputyGroup.objects.get().pk}[address]
    clerk, url = signed_in(zhao), f"/admin/deputies/{address}/{pk}/delete/"

    for answer in (clerk.get(url), clerk.post(url, {"post": "yes"})):
        assert answer.status_code == 403
        assert sentence in page_of(answer).text
    assert Person.objects.filter(pk=liu.pk).exists()


# ---- groups


def save_group(clerk, group: DeputyGroup | None, leader: Person | None, **values: str):
    address = f"/admin/deputies/deputygroup/{f'{group.pk}/change' if group else 'add'}/"
    sent = {"name": group.name if group else "新小组", "position": "1", "is_active": "on"}
    return clerk.post(address, sent | {"leader": str(leader.pk) if leader else ""} | values)


def test_leader_sits_in_the_group(liu, signed_in, zhao):
    clerk, group = signed_in(zhao), DeputyGroup.objects.get()
    stranger = PersonFactory(name="马立")
    MandateFactory(person=stranger, group=group, ends_on=date(2026, 3, 4))

    refused = save_group(clerk, group, stranger)
    new = save_group(clerk, None, liu)
    saved = save_group(clerk, group, liu)

    assert "马立今天没有在“第一小组”任职，不能当组长。请先在马立的任职里选这个小组。" in page_of(refused).text
    assert "新增的小组还没有成员。请先保存小组" in page_of(new).text
    assert saved.status_code == 302
    group.refresh_from_db()
    assert group.leader == liu


def test_leader_who_has_left_does_not_hold_up_another_correction_and_is_told(liu, signed_in, zhao):
    clerk, group = signed_in(zhao), DeputyGroup.objects.get()
    save_group(clerk, group, liu)
    liu.mandates.update(ends_on=date(2026, 3, 4))

    renamed = save_group(clerk, group, liu, name="改名小组")

    assert renamed.status_code == 302
    assert "刘思源（已不在本组任职）" in page_of(clerk.get("/admin/deputies/deputygroup/")).text


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_groups_counts_who_is_in_office_within_its_queries(
    count, clock, committee, signed_in, zhao, django_assert_max_num_queries
):
    for _ in range(count):
        group = DeputyGroupFactory()
        group.leader = MandateFactory(group=group).person
        group.save()
        MandateFactory(group=group, person=group.leader, level="city")
        MandateFactory(group=group, ends_on=date(2026, 3, 4))
    clerk = signed_in(zhao)

    with django_assert_max_num_queries(7):
        answer = clerk.get("/admin/deputies/deputygroup/")

    assert [group.member_count for group in answer.context["cl"].result_list] == [1] * count


def test_leader_is_looked_up_by_letters(liu, signed_in, zhao):
    query = {"app_label": "deputies", "model_name": "deputygroup", "field_name": "leader", "term": "lsy"}

    answer = signed_in(zhao).get("/admin/autocomplete/", query)

    assert [row["text"] for row in answer.json()["results"]] == ["刘思源"]


# ---- how a mandate began and ended, by a table

ROW = {"姓名": "马立", "职务": "居民议事员", "任职日期": "2024-05-20"}


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        ({"产生方式": "补选"}, ("by_election", "", None)),
        ({"产生方式": "选举"}, ("elected", "", None)),
        ({"离任日期": "2025-01-01", "离任原因": "调离"}, ("", "moved", date(2025, 1, 1))),
        (
            {"离任日期": "2025-01-01", "离任原因": "任期届满", "产生方式": "推选"},
            ("recommended", "term_ended", date(2025, 1, 1)),
        ),
    ],
)
def test_table_brings_how_a_mandate_began_and_ended(cells, kept, clock, committee, signed_in, zhao):
    choose_rows(signed_in(zhao), ROW | cells).confirm()

    mandate = Person.objects.get().mandates.get()
    assert (mandate.began_by, mandate.ended_by, mandate.ends_on) == kept


def test_table_without_these_columns_leaves_them_alone(clock, committee, signed_in, zhao):
    person = PersonFactory(name="马立")
    MandateFactory(
        person=person, kind="councillor", term="", starts_on=date(2024, 5, 20), began_by="by_election",
        ends_on=date(2025, 1, 1), ended_by="resigned",
    )  # fmt: skip
    old = tuple(title for title in TITLES if title not in ("产生方式", "离任原因"))

    choose_rows(signed_in(zhao), ROW | {"离任日期": "2025-02-01"}, titles=old).confirm()

    mandate = person.mandates.get()
    assert (mandate.began_by, mandate.ended_by, mandate.ends_on) == ("by_election", "resigned", date(2025, 2, 1))


def test_reason_without_a_day_is_refused_at_its_cell(clock, committee, signed_in, zhao):
    preview = choose_rows(signed_in(zhao), ROW | {"离任原因": "辞职"})

    assert preview.faults == [(2, "N 列（离任原因）", "填了离任原因，也要填离任日期。")]


# ---- accounts, and what is typed into a field that looks things up


def test_nobody_links_or_unlinks_their_own_account(liu, signed_in, zhao, sun):
    clerk, address, sentence = signed_in(zhao), f"{PEOPLE}{liu.pk}/change/", "不能把档案和自己的账户连上或者断开。"

    assert sentence in page_of(clerk.post(address, sent(user=str(zhao.pk)))).text
    Person.objects.filter(pk=liu.pk).update(user=zhao)
    assert sentence in page_of(clerk.post(address, sent())).text
    assert sentence in page_of(clerk.post(address, sent(user=str(sun.pk)))).text
    liu.refresh_from_db()
    assert liu.user == zhao
    assert clerk.post(address, sent(user=str(zhao.pk), phone="13800000009")).status_code == 302
    assert signed_in(sun).post(address, sent()).status_code == 302
    liu.refresh_from_db()
    assert liu.user is None


@pytest.mark.parametrize("typed", ["abc", "9" * 30, "9" * 5000, "\x00", "1\x00", "-1", "²"])
@pytest.mark.parametrize(
    ("page", "values"),
    [
        ("person", {"user": "{}"}),
        ("person", {"mandates-TOTAL_FORMS": "1", "mandates-0-kind": "councillor", "mandates-0-community": "{}"}),
        ("deputygroup", {"position": "1", "leader": "{}"}),
    ],
)
def test_what_cannot_be_looked_up_is_a_mistake_in_its_field(page, values, typed, liu, signed_in, zhao):
    filled = {name: value.format(typed) for name, value in values.items()}

    answer = signed_in(zhao).post(f"/admin/deputies/{page}/add/", sent(name="马立") | filled)

    assert answer.status_code == 200
    assert "列表里没有这一项，请重新选择。" in page_of(answer).text
    assert Person.objects.count() == 1


# ---- a number that changes is no longer the one that was agreed to


@pytest.fixture
def public_liu(liu, chen, zhao) -> Person:
    Person.objects.filter(user=chen).update(user=None)
    liu.user = chen
    liu.save(update_fields=["user"])
    workflow.record_phone_agreement(liu, by=zhao, now=TODAY)
    Message.objects.all().delete()
    return liu


def assert_no_longer_public(person: Person) -> None:
    person.refresh_from_db()
    assert (person.public_phone, person.phone_agreed_on, person.phone_agreed_by) == ("", None, None)
    message = Message.objects.get()
    assert (message.recipient, message.subject) == (person.user, "您的联系电话不再公开")
    history = LogEntry.objects.filter(object_id=str(person.pk)).values_list("change_message", flat=True)
    assert list(history).count("联系电话有变，原来同意公开的号码停止公开。") == 1


@pytest.mark.parametrize("phone", ["", "13900000002"])
def test_number_changed_in_the_file_is_no_longer_public(phone, public_liu, signed_in, zhao):
    user = str(public_liu.user_id)

    signed_in(zhao).post(f"{PEOPLE}{public_liu.pk}/change/", sent(phone=phone, user=user))

    assert_no_longer_public(public_liu)
    assert public_liu.phone == phone


def test_number_changed_by_a_table_is_no_longer_public(public_liu, signed_in, zhao):
    row = {"姓名": "刘思源", "出生日期": "1978-03-05", "联系电话": "13900000002"}

    choose_rows(signed_in(zhao), row | {"职务": ""}).confirm()

    assert_no_longer_public(public_liu)
    assert public_liu.phone == "13900000002"


def test_number_stays_public_when_something_else_changes(public_liu, signed_in, zhao):
    signed_in(zhao).post(
        f"{PEOPLE}{public_liu.pk}/change/",
        sent(phone="138 0000 0001", born_on="1978-03-06", user=str(public_liu.user_id)),
    )

    public_liu.refresh_from_db()
    assert (public_liu.born_on, public_liu.public_phone) == (date(1978, 3, 6), "13800000001")
    assert not Message.objects.exists()
