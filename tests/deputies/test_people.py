"""Who is in office on a day, and how many that makes."""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from deputies import figures
from deputies.choices import CongressLevel, MandateKind
from deputies.models import Mandate, Person
from tests.factories import MandateFactory, PersonFactory
from tests.suggestions.story import moment


@pytest.fixture
def people(db) -> dict[str, Person]:
    both = PersonFactory(name="两样都是")
    MandateFactory(person=both)
    MandateFactory(person=both, level=CongressLevel.CITY)
    MandateFactory(person=both, kind=MandateKind.COUNCILLOR)
    ended, begins = PersonFactory(name="年底前离任"), PersonFactory(name="元旦上任")
    MandateFactory(person=ended, ends_on=date(2026, 12, 30))
    MandateFactory(person=begins, starts_on=date(2027, 1, 1))
    last_day = PersonFactory(name="任到年底")
    MandateFactory(person=last_day, ends_on=date(2026, 12, 31))
    councillor = PersonFactory(name="议事员")
    MandateFactory(person=councillor, kind=MandateKind.COUNCILLOR)
    PersonFactory(name="没有任职")
    return {person.name: person for person in Person.objects.all()}


BY_HAND = {
    "deputies": {"两样都是", "任到年底"},
    "councillors": {"两样都是", "议事员"},
    "people": {"两样都是", "任到年底", "议事员"},
}


@pytest.mark.parametrize("key", BY_HAND)
def test_figure_counts_people_in_office_at_the_end_of_the_year_each_once(people, clock, key):
    clock.move_to(moment(1, 2, year=2027))
    figure = {figure.key: figure for figure in figures.annual_figures(year=2026)}[f"deputies.{key}"]

    assert {person.name for person in figures.selected(key, year=2026)} == BY_HAND[key]
    assert (figure.value, figure.text) == (len(BY_HAND[key]), f"{len(BY_HAND[key])} 名")


def test_every_figure_is_as_long_as_the_list_behind_it(people, signed_in, zhao):
    for figure in figures.people.annual_figures(year=2026):
        answer = signed_in(zhao).get(figure.query)
        assert answer.status_code == 200
        assert answer.context["cl"].result_count == figure.value


def listed(browser, query="") -> dict[str, list[str]]:
    """Return the rows of the list: the name, and what stands in the columns after it."""
    html = browser.get(f"/admin/deputies/person/{query}").content.decode().partition("<tbody>")[2]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in html.partition("</tbody>")[0].split("</tr>")[:-1]]
    return {re.sub("<.*?>", "", name): cells for name, *cells in rows}


def test_list_says_what_each_person_sits_on_today(people, signed_in, zhao):
    moved = PersonFactory(name="换过社区")
    MandateFactory(person=moved, ends_on=date(2022, 6, 1), district="第 9 选区")
    MandateFactory(person=moved, district="第 2 选区")

    rows = listed(signed_in(zhao))

    assert rows["换过社区"][1:3] == ["县（市、区）人大代表", "第 2 选区"]
    assert set(rows["两样都是"][1].split("，")) == {"县（市、区）人大代表", "设区的市人大代表", "居民议事员"}
    assert rows["没有任职"][1] == "不在任"


@pytest.mark.parametrize("office", ["deputy", "councillor", "any", "none"])
def test_list_is_filtered_by_office(people, signed_in, zhao, office):
    today = timezone.localdate()
    in_office = set(Person.objects.in_office(today))
    expected = {
        "deputy": set(Person.objects.deputies(today)),
        "councillor": set(Person.objects.councillors(today)),
        "any": in_office,
        "none": set(Person.objects.all()) - in_office,
    }[office]

    found = listed(signed_in(zhao), f"?office={office}")

    assert set(found) == {person.name for person in expected} != set()
    assert len(found) < len(people)


@pytest.mark.parametrize("count", [1, 3])
def test_list_stays_within_its_queries(count, db, committee, signed_in, zhao, community, django_assert_max_num_queries):
    MandateFactory.create_batch(count, community=community)
    browser = signed_in(zhao)

    with django_assert_max_num_queries(10):
        assert len(listed(browser)) == count


@pytest.mark.parametrize(
    "query",
    ["figure=deputies&year=0", "figure=deputies&year=x", "figure=x&year=2026", f"figure=people&year={'9' * 5000}"],
)
def test_forged_filters_of_the_list_never_break_it(people, signed_in, zhao, query):
    assert signed_in(zhao).get(f"/admin/deputies/person/?{query}").status_code in (200, 302)


@pytest.mark.parametrize("count", [1, 3])
def test_figures_of_people_cost_one_query_together(count, db, django_assert_num_queries):
    MandateFactory.create_batch(count)

    with django_assert_num_queries(1):
        figures.people.annual_figures(year=2026)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"ends_on": date(2021, 1, 1)}, "离任日期不能早于任职日期。"),
        ({"level": ""}, "人大代表要选人大层级，居民议事员不选。"),
        ({"kind": MandateKind.COUNCILLOR, "level": CongressLevel.COUNTY}, "人大代表要选人大层级，居民议事员不选。"),
    ],
)
def test_mandate_that_cannot_be_is_refused_with_a_sentence(db, fields, sentence):
    mandate = Mandate(
        **{
            "person": PersonFactory(), "kind": MandateKind.DEPUTY, "level": CongressLevel.COUNTY,
            "starts_on": date(2022, 1, 10),
        } | fields
    )  # fmt: skip

    with pytest.raises(ValidationError) as refusal:
        mandate.full_clean()

    assert sentence in refusal.value.messages


def test_mandate_names_itself(db):
    assert str(MandateFactory()) == "县（市、区）人大代表"
    assert str(MandateFactory(kind=MandateKind.COUNCILLOR)) == "居民议事员"


# ---- the deputy's own page


def test_own_page_shows_mandates_and_what_was_passed_on_and_nothing_else(signed_in, chen, he, office):
    mine = office.case_in("assigned", raised_by=chen.person)
    office.case_in("assigned", raised_by=he.person)
    office.case_in("submitted")

    page = signed_in(chen).get("/own/")

    assert [row["suggestion"] for row in page.context["rows"]] == [mine]
    assert [str(mandate) for mandate in page.context["seat"].in_force] == ["县（市、区）人大代表"]


def test_case_of_the_raiser_can_be_read_but_nothing_done(signed_in, chen, lin, office):
    case = office.case_in("replied", raised_by=chen.person)
    address = f"/suggestions/raised/{case.pk}/"

    page = signed_in(chen).get(address)

    html = page.content.decode()
    assert case.matter in html
    assert case.contact_phone not in html
    assert "王女士" not in html
    assert html.partition("<main")[2].count("<form") == 0
    assert signed_in(lin).get(address).status_code == 404
    assert signed_in(chen).post(address).status_code == 405
