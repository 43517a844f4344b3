"""Two clerks import in the same instant: what one wrote the other sees, and nobody is written twice."""

from __future__ import annotations

import contextlib
import threading
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, connection, transaction

from congress_portal.accounts import workflow as offices
from congress_portal.accounts.choices import Role
from congress_portal.accounts.models import Committee, Community
from congress_portal.common.import_plan import Plan, PlanOutdated
from deputies import workflow
from deputies.models import Mandate, Person
from deputies.workflow import PeoplePlan, PersonRow, importing
from tests.factories import CommunityFactory, MandateFactory, PersonFactory, UserFactory
from tests.suggestions.story import TODAY
from tests.suggestions.test_concurrency import in_the_same_instant

TODAY = TODAY.date()
LIU = PersonRow(number=2, name="刘思源", kind="councillor", starts_on=date(2024, 5, 20))
MA = PersonRow(number=3, name="马立", kind="councillor", starts_on=date(2024, 5, 20))


@pytest.fixture
def side_by_side(monkeypatch) -> None:
    """Let each of two imports wait, with its plan made and nothing written, for the other to come as far."""
    both, check = threading.Barrier(2), Plan.check

    def when_both_are_there(plan, *, expected):
        with contextlib.suppress(threading.BrokenBarrierError):  # held up by the first, as it should be
            both.wait(timeout=1)
        check(plan, expected=expected)

    monkeypatch.setattr(Plan, "check", when_both_are_there)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_same_table_confirmed_by_two_in_the_same_instant_is_written_once(zhao, sun, side_by_side):
    assert not Committee.objects.exists()  # a new office imports before it has filled in its own name
    expected = workflow.plan_people([LIU, MA], today=TODAY).fingerprint

    outcomes = in_the_same_instant(
        lambda number: workflow.import_people([LIU, MA], expected=expected, by=(zhao, sun)[number], today=TODAY), 2
    )

    assert {type(outcome) for outcome in outcomes} == {PeoplePlan, PlanOutdated}
    assert (Person.objects.count(), Mandate.objects.count()) == (2, 2)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_tables_about_one_person_in_the_same_instant_are_not_mixed(zhao, sun, side_by_side):
    tables = [[PersonRow(**{**LIU.__dict__, "district": district})] for district in ("甲区", "乙区")]
    expected = [workflow.plan_people(table, today=TODAY).fingerprint for table in tables]

    outcomes = in_the_same_instant(
        lambda number: workflow.import_people(
            tables[number], expected=expected[number], by=(zhao, sun)[number], today=TODAY
        ),
        2,
    )

    (first,) = (number for number, outcome in enumerate(outcomes) if isinstance(outcome, PeoplePlan))
    assert Mandate.objects.get().district == ("甲区", "乙区")[first]
    (refused,) = (outcome for outcome in outcomes if isinstance(outcome, PlanOutdated))
    assert refused.plan.counts["changed"] == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_same_communities_confirmed_by_two_in_the_same_instant_are_written_once(fang, admin, side_by_side):
    rows = [offices.NamedRow(number=2, name="新桥社区")]
    expected = offices.plan_named(Community, rows).fingerprint

    outcomes = in_the_same_instant(
        lambda number: offices.import_named(Community, rows, expected=expected, by=(fang, admin)[number]), 2
    )

    assert {type(outcome) for outcome in outcomes} == {offices.NamedPlan, PlanOutdated}
    assert Community.objects.count() == 1


@pytest.mark.services
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_nobody_changes_by_hand_what_an_import_has_compared_and_not_yet_written(committee, zhao, monkeypatch):
    """SQLite has but one writer and knows no locks on rows."""
    if not connection.features.has_select_for_update:
        pytest.skip("needs DATABASE_URL of a real PostgreSQL")
    MandateFactory(person=PersonFactory(name="刘思源"), kind="councillor", term="", starts_on=LIU.starts_on)
    CommunityFactory(name="新桥社区")
    row = PersonRow(**{**LIU.__dict__, "district": "甲区"})
    people = workflow.plan_people([row], today=TODAY).fingerprint
    places = [offices.NamedRow(number=2, name="新桥社区", position=5)]
    communities = offices.plan_named(Community, places).fingerprint
    refused, check = [], Plan.check

    def change_by_hand(number: int) -> None:
        with transaction.atomic():
            (Person, Mandate, Community)[number].objects.select_for_update(nowait=True).get()

    def while_others_try(plan, *, expected):
        outcomes = in_the_same_instant(change_by_hand, 3)
        refused.append([isinstance(outcome, OperationalError) for outcome in outcomes])
        check(plan, expected=expected)

    monkeypatch.setattr(Plan, "check", while_others_try)
    workflow.import_people([row], expected=people, by=zhao, today=TODAY)
    offices.import_named(Community, places, expected=communities, by=UserFactory(role=Role.ADMIN))

    assert refused == [[True, True, False], [False, False, True]]


def test_person_registered_by_hand_in_between_refuses_the_table(committee, zhao, monkeypatch):
    row = PersonRow(**{**LIU.__dict__, "born_on": date(1978, 3, 5)})
    plan = workflow.plan_people
    expected = plan([row], today=TODAY).fingerprint

    def refused_by_the_database(people):
        raise IntegrityError("person_name_and_birth_date")

    def as_somebody_else_left_it(rows, *, today):
        Person.objects.create(name="刘思源", born_on=date(1978, 3, 5))
        return plan(rows, today=today)

    monkeypatch.setattr(Person.objects, "bulk_create", refused_by_the_database)
    monkeypatch.setattr(importing, "plan_people", as_somebody_else_left_it)
    with pytest.raises(PlanOutdated) as refusal:
        workflow.import_people([row], expected=expected, by=zhao, today=TODAY)

    assert [outcome.adds for outcome in refusal.value.plan.outcomes] == ["新增任职“居民议事员”"]
    assert not Mandate.objects.exists()


@pytest.mark.parametrize("username", ["admin", "shen", "wu", "chen", "he"])
def test_verb_refuses_who_may_not_import(username, committee, cast):
    before = Person.objects.count()
    expected = workflow.plan_people([LIU], today=TODAY).fingerprint

    with pytest.raises(PermissionDenied):
        workflow.import_people([LIU], expected=expected, by=cast[username], today=TODAY)

    assert Person.objects.count() == before
