"""The end of a mandate, the portrait, the public number: the verbs, and the pages that call them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied

from congress_portal.common.uploads import PDF, PreparedFile, UploadRefused, accept_photo
from congress_portal.notifications.models import Message
from deputies import workflow
from deputies.choices import CongressLevel, MandateEnd, MandateKind
from deputies.models import Mandate, Person, PersonPhoto
from deputies.selectors.people import photo_of
from tests.common.pictures import opened, picture, upload
from tests.factories import DeputyGroupFactory, MandateFactory, PersonFactory
from tests.import_door import PEOPLE
from tests.pages import page_of
from tests.suggestions.story import TODAY

TODAY_ON = date(2026, 3, 5)
NOT_THE_COMMITTEE = ("chen", "he", "wu", "shen", "admin")


@pytest.fixture
def mandate(clock, committee, cast) -> Mandate:
    return Mandate.objects.get(person=cast["chen"].person)


@pytest.fixture
def stored_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return lambda: [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def history(person: Person) -> list[str]:
    entries = LogEntry.objects.filter(content_type__model="person", object_id=str(person.pk)).order_by("pk")
    return [entry.get_change_message() for entry in entries]


def end(mandate: Mandate, by, ends_on: date = TODAY_ON, ended_by: str = MandateEnd.RESIGNED) -> Mandate:
    return workflow.end_mandate(mandate, ends_on=ends_on, ended_by=ended_by, by=by, now=TODAY)


# ---- end of a mandate


def test_end_keeps_day_and_reason_and_stands_in_the_history(mandate, zhao):
    end(mandate, zhao)

    mandate.refresh_from_db()
    assert (mandate.ends_on, mandate.ended_by) == (TODAY_ON, "resigned")
    assert history(mandate.person) == ["结束任职“县（市、区）人大代表”：最后一天2026年3月5日，辞职。"]
    assert LogEntry.objects.get().user == zhao
    assert Person.objects.deputies(TODAY_ON).filter(pk=mandate.person.pk).exists()
    assert not Person.objects.deputies(TODAY_ON + timedelta(days=1)).filter(pk=mandate.person.pk).exists()


def test_end_that_was_planned_may_come_sooner(mandate, zhao):
    end(mandate, zhao, ends_on=date(2027, 1, 9), ended_by=MandateEnd.TERM_ENDED)

    end(mandate, zhao, ended_by=MandateEnd.MOVED)

    mandate.refresh_from_db()
    assert (mandate.ends_on, mandate.ended_by) == (TODAY_ON, "moved")


@pytest.mark.parametrize(
    ("on_file", "ends_on", "ended_by", "refusal", "sentence"),
    [
        (date(2026, 3, 4), TODAY_ON, "resigned", workflow.MoveNotAllowed,
         "陈思齐的县（市、区）人大代表已经在2026年3月4日结束。日期或原因登记错了的，请在档案里更正。"),
        (None, date(2022, 1, 9), "resigned", workflow.MandateDayNotAllowed,
         "最后一天不能早于任职日期（2022年1月10日），请核对。"),
        (None, date(2027, 3, 7), "resigned", workflow.MandateDayNotAllowed, "最后一天最晚到2027年3月6日，请核对年份。"),
        (None, TODAY_ON, "", workflow.ReasonMissing, "请选离任原因。"),
        (None, TODAY_ON, "bored", workflow.ReasonMissing, "请选离任原因。"),
    ],
)  # fmt: skip
def test_end_is_refused(on_file, ends_on, ended_by, refusal, sentence, mandate, zhao, everything):
    Mandate.objects.filter(pk=mandate.pk).update(ends_on=on_file)
    before = everything()

    with pytest.raises(refusal) as told:
        end(mandate, zhao, ends_on=ends_on, ended_by=ended_by)

    assert str(told.value) == sentence
    assert everything() == before


@pytest.mark.parametrize("ends_on", [date(2022, 1, 10), date(2027, 3, 6)])
def test_end_may_be_the_first_day_or_a_year_ahead(ends_on, mandate, zhao):
    assert end(mandate, zhao, ends_on=ends_on).ends_on == ends_on


@pytest.mark.parametrize("who", NOT_THE_COMMITTEE)
def test_end_is_for_the_committee(who, mandate, cast):
    with pytest.raises(PermissionDenied):
        end(mandate, cast[who])

    mandate.refresh_from_db()
    assert mandate.ends_on is None


@pytest.mark.parametrize(
    ("ends_on", "other_seat", "still_leads"),
    [(TODAY_ON, False, False), (date(2026, 3, 6), False, True), (TODAY_ON, True, True)],
)
def test_group_has_no_leader_who_has_left_it(ends_on, other_seat, still_leads, mandate, zhao):
    group = DeputyGroupFactory(leader=mandate.person)
    Mandate.objects.filter(pk=mandate.pk).update(group=group)
    if other_seat:
        MandateFactory(person=mandate.person, kind=MandateKind.COUNCILLOR, group=group)

    end(mandate, zhao, ends_on=ends_on)

    group.refresh_from_db()
    assert (group.leader == mandate.person) is still_leads


def test_end_page_asks_for_reason_and_day(mandate, signed_in, zhao):
    clerk, address = signed_in(zhao), f"{PEOPLE}{mandate.person.pk}/end/"
    form = page_of(clerk.get(address)).form_with("ends_on")

    assert (form.value("mandate"), form.value("ends_on"), form.value("ended_by")) == (str(mandate.pk), "2026-03-05", "")
    refused = page_of(clerk.post(address, {"mandate": mandate.pk, "ends_on": "2026-03-05", "ended_by": ""}))
    assert "请选离任原因。" in refused.text
    early = page_of(clerk.post(address, {"mandate": mandate.pk, "ends_on": "2020-01-01", "ended_by": "resigned"}))
    assert "最后一天不能早于任职日期（2022年1月10日），请核对。" in early.text
    assert early.form_with("ends_on").value("ends_on") == "2020-01-01"

    done = clerk.post(address, {"mandate": mandate.pk, "ends_on": "2026-03-05", "ended_by": "resigned"}, follow=True)

    assert "已记录：陈思齐的县（市、区）人大代表到3月5日为止，辞职。" in page_of(done).text
    mandate.refresh_from_db()
    assert mandate.ends_on == TODAY_ON


def test_end_page_lists_only_that_persons_mandates_that_go_on(mandate, signed_in, zhao, cast):
    MandateFactory(person=mandate.person, level=CongressLevel.CITY, ends_on=date(2026, 3, 4))
    other = Mandate.objects.get(person=cast["lin"].person)
    clerk, address = signed_in(zhao), f"{PEOPLE}{mandate.person.pk}/end/"

    page = page_of(clerk.get(address))
    forged = clerk.post(address, {"mandate": other.pk, "ends_on": "2026-03-05", "ended_by": "resigned"})

    assert "设区的市" not in page.text
    assert "这一项任职已经结束，请重新选择。" in page_of(forged).text
    other.refresh_from_db()
    assert other.ends_on is None


def test_end_page_says_so_where_nothing_can_end(clock, committee, signed_in, zhao):
    person = PersonFactory(name="马立")

    page = page_of(signed_in(zhao).get(f"{PEOPLE}{person.pk}/end/"))

    assert "马立现在没有可以结束的任职。" in page.text
    assert not [form for form in page.forms if "ends_on" in form.values]


# ---- two mandates at a time


def inline(*rows: dict[str, str], initial: int = 0) -> dict[str, str]:
    sent = {
        "name": "刘思源", "sort_key": "", "born_on": "", "phone": "", "user": "",
        "mandates-TOTAL_FORMS": str(len(rows)), "mandates-INITIAL_FORMS": str(initial),
    }  # fmt: skip
    blank = {
        "kind": "deputy", "level": "county", "term": "第十七届", "district": "", "constituency_type": "", "group": "",
        "community": "", "began_by": "", "ends_on": "", "ended_by": "", "id": "", "person": "",
    }  # fmt: skip
    for number, row in enumerate(rows):
        sent |= {f"mandates-{number}-{name}": value for name, value in (blank | row).items()}
    return sent


OLD = {"term": "第十六届", "starts_on": "2017-01-10", "ends_on": "2022-01-09"}


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"starts_on": "2022-01-10"}, {"starts_on": "2024-01-01", "ends_on": "2024-06-30"}],
         "和另一项“县（市、区）人大代表”（第十七届，2022年1月10日至今）的任职时间重叠。"
         "同一级的同一种职务前后两项不能重叠，请核对任职日期和离任日期。"),
        ([OLD, {"starts_on": "2022-01-09"}], "（第十六届，2017年1月10日至2022年1月9日）的任职时间重叠。"),
        ([{"kind": "councillor", "level": "", "term": "", "starts_on": "2024-01-01"}] * 2,
         "和另一项“居民议事员”（2024年1月1日至今）的任职时间重叠。"),
        ([OLD], ""),
        ([OLD, {"starts_on": "2022-01-10"}], ""),
        ([{"starts_on": "2022-01-10"}, {"level": "city", "starts_on": "2022-01-10"}], ""),
        ([{"starts_on": "2022-01-10"}, {"kind": "councillor", "level": "", "starts_on": "2022-01-10"}], ""),
        ([{"starts_on": "2022-01-10", "ended_by": "resigned"}], "填了离任原因，也要填离任日期。"),
        ([{"starts_on": ""}, {"starts_on": "2022-01-10"}], "请填写这一项。"),
    ],
)  # fmt: skip
def test_form_takes_no_two_mandates_of_one_kind_and_level_at_a_time(rows, sentence, clock, committee, signed_in, zhao):
    answer = signed_in(zhao).post(f"{PEOPLE}add/", inline(*rows))

    assert (answer.status_code == 302) is (sentence == "")
    assert sentence in page_of(answer).text
    assert Mandate.objects.count() == (len(rows) if sentence == "" else 0)


def test_what_overlaps_on_file_already_does_not_hold_up_another_correction(clock, committee, signed_in, zhao):
    person = PersonFactory(name="刘思源")
    rows = [
        {"id": str(mandate.pk), "person": str(person.pk), "starts_on": "2022-01-10"}
        for mandate in MandateFactory.create_batch(2, person=person)
    ]
    clerk, address = signed_in(zhao), f"{PEOPLE}{person.pk}/change/"

    renamed = clerk.post(address, inline(*rows, initial=2) | {"name": "刘思远"})
    moved = clerk.post(address, inline(rows[0], rows[1] | {"starts_on": "2023-01-01"}, initial=2))

    person.refresh_from_db()
    assert (renamed.status_code, person.name) == (302, "刘思远")
    assert "任职时间重叠" in page_of(moved).text


def test_form_keeps_how_a_mandate_began_and_ended(clock, committee, signed_in, zhao):
    row = {"starts_on": "2024-03-01", "began_by": "by_election", "ends_on": "2025-03-01", "ended_by": "moved"}

    signed_in(zhao).post(f"{PEOPLE}add/", inline(row))

    mandate = Mandate.objects.get()
    assert (mandate.get_began_by_display(), mandate.get_ended_by_display()) == ("补选", "迁出或调离")


# ---- the portrait


def test_photo_takes_the_place_of_the_one_before_file_and_all(
    mandate, zhao, stored_files, django_capture_on_commit_callbacks
):
    person = mandate.person
    workflow.set_photo(person, photo=accept_photo(upload(picture())), by=zhao, now=TODAY)
    first = photo_of(person)

    with django_capture_on_commit_callbacks(execute=True):
        second = workflow.set_photo(person, photo=accept_photo(upload(picture(color=(0, 200, 0)))), by=zhao, now=TODAY)

    assert photo_of(person) == second != first
    assert PersonPhoto.objects.count() == len(stored_files()) == 1
    assert second.uploaded_by == zhao
    assert history(person) == ["上传照片。", "更换照片。"]


def test_photo_that_is_none_is_refused_and_the_old_one_stays(mandate, zhao, stored_files):
    old = workflow.set_photo(mandate.person, photo=accept_photo(upload(picture())), by=zhao, now=TODAY)

    with pytest.raises(UploadRefused, match="不是照片"):
        workflow.set_photo(mandate.person, photo=PreparedFile(b"%PDF-", "张三.pdf", PDF), by=zhao, now=TODAY)

    assert photo_of(mandate.person) == old
    assert len(stored_files()) == 1


@pytest.mark.parametrize("who", NOT_THE_COMMITTEE)
def test_photo_is_set_by_the_committee(who, mandate, cast, stored_files):
    with pytest.raises(PermissionDenied):
        workflow.set_photo(mandate.person, photo=accept_photo(upload(picture())), by=cast[who], now=TODAY)

    assert photo_of(mandate.person) is None


def test_photo_page_makes_a_large_picture_light(mandate, signed_in, zhao, stored_files):
    clerk, address = signed_in(zhao), f"{PEOPLE}{mandate.person.pk}/photo/"

    answer = clerk.post(address, {"photo": upload(picture(size=(3000, 4000)))}, follow=True)

    assert "陈思齐的照片已经上传" in page_of(answer).text
    photo = photo_of(mandate.person)
    assert opened(stored_files()[0].read_bytes()).size == (675, 900)
    assert f"/deputies/portraits/{photo.pk}/" in answer.content.decode()


def test_photo_page_refuses_with_a_sentence(mandate, signed_in, zhao, stored_files):
    clerk, address = signed_in(zhao), f"{PEOPLE}{mandate.person.pk}/photo/"

    nothing = clerk.post(address)
    no_picture = clerk.post(address, {"photo": upload("不是照片".encode(), "陈思齐.jpg")})

    assert "请选择照片。" in page_of(nothing).text
    assert "“陈思齐.jpg”不是照片。" in page_of(no_picture).text
    assert stored_files() == []


# ---- the public number


@pytest.fixture
def chen_with_phone(mandate) -> Person:
    person = mandate.person
    person.phone = "13800000001"
    person.save()
    return person


def test_agreement_publishes_that_very_number(chen_with_phone, zhao):
    person = workflow.record_phone_agreement(chen_with_phone, by=zhao, now=TODAY)

    assert (person.public_phone, person.phone_agreed_on, person.phone_agreed_by) == ("13800000001", TODAY_ON, zhao)
    assert history(person) == ["记录本人同意公开联系电话。"]
    message = Message.objects.get()
    assert (message.recipient, message.subject) == (person.user, "您的联系电话已公开")
    assert "13800000001" not in message.body

    person.phone = "13900000002"
    person.save()
    assert Person.objects.get(pk=person.pk).public_phone == "13800000001"
    assert workflow.record_phone_agreement(person, by=zhao, now=TODAY).public_phone == "13900000002"


def test_deputy_agrees_and_withdraws_alone(chen_with_phone, cast):
    chen = cast["chen"]
    workflow.record_phone_agreement(chen_with_phone, by=chen, now=TODAY)

    person = workflow.withdraw_phone_agreement(chen_with_phone, by=chen, now=TODAY)

    assert (person.public_phone, person.phone_agreed_on, person.phone_agreed_by) == ("", None, None)
    assert history(person)[-1] == "记录本人不再同意公开联系电话。"
    assert Message.objects.count() == 0  # what they did themselves they are not told


@pytest.mark.parametrize("who", ["lin", "he", "wu", "shen", "admin"])
@pytest.mark.parametrize("verb", [workflow.record_phone_agreement, workflow.withdraw_phone_agreement])
def test_agreement_of_somebody_else_is_for_the_committee(verb, who, chen_with_phone, cast):
    with pytest.raises(PermissionDenied):
        verb(chen_with_phone, by=cast[who], now=TODAY)


def test_agreement_is_refused_without_a_number_and_twice(mandate, zhao):
    person = mandate.person
    with pytest.raises(workflow.PhoneMissing, match="陈思齐的档案里没有联系电话，不能公开。请先填联系电话。"):
        workflow.record_phone_agreement(person, by=zhao, now=TODAY)
    with pytest.raises(workflow.MoveNotAllowed, match="陈思齐现在没有公开电话，不用再记。"):
        workflow.withdraw_phone_agreement(person, by=zhao, now=TODAY)

    Person.objects.filter(pk=person.pk).update(phone="13800000001")
    workflow.record_phone_agreement(person, by=zhao, now=TODAY)
    with pytest.raises(workflow.MoveNotAllowed, match="这个号码从2026年3月5日起已经公开，不用再记。"):
        workflow.record_phone_agreement(person, by=zhao, now=TODAY)


def test_phone_page_asks_for_the_agreement_to_the_number_it_shows(chen_with_phone, signed_in, zhao):
    clerk, address = signed_in(zhao), f"{PEOPLE}{chen_with_phone.pk}/phone/"
    page = page_of(clerk.get(address))

    assert "陈思齐本人已经同意在公示栏公开 13800000001" in page.text
    unasked = page_of(clerk.post(address, {"phone": "13800000001"}))
    assert "本人同意了才能公开，请先征求本人意见。" in unasked.text
    Person.objects.filter(pk=chen_with_phone.pk).update(phone="13900000002")
    changed = page_of(clerk.post(address, {"agrees": "on", "phone": "13800000001"}))
    assert "您打开这一页以后，联系电话改过。" in changed.text
    assert changed.form_with("phone").values.keys() & {"agrees"} == set()
    assert Person.objects.get(pk=chen_with_phone.pk).public_phone == ""

    form = changed.form_with("phone")
    clerk.post(address, {"agrees": "on", "phone": form.value("phone")})
    shown = page_of(clerk.get(address))
    assert "公示栏现在公开 13900000002 ，本人 3月5日同意，赵经办记录。" in shown.text

    clerk.post(address, {"withdraw": "1"})
    assert Person.objects.get(pk=chen_with_phone.pk).public_phone == ""
    again = page_of(clerk.post(address, {"withdraw": "1"}, follow=True))
    assert "陈思齐现在没有公开电话，不用再记。" in again.text


@pytest.mark.parametrize("page", ["end", "photo", "phone"])
def test_pages_of_nobody_are_not_found(page, committee, signed_in, zhao):
    assert signed_in(zhao).get(f"{PEOPLE}999999/{page}/").status_code == 404
