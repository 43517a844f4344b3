"""Change of term (换届): one step ends a whole body and begins the next, and the pages that lead to it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied

from deputies import workflow
from deputies.choices import CongressLevel, ConstituencyType, MandateEnd, MandateKind
from deputies.models import DeputyGroup, Mandate, Person
from deputies.workflow import TermSeat, change_term
from tests.factories import CommunityFactory, DeputyGroupFactory, MandateFactory, PersonFactory
from tests.import_door import PEOPLE
from tests.pages import page_of
from tests.suggestions.story import TODAY

PAGE = f"{PEOPLE}change-term/"
STARTS, LAST = date(2026, 4, 1), date(2026, 3, 31)


@pytest.fixture
def group(db) -> DeputyGroup:
    return DeputyGroupFactory(name="第一小组")


@pytest.fixture
def county(clock, committee, group) -> dict[str, Person]:
    """Three deputies of the county in office, one who has left, and people of other bodies."""
    people = {name: PersonFactory(name=name) for name in ("白露", "程远", "戴月")}
    seats = zip(people.values(), ("第 1 选区", "第 2 选区", "第 3 选区"), strict=True)
    for person, district in seats:
        MandateFactory(person=person, district=district, group=group, constituency_type=ConstituencyType.WORKER)
    MandateFactory(person=PersonFactory(name="早离任"), ends_on=date(2025, 6, 30), ended_by=MandateEnd.RESIGNED)
    MandateFactory(person=people["白露"], kind=MandateKind.COUNCILLOR, term="第一届")
    MandateFactory(person=people["程远"], level=CongressLevel.CITY)
    return people


def change(by, *seats: TermSeat, **values: Any) -> list[Mandate]:
    given = {"level": CongressLevel.COUNTY, "old_term": "第十七届", "new_term": "第十八届", "starts_on": STARTS}
    return change_term(**given | values, seats=seats, by=by, now=TODAY)


def of_county() -> dict[str, list[tuple]]:
    rows: dict[str, list[tuple]] = {}
    mandates = Mandate.objects.filter(level=CongressLevel.COUNTY).order_by("starts_on", "pk")
    for mandate in mandates.select_related("person"):
        row = (mandate.term, mandate.starts_on, mandate.ends_on, mandate.ended_by)
        rows.setdefault(mandate.person.name, []).append(row)
    return rows


# ---- the verb


def test_everybody_ends_the_day_before_and_who_goes_on_begins_that_day(county, group, zhao):
    other, place = DeputyGroupFactory(), CommunityFactory()
    new = PersonFactory(name="新当选")

    begun = change(
        zhao,
        TermSeat(county["程远"], "第 9 选区", ConstituencyType.FARMER, other, place),
        TermSeat(new),
    )

    old = ("第十七届", date(2022, 1, 10), LAST, "term_ended")
    assert of_county() == {
        "白露": [old],
        "程远": [old, ("第十八届", STARTS, None, "")],
        "戴月": [old],
        "早离任": [("第十七届", date(2022, 1, 10), date(2025, 6, 30), "resigned")],
        "新当选": [("第十八届", STARTS, None, "")],
    }
    seat = begun[0]
    assert (seat.district, seat.constituency_type, seat.group, seat.community, seat.began_by) == (
        "第 9 选区", "farmer", other, place, "elected",
    )  # fmt: skip
    assert [mandate.person for mandate in begun] == [county["程远"], new]
    assert Mandate.objects.exclude(level=CongressLevel.COUNTY).filter(ends_on__isnull=False).count() == 0


def test_residents_council_has_no_level_and_its_members_are_recommended(county, zhao):
    (seat,) = change(zhao, TermSeat(county["白露"]), level="", old_term="第一届", new_term="第二届")

    assert (seat.kind, seat.level, seat.began_by) == ("councillor", "", "recommended")
    assert Mandate.objects.filter(kind=MandateKind.COUNCILLOR, ends_on=LAST).count() == 1
    assert not Mandate.objects.filter(kind=MandateKind.DEPUTY, ends_on=LAST).exists()


def test_term_written_otherwise_ends_too_and_a_planned_end_keeps_its_reason(county, zhao):
    MandateFactory(person=PersonFactory(name="写法不同"), term="十七届")
    MandateFactory(person=PersonFactory(name="到期"), ends_on=LAST)
    MandateFactory(person=PersonFactory(name="辞职"), ends_on=LAST, ended_by=MandateEnd.RESIGNED)
    MandateFactory(person=PersonFactory(name="更晚"), ends_on=date(2027, 1, 9), ended_by=MandateEnd.OTHER)

    change(zhao)

    ends = {name: rows[0][2:] for name, rows in of_county().items()}
    assert ends["写法不同"] == ends["到期"] == ends["更晚"] == (LAST, "term_ended")
    assert ends["辞职"] == (LAST, "resigned")


def test_history_of_each_person_says_what_became_of_them(county, zhao):
    change(zhao, TermSeat(county["程远"]), TermSeat(PersonFactory(name="新当选")))

    entries = LogEntry.objects.order_by("pk").values_list("object_repr", "change_message", "user")
    assert {name: (message, user) for name, message, user in entries} == {
        "白露": ("换届：任职“县（市、区）人大代表”2026年3月31日任期届满。", zhao.pk),
        "戴月": ("换届：任职“县（市、区）人大代表”2026年3月31日任期届满。", zhao.pk),
        "程远": ("换届：2026年4月1日起连任“县（市、区）人大代表”，第十八届。", zhao.pk),
        "新当选": ("换届：2026年4月1日起新任“县（市、区）人大代表”，第十八届。", zhao.pk),
    }


def test_leader_who_leaves_the_group_leads_it_no_longer(county, group, zhao):
    group.leader = county["戴月"]
    group.save()

    change(zhao, TermSeat(county["程远"], group=group), starts_on=date(2026, 3, 5))

    group.refresh_from_db()
    assert group.leader is None


def test_leader_who_goes_on_in_the_group_leads_it_further(county, group, zhao):
    group.leader = county["程远"]
    group.save()

    change(zhao, TermSeat(county["程远"], group=group), starts_on=date(2026, 3, 5))

    group.refresh_from_db()
    assert group.leader == county["程远"]


NOT_THERE = (
    "2026年3月31日在任的县（市、区）人大代表里没有届次为“第十六届”的，没有可以结束的任职。请核对层级、届次和日期。"
)


@pytest.mark.parametrize(
    ("values", "refusal", "sentence"),
    [
        ({"old_term": "第十六届"}, workflow.TermNotAllowed, NOT_THERE),
        ({"old_term": ""}, workflow.TermNotAllowed, NOT_THERE.replace("届次为“第十六届”的", "不写届次的")),
        ({"level": CongressLevel.TOWNSHIP}, workflow.TermNotAllowed,
         NOT_THERE.replace("县（市、区）", "乡镇").replace("十六", "十七")),
        ({"new_term": "第十七届"}, workflow.TermNotAllowed, "新一届不能还叫“第十七届”，请填新的届次。"),
        ({"new_term": " "}, workflow.TermNotAllowed, "请填新一届的届次，例如 第十八届。"),
        ({"new_term": "届" * 21}, workflow.TermNotAllowed, "新一届的届次最多 20 个字，例如 第十八届。"),
        ({"new_term": "第十五届"}, workflow.TermNotAllowed, "“第十五届”以前用过，新一届要有新的届次。"),
        ({"starts_on": date(2022, 1, 10)}, workflow.TermNotAllowed,
         "2022年1月9日在任的县（市、区）人大代表里没有届次为“第十七届”的，没有可以结束的任职。请核对层级、届次和日期。"),
        ({"starts_on": date(2024, 1, 1)}, workflow.MandateDayNotAllowed,
         "新一届要晚于原来每一项任职开始：有一项县（市、区）人大代表从2025年1月1日起，请核对日期。"),
        ({"starts_on": date(2027, 3, 7)}, workflow.MandateDayNotAllowed,
         "新一届的开始日期最晚到2027年3月6日，请核对年份。"),
    ],
)  # fmt: skip
def test_change_is_refused(values, refusal, sentence, county, zhao, everything):
    MandateFactory(person=PersonFactory(name="补选"), starts_on=date(2025, 1, 1))
    MandateFactory(
        person=PersonFactory(name="更早"), term="第十五届", starts_on=date(2012, 1, 1), ends_on=date(2016, 12, 31)
    )
    before = everything()

    with pytest.raises(refusal) as told:
        change(zhao, **values)

    assert str(told.value) == sentence
    assert everything() == before


def test_seats_that_cannot_be_are_refused_and_nothing_ends(county, zhao, everything):
    closed = DeputyGroupFactory(name="旧小组", is_active=False)
    before = everything()

    for seats, sentence in [
        ([TermSeat(county["程远"]), TermSeat(county["程远"])], "“程远”在新一届的名单里写了两次，请只留一处。"),
        ([TermSeat(county["程远"], group=closed)], "“旧小组”已经停用，请给程远换成在用的代表小组。"),
        ([TermSeat(county["程远"], district="区" * 41)], "程远：最多写 40 个字，现在是 41 个字。"),
    ]:
        with pytest.raises(workflow.TermNotAllowed) as told:
            change(zhao, *seats)
        assert str(told.value).startswith(sentence)

    assert everything() == before


@pytest.mark.parametrize("who", ["chen", "he", "wu", "shen", "admin"])
def test_change_is_for_the_committee(who, county, cast):
    with pytest.raises(PermissionDenied):
        change(cast[who])

    assert Mandate.objects.filter(term="第十八届").count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_change_stays_within_its_queries(count, county, zhao, django_assert_max_num_queries):
    people = PersonFactory.create_batch(count)

    with django_assert_max_num_queries(13):
        change(zhao, *(TermSeat(person) for person in people))


# ---- the pages


CHOSEN = {"term": "county:第十七届", "new_term": "第十八届", "starts_on": "2026-04-01"}


def query(**values: str) -> str:
    return "?" + "&".join(f"{name}={value}" for name, value in (CHOSEN | values).items())


def test_first_page_offers_the_terms_in_force_with_their_numbers(county, signed_in, zhao):
    page = page_of(signed_in(zhao).get(PAGE))

    assert "设区的市人大代表第十七届（1 人） 县（市、区）人大代表第十七届（3 人） 居民议事会第一届（1 人）" in page.text
    assert page.form_with("term").method == "get"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"term": ""}, "请选到届的是哪一届。"),
        ({"term": "county:第一届"}, "今天没有这一届在任的人，请重新选择。"),
        ({"new_term": ""}, "请填新一届的届次，例如 第十八届。"),
        ({"new_term": "届" * 21}, "届次最多 20 个字。"),
        ({"starts_on": ""}, "请填新一届开始的日期。"),
        ({"starts_on": "明年"}, "请填一个日期，例如 2026-03-05。"),
        ({"starts_on": "0001-01-01"}, "日期太早了，请核对年份。"),
    ],
)
def test_first_page_says_what_is_missing(values, sentence, county, signed_in, zhao):
    clerk = signed_in(zhao)

    for answer in (clerk.get(PAGE + query(**values)), clerk.post(PAGE + query(**values))):
        assert answer.status_code == 200
        assert sentence in page_of(answer).text


def test_journey_from_the_choice_to_the_new_term(county, group, signed_in, zhao):
    clerk = signed_in(zhao)
    other = DeputyGroupFactory(name="第二小组")
    form = page_of(clerk.get(PAGE + query())).form_with(f"{mandate_of('程远').pk}-district")
    assert [name for name in form.values if name.endswith("continues")] == []
    assert form.value(f"{mandate_of('程远').pk}-district") == "第 2 选区"
    assert form.value(f"{mandate_of('程远').pk}-group") == str(group.pk)

    sent = {name: form.value(name) for name in form.values} | {
        f"{mandate_of('程远').pk}-continues": "on",
        f"{mandate_of('程远').pk}-district": "第 12 选区",
        f"{mandate_of('程远').pk}-group": str(other.pk),
        f"{mandate_of('白露').pk}-continues": "on",
    }
    counted = clerk.post(PAGE + query(), sent)
    assert "3 人任期届满，其中 2 人连任，1 人离任。" in page_of(counted).text
    assert Mandate.objects.filter(term="第十八届").count() == 0

    done = clerk.post(PAGE + query(), sent | {"confirm": counted.context["fingerprint"]}, follow=True)

    assert (
        "换届已办：第十八届县（市、区）人大代表从4月1日开始，3 人任期届满，其中 2 人连任，1 人离任。"
        in page_of(done).text
    )
    new = Mandate.objects.get(term="第十八届", person=county["程远"])
    assert (new.district, new.constituency_type, new.group) == ("第 12 选区", "worker", other)
    assert {row[2] for rows in of_county().values() for row in rows[:1]} == {LAST, date(2025, 6, 30)}


def mandate_of(name: str) -> Mandate:
    return Mandate.objects.get(person__name=name, level=CongressLevel.COUNTY)


def test_list_that_changed_since_it_was_counted_is_not_carried_out(county, signed_in, zhao):
    clerk = signed_in(zhao)
    sent = {f"{mandate_of('程远').pk}-continues": "on"}
    counted = clerk.post(PAGE + query(), sent).context["fingerprint"]
    MandateFactory(person=PersonFactory(name="刚登记"))

    late = clerk.post(PAGE + query(), sent | {"confirm": counted})
    edited = clerk.post(
        PAGE + query(), sent | {"confirm": late.context["fingerprint"], f"{mandate_of('白露').pk}-continues": "on"}
    )

    for answer in (late, edited):
        assert answer.status_code == 409
        assert "没有换届：名单和上次预览的不一样，下面已经重新计算。请看过再确认。" in page_of(answer).text
    assert "4 人任期届满，其中 1 人连任，3 人离任。" in page_of(late).text
    assert Mandate.objects.filter(term="第十八届").count() == 0


def test_refusal_of_the_verb_stands_above_the_list_and_what_was_ticked_stays(county, signed_in, zhao):
    MandateFactory(term="第十八届", starts_on=date(2010, 1, 1), ends_on=date(2011, 1, 1))
    clerk = signed_in(zhao)
    name = f"{mandate_of('程远').pk}-continues"
    counted = clerk.post(PAGE + query(), {name: "on"}).context["fingerprint"]

    answer = clerk.post(PAGE + query(), {name: "on", "confirm": counted})

    page = page_of(answer)
    assert answer.status_code == 409
    assert "没有换届：“第十八届”以前用过，新一届要有新的届次。" in page.text
    assert page.form_with(name).value(name) == "on"


def test_field_of_the_list_is_refused_at_its_line(county, signed_in, zhao):
    pk = mandate_of("程远").pk
    sent = {f"{pk}-district": "区" * 41, f"{pk}-constituency_type": "x", f"{pk}-group": "999999"}

    page = page_of(signed_in(zhao).post(PAGE + query(), sent))

    assert "程远的选区最多 40 个字。" in page.text
    assert "列表里没有程远的这个代表类别，请重新选择。" in page.text
    assert "列表里没有程远的这个小组，请重新选择。" in page.text


def test_group_out_of_use_is_not_carried_over(county, group, signed_in, zhao):
    group.is_active = False
    group.save()

    form = page_of(signed_in(zhao).get(PAGE + query())).form_with(f"{mandate_of('程远').pk}-group")

    assert form.value(f"{mandate_of('程远').pk}-group") == ""


def test_day_on_which_nobody_is_in_office_leads_back(county, signed_in, zhao):
    page = page_of(signed_in(zhao).get(PAGE + query(starts_on="2000-01-01")))

    assert "1999年12月31日没有在任的人，没有可以结束的任职。" in page.text


def test_long_list_asks_only_who_goes_on(county, group, signed_in, zhao, monkeypatch):
    monkeypatch.setattr("deputies.forms.people.MOST_EDITABLE_SEATS", 2)
    clerk, pk = signed_in(zhao), mandate_of("程远").pk
    sent = {f"{pk}-continues": "on"}
    counted = clerk.post(PAGE + query(), sent)
    assert not [name for name in counted.context["form"].fields if not name.endswith("continues")]

    clerk.post(PAGE + query(), sent | {"confirm": counted.context["fingerprint"]})

    new = Mandate.objects.get(term="第十八届")
    assert (new.person, new.district, new.group) == (county["程远"], "第 2 选区", group)


@pytest.mark.parametrize("count", [1, 3])
def test_list_stays_within_its_queries(count, clock, committee, signed_in, zhao, django_assert_max_num_queries):
    MandateFactory.create_batch(count, group=DeputyGroupFactory(), community=CommunityFactory())
    clerk = signed_in(zhao)

    with django_assert_max_num_queries(9):
        answer = clerk.get(PAGE + query())

    assert len(answer.context["rows"]) == count
