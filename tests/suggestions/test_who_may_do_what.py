"""One table: which verb, in which state, by whom. Everybody else is refused, and nothing is written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from suggestions import permissions, workflow
from suggestions.choices import Outcome, Rating, Status
from suggestions.models import Suggestion
from suggestions.selectors import reply_to_evaluate
from tests.suggestions.story import STATES, TODAY, moment

COMMITTEE = frozenset({"zhao", "sun", "fang"})
DEPARTMENT = frozenset({"wu"})
# While a case is with no department, its officers do not know that it exists.
WITHOUT_DEPARTMENT = frozenset({"submitted", "accepted", "declined"})


@dataclass(frozen=True)
class Verb:
    who: frozenset[str]
    states: frozenset[str]
    do: Callable[[Suggestion, Any], Any]


VERBS = {
    "accept": Verb(
        COMMITTEE,
        frozenset({"submitted"}),
        lambda case, by: workflow.accept_suggestion(case, by=by, now=TODAY),
    ),
    "decline": Verb(
        COMMITTEE,
        frozenset({"submitted", "accepted"}),
        lambda case, by: workflow.decline_suggestion(case, reason="在诉讼中。", referred_to="", by=by, now=TODAY),
    ),
    "assign": Verb(
        COMMITTEE,
        frozenset({"accepted"}),
        lambda case, by: workflow.assign_to_department(
            case, department=case.offered_department, due_on=date(2026, 3, 20), by=by, now=TODAY
        ),
    ),
    "return": Verb(
        DEPARTMENT,
        frozenset({"assigned", "overdue", "reopened"}),
        lambda case, by: workflow.return_to_committee(case, reason="由供电所管。", by=by, now=TODAY),
    ),
    "reply": Verb(
        DEPARTMENT,
        frozenset({"assigned", "overdue", "reopened"}),
        lambda case, by: workflow.record_reply(
            case, text="已经修好，请查看。", outcome=Outcome.SOLVED, files=(), by=by, now=TODAY
        ),
    ),
    "send back": Verb(
        COMMITTEE,
        frozenset({"replied"}),
        lambda case, by: workflow.send_back_reply(case, reason="太短。", due_on=date(2026, 3, 20), by=by, now=TODAY),
    ),
    "record evaluation": Verb(
        COMMITTEE,
        frozenset({"replied"}),
        lambda case, by: workflow.evaluate_reply(
            case,
            reply_pk=reply_to_evaluate(case),
            process=Rating.BASIC,
            result=Rating.BASIC,
            reason="",
            by=by,
            now=TODAY,
        ),
    ),
    "close": Verb(
        COMMITTEE,
        frozenset({"replied"}),
        lambda case, by: workflow.close_without_evaluation(case, note="未接通。", by=by, now=moment(4, 1)),
    ),
    "correct contact": Verb(
        COMMITTEE,
        frozenset(STATES),
        lambda case, by: workflow.correct_contact(case, contact=workflow.Contact(), by=by, now=TODAY),
    ),
}


def expected(verb: Verb, state: str, name: str) -> str:
    if name not in verb.who or (name in DEPARTMENT and state in WITHOUT_DEPARTMENT):
        return "may not"
    return "does it" if state in verb.states else "too late"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", VERBS)
def test_verb_is_done_or_refused_by_the_table(office, everybody, everything, name, state):
    verb, case = VERBS[name], office.case_in(state)
    case.offered_department = office.department
    before = everything()
    outcomes = {}

    for person, user in everybody.items():
        with transaction.atomic():
            try:
                verb.do(case, user)
                outcomes[person] = "does it"
            except PermissionDenied:
                outcomes[person] = "may not"
            except workflow.MoveNotAllowed:
                outcomes[person] = "too late"
            changed = everything() != before
            assert changed == (outcomes[person] == "does it")
            transaction.set_rollback(True)

    assert outcomes == {person: expected(verb, state, person) for person in everybody}


@pytest.mark.parametrize("state", STATES)
def test_resident_evaluates_only_while_an_answer_waits(office, everything, state):
    case = office.case_in(state)
    before = everything()

    try:
        workflow.evaluate_reply(
            case,
            reply_pk=reply_to_evaluate(case),
            process=Rating.SATISFIED,
            result=Rating.SATISFIED,
            reason="",
            by=None,
            now=TODAY,
        )
    except workflow.MoveNotAllowed:
        assert state != "replied"
        assert everything() == before
    else:
        assert state == "replied"


def test_entering_is_for_the_committee(office, everybody, everything):
    before = everything()
    entered = []

    for person, user in everybody.items():
        with transaction.atomic():
            try:
                type(office)(user, office.officer, office.department, office.community).enter()
                entered.append(person)
            except PermissionDenied:
                assert everything() == before
            transaction.set_rollback(True)

    assert set(entered) == COMMITTEE


def test_list_and_page_agree_on_who_sees_which_case(office, everybody, chen, he):
    for state in STATES:
        office.case_in(state)
        office.case_in(state, raised_by=chen.person)
        office.case_in(state, raised_by=he.person)
    cases = list(Suggestion.objects.select_related("raised_by"))

    seen = {}
    for person, user in everybody.items():
        listed = set(Suggestion.objects.visible_to(user).values_list("pk", flat=True))
        assert listed == {case.pk for case in cases if permissions.can_view(user, case)}, person
        seen[person] = len(listed)

    with_department = 3 * len(set(STATES) - WITHOUT_DEPARTMENT)
    everything, nothing, raised = len(cases), 0, len(STATES)
    assert seen == {
        "zhao": everything, "sun": everything, "fang": everything, "shen": everything,
        "wu": with_department, "qian": nothing,
        "chen": raised, "he": raised, "lin": nothing,
        "admin": nothing, "visitor": nothing,
    }  # fmt: skip


def test_disabled_account_sees_and_does_nothing(office, zhao, assigned, submitted):
    zhao.is_active = False
    zhao.save()

    assert Suggestion.objects.visible_to(zhao).count() == 0
    assert not permissions.can_view(zhao, assigned)
    with pytest.raises(PermissionDenied):
        workflow.accept_suggestion(submitted, by=zhao, now=TODAY)


def test_stored_statuses_are_those_of_the_story(office):
    assert {state: office.case_in(state).status for state in STATES} == STATES
    assert set(STATES.values()) == set(Status)
