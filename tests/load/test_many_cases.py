"""100,000 cases: every page costs the queries it cost with a handful, finds its rows by index, and stays as light.

On the database of DATABASE_URL, else on SQLite. The times printed are for orientation, nothing depends on them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from congress_portal.accounts.choices import Role
from congress_portal.accounts.models import Committee, Community, Department, User
from congress_portal.machine.console import say
from congress_portal.notifications.models import Message
from deputies.models import Mandate, Person
from suggestions import workflow
from suggestions.choices import Status
from suggestions.models import Assignment, Attachment, Evaluation, NumberSequence, Reply, Suggestion, SuggestionEvent
from tests.factories import (
    CommitteeFactory,
    CommunityFactory,
    DepartmentFactory,
    MandateFactory,
    PersonFactory,
    UserFactory,
)
from tests.load.many_cases import RARE_WORD, Street
from tests.suggestions.front_door import CASE, FORM, LOOKUP, look_up

pytestmark = [pytest.mark.load, pytest.mark.django_db]

FEW, MANY = 12, 100_000
HEAVIEST_PAGE = 120_000  # bytes of HTML, before compression
LIST = "/admin/suggestions/suggestion/"
SCAN = {
    "postgresql": re.compile(r"Seq Scan on suggestions_\w+"),
    "sqlite": re.compile(r"SCAN suggestions_\w+(?! USING (?:COVERING )?INDEX)"),
}


# What is cleared away at the end, what points to another before the other.
MADE = (
    SuggestionEvent, Attachment, Evaluation, Reply, Assignment, Message, Suggestion, NumberSequence, Session,
    Mandate, Person, User, Department, Community, Committee,
)  # fmt: skip


@dataclass
class Visit:
    """What one page cost."""

    queries: list[str]
    weight: int
    seconds: float


@dataclass
class City:
    """The street, who looks at it, and what each page cost while there were a handful of cases and with all."""

    street: Street
    chen: Any
    few: dict[str, Visit] = field(default_factory=dict)
    many: dict[str, Visit] = field(default_factory=dict)

    def pages(self) -> dict[str, Callable[[], Any]]:
        """Every page that shows cases, by a name to print; each is one request."""
        visitor, clerk, officer, deputy = Client(), Client(), Client(), Client()
        clerk.force_login(self.street.clerk)
        officer.force_login(self.street.officers[self.street.departments[0]])
        deputy.force_login(self.chen.user)
        code, closed = self.street.codes[Status.CLOSED]
        phone = Suggestion.objects.get(pk=closed).contact_phone
        year = self.street.today.year
        raised = self.chen.suggestions.first()
        assert look_up(visitor, code, phone[-4:]).status_code == 302
        paths = {
            clerk: [
                "/admin/", LIST, *(f"{LIST}?queue={key}" for key in ("new", "toassign", "doing", "overdue", "rate")),
                f"{LIST}?queue=done", f"{LIST}?queue=moved", f"{LIST}?year={year - 3}",
                f"{LIST}?queue=done&department={self.street.departments[3].pk}",
                f"{LIST}?q={code}", f"{LIST}?q=路灯", f"{LIST}?q={RARE_WORD}", f"{LIST}?q=无此",
                f"{LIST}?figure=result_content&year={year - 1}", f"{LIST}{closed}/change/", "/admin/annual-summary/",
                f"/admin/annual-summary/{year - 1}/", "/messages/",
            ],
            officer: [
                "/suggestions/department/", "/suggestions/department/?show=answered",
                f"/suggestions/department/{closed}/",
            ],
            deputy: ["/own/", "/own/suggestions/", f"/suggestions/raised/{raised.pk}/"],
            visitor: ["/", "/figures/", f"/figures/?year={year - 2}", FORM, LOOKUP, CASE],
        }  # fmt: skip
        pages = {path.replace(code, "CODE"): self._get(who, path) for who, each in paths.items() for path in each}
        return (
            pages
            | {"a miss at the look-up": lambda: look_up(visitor, code, "x")}
            | {"the look-up": lambda: look_up(visitor, code, phone[-4:])}
        )

    def _get(self, client: Client, path: str) -> Callable[[], Any]:
        def get() -> Any:
            answer = client.get(path)
            assert answer.status_code == 200, path
            return answer

        return get

    def visit_all(self, *, rounds: int = 1) -> dict[str, Visit]:
        visits = {}
        for name, visit in self.pages().items():
            visit()  # what a process asks once in its life is not what the page costs
            seconds = []
            for _ in range(rounds):
                cache.clear()
                began = time.perf_counter()
                answer = visit()
                seconds.append(time.perf_counter() - began)
            with CaptureQueriesContext(connection) as captured:
                visit()
            asked = [query["sql"] for query in captured.captured_queries]
            visits[name] = Visit(asked, len(answer.content), median(seconds))
        return visits


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[City]:
    """The street with all its cases, and what the pages cost before they came. Cleared away at the end."""
    with django_db_blocker.unblock():
        try:
            yield _build()
        finally:
            for model in MADE:  # the categories and terms of the migrations stay
                model._base_manager.all()._raw_delete(connection.alias)


def _build() -> City:
    CommitteeFactory()
    departments = DepartmentFactory.create_batch(12)
    chen = PersonFactory(name="陈思齐", user=UserFactory(role=Role.DEPUTY))
    MandateFactory(person=chen)
    street = Street(
        clerk=UserFactory(role=Role.CLERK),
        officers={each: UserFactory(role=Role.OFFICER, department=each) for each in departments},
        communities=CommunityFactory.create_batch(8),
        raisers=[chen, *PersonFactory.create_batch(60)],
        today=timezone.localdate(),
    )
    city = City(street, chen)
    street.fill_up_to(FEW)
    city.few = city.visit_all()
    began = time.monotonic()
    street.fill_up_to(MANY)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    say(f"\n{MANY} cases on {connection.vendor} written in {time.monotonic() - began:.0f} s")
    city.many = city.visit_all(rounds=5)
    say(f"{'page':<58}{'queries':>8}{'kB':>7}{'ms':>8}{'ms few':>8}")
    for name, visit in city.many.items():
        milliseconds = (visit.seconds * 1000, city.few[name].seconds * 1000)
        say(f"{name:<58}{len(visit.queries):>8}{visit.weight / 1000:>7.1f}" + "{:>8.1f}{:>8.1f}".format(*milliseconds))
    return city


def scans(queries: list[str]) -> list[str]:
    """Return the plans of those queries that read a table of cases from end to end."""
    found = []
    for sql in queries:
        if not sql.lstrip().startswith("SELECT") or "suggestions_" not in sql:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{sql}")
            plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
        small = r"suggestions_(category|replyterm|numbersequence|reminder)"  # a few hundred reminders here
        if any(not re.search(small, scan[0]) for scan in SCAN[connection.vendor].finditer(plan)):
            found.append(f"{sql[:300]}\n{plan}")
    return found


def test_everything_that_was_asked_for_is_there(city):
    assert Suggestion.objects.count() == MANY
    assert set(Suggestion.objects.values_list("status", flat=True).distinct()) == set(Status)
    assert Assignment.objects.filter(round_no=2).count() > MANY // 50


def test_every_page_costs_the_queries_it_cost_with_a_handful_of_cases(city):
    assert {name: len(visit.queries) for name, visit in city.many.items()} == {
        name: len(visit.queries) for name, visit in city.few.items()
    }


def test_no_page_grows_heavy(city):
    assert {name: visit.weight for name, visit in city.many.items() if visit.weight > HEAVIEST_PAGE} == {}


# Pages that find everything by index.
BY_INDEX = (
    "/suggestions/case/", "a miss at the look-up", "the look-up", "/suggestions/department/",
    "/suggestions/department/?show=answered", "/own/", "/own/suggestions/", "/suggestions/raised/",
)  # fmt: skip
# Lists under the row of tabs, whose numbers count all cases: here the rows themselves come by index.
LISTS = (*(f"?queue={key}" for key in ("new", "toassign", "doing", "overdue", "rate", "done", "moved")), "?q=CODE", "")


@pytest.mark.parametrize("name", BY_INDEX)
def test_page_reads_no_table_from_end_to_end(city, name):
    (found,) = [
        visit for page, visit in city.many.items() if page == name or (name.endswith("/raised/") and name in page)
    ]

    assert scans(found.queries) == []


@pytest.mark.parametrize("query", LISTS)
def test_rows_of_a_list_come_by_index(city, query):
    if not query and connection.vendor == "sqlite":
        pytest.skip("SQLite does not recognise the indexed expressions behind the parameters of a query")
    asked = city.many[f"{LIST}{query}"].queries
    rows = [sql for sql in asked if '"suggestions_suggestion"."matter"' in sql and "COUNT(" not in sql]

    assert len(rows) == 1
    assert scans(rows) == []


def test_search_for_two_characters_finds_all_and_only_what_holds_them(city):
    clerk = Client()
    clerk.force_login(city.street.clerk)

    found = clerk.get(LIST, {"q": RARE_WORD}).context["cl"]

    assert found.result_count == MANY // 1000
    assert all(RARE_WORD in case.title for case in found.result_list)
    assert clerk.get(LIST, {"q": "无此"}).context["cl"].result_count == 0


def test_reminders_read_only_what_is_due(city):
    now = timezone.now()
    due = [told.suggestion.pk for told in workflow.send_due_reminders(now=now, dry_run=True).told]
    began = time.monotonic()
    done = workflow.send_due_reminders(now=now)
    say(f"\n{len(due)} of {MANY} cases reminded of in {time.monotonic() - began:.1f} s")

    with CaptureQueriesContext(connection) as captured:
        again = workflow.send_due_reminders(now=now)

    assert [told.suggestion.pk for told in done.told] == due
    assert 0 < len(due) < MANY // 20
    assert again.told == []
    asked = [query["sql"] for query in captured.captured_queries]
    assert len(asked) == 1 + 5  # the calendar, and one query for each stage
    assert scans(asked) == []


def test_recomputing_reads_only_what_is_open(city):
    began = time.monotonic()
    with CaptureQueriesContext(connection) as captured:
        assert workflow.recompute_due_dates(now=timezone.now()) == 0
    say(f"\nOf {MANY} cases no due day moved, found in {time.monotonic() - began:.1f} s")

    asked = [query["sql"] for query in captured.captured_queries]
    assert len(asked) == 3  # the calendar, what is to be accepted, what is to be answered
    assert scans(asked) == []


def test_scan_is_recognised_as_one(city):
    with CaptureQueriesContext(connection) as captured:
        list(Suggestion.objects.filter(contact_name="没有这个人"))

    assert len(scans([captured.captured_queries[0]["sql"]])) == 1
