"""How many queries each page may cost, whatever the number of rows.

Counted is everything the page itself asks, the working calendar among it, which is read once wherever a due day is
shown. Who is asking comes on top, the same on every page of that person: nothing
for a visitor, session and account for who has signed in (``SIGNED_IN``), the session alone for who looked a case up.
"""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from suggestions.choices import Rating
from suggestions.models import Suggestion
from tests.suggestions.front_door import CASE, FORM, LOOKUP, RECEIVED, blank_form, look_up
from tests.suggestions.story import PHONE, STATES, moment

SIGNED_IN = 2
MANY = [1, 3]


@pytest.fixture
def cases(office, cast, request):
    """So many cases of every state, each once from the web and once passed on by chen."""
    return [
        office.case_in(state, raised_by=person)
        for _ in range(request.param)
        for state in STATES
        for person in (None, cast["chen"].person)
    ]


@pytest.fixture
def long_case(office, chen, request):
    """A case of so many rounds, with everything that a page about it shows."""
    received = office.enter(raised_by=chen.person)
    case = office.assign(office.accept(received.suggestion))
    for _ in range(request.param):
        office.reply(case, now=moment(3, 4))
        case = office.evaluate(case, process=Rating.SATISFIED, result=Rating.DISSATISFIED)
    case.code = received.code
    return case


@pytest.mark.parametrize("cases", MANY, indirect=True)
def test_public_form(cases, visitor, django_assert_num_queries):
    with django_assert_num_queries(4):
        visitor.get(FORM)


@pytest.mark.parametrize("cases", MANY, indirect=True)
def test_look_up(cases, office, visitor, django_assert_num_queries):
    code = office.submit().code

    with django_assert_num_queries(1):
        visitor.get(LOOKUP)
    with django_assert_num_queries(2):
        look_up(visitor, code, "0000")
    with django_assert_num_queries(5):  # the case; and a new session: is the key free, savepoint, row, release
        look_up(visitor, code)


@pytest.mark.parametrize("long_case", MANY, indirect=True)
def test_case_page(long_case, visitor, django_assert_num_queries):
    look_up(visitor, long_case.code)

    with django_assert_num_queries(9):  # with the session
        visitor.get(CASE)


@pytest.mark.parametrize("cases", MANY, indirect=True)
def test_form_sent_and_the_code_shown(cases, visitor, django_assert_num_queries):
    typed = blank_form(visitor)

    # In one savepoint: the sequence found, locked and counted on, the form's key, the term, the calendar, case and
    # event, the committee and its messages. Then a new session: is the key free, savepoint, row, release.
    with django_assert_num_queries(16):
        visitor.post(FORM, typed)
    with django_assert_num_queries(5):
        visitor.get(RECEIVED)


@pytest.mark.parametrize("cases", MANY, indirect=True)
@pytest.mark.parametrize("show", ["", "answered"])
def test_list_of_a_department(cases, wu, signed_in, show, django_assert_num_queries):
    browser = signed_in(wu)

    with django_assert_num_queries(SIGNED_IN + 7):  # a list's six and the row of numbers above it
        page = browser.get("/suggestions/department/", {"show": show})

    assert len(page.context["rows"]) >= len(cases) // 4


@pytest.mark.parametrize("long_case", MANY, indirect=True)
def test_case_of_a_department(long_case, wu, signed_in, django_assert_num_queries):
    browser = signed_in(wu)

    with django_assert_num_queries(SIGNED_IN + 9):
        browser.get(reverse("suggestions:officer_detail", args=[long_case.pk]))


@pytest.mark.parametrize("cases", MANY, indirect=True)
def test_own_suggestions_of_a_deputy(cases, chen, signed_in, django_assert_num_queries):
    browser = signed_in(chen)

    with django_assert_num_queries(SIGNED_IN + 5):  # the committee, the messages, how many, the rows, the calendar
        page = browser.get("/own/suggestions/")

    assert len(page.context["rows"]) == min(len(cases) // 2, 20)


@pytest.mark.parametrize("long_case", MANY, indirect=True)
def test_case_of_a_deputy(long_case, chen, signed_in, django_assert_num_queries):
    browser = signed_in(chen)

    with django_assert_num_queries(SIGNED_IN + 9):
        browser.get(reverse("suggestions:raised_detail", args=[long_case.pk]))


@pytest.mark.parametrize("cases", MANY, indirect=True)
@pytest.mark.parametrize(
    ("address", "budget"),
    [
        ("/admin/", 11),
        ("/admin/suggestions/suggestion/", 10),
        ("/admin/suggestions/suggestion/?queue=done", 10),
        ("/admin/suggestions/suggestion/?figure=closed&year=2026", 10),
        ("/admin/annual-summary/2026/", 23),
    ],
)
def test_pages_of_the_staff(cases, zhao, signed_in, address, budget, django_assert_num_queries):
    browser = signed_in(zhao)

    with django_assert_num_queries(SIGNED_IN + budget):
        answer = browser.get(address)

    assert answer.status_code == 200


@pytest.mark.parametrize("long_case", MANY, indirect=True)
def test_case_page_of_the_staff(long_case, zhao, signed_in, django_assert_num_queries):
    browser = signed_in(zhao)
    ContentType.objects.get_for_model(Suggestion)  # asked once in the life of a process

    with django_assert_num_queries(SIGNED_IN + 12):
        browser.get(long_case.get_absolute_url())


@pytest.mark.parametrize("long_case", MANY, indirect=True)
@pytest.mark.parametrize(("name", "budget"), [("evaluate", 6), ("send_back", 7), ("contact", 5)])
def test_page_of_a_verb(long_case, office, zhao, signed_in, name, budget, django_assert_num_queries):
    office.reply(long_case, now=moment(3, 5))
    browser = signed_in(zhao)

    with django_assert_num_queries(SIGNED_IN + budget):
        answer = browser.get(reverse(f"admin:suggestions_suggestion_{name}", args=[long_case.pk]))

    assert answer.status_code == 200


@pytest.mark.parametrize("cases", MANY, indirect=True)
def test_search_of_the_staff_by_number(cases, zhao, signed_in, django_assert_num_queries):
    browser = signed_in(zhao)

    with django_assert_num_queries(SIGNED_IN + 10):
        answer = browser.get("/admin/suggestions/suggestion/", {"q": PHONE})

    assert answer.context["cl"].result_count == len(cases)


@pytest.mark.parametrize("cases", MANY, indirect=True)
@pytest.mark.parametrize(("address", "budget"), [("/", 5), ("/figures/", 16), ("/roles/", 1), ("/help/", 2)])
def test_public_pages(cases, visitor, address, budget, django_assert_num_queries):
    with django_assert_num_queries(budget):
        visitor.get(address)
