"""Each figure against cases counted by hand, and against the list that opens behind it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from congress_portal.accounts.models import Committee
from deputies.models import OversightTopic
from deputies.workflow import open_topic
from suggestions import figures
from suggestions.choices import Channel, Outcome, Rating
from suggestions.models import Suggestion
from suggestions.workflow import close_without_evaluation
from tests.suggestions.story import Office, moment

DISSATISFIED, BASIC, SATISFIED = Rating.DISSATISFIED, Rating.BASIC, Rating.SATISFIED


@pytest.fixture
def cases(office: Office) -> dict[str, Suggestion]:
    """Twelve cases around two turns of the year.

    The committee counts the council since 20 May 2024, the groups since 1 September 2023.
    """
    made: dict[str, Suggestion] = {}

    def take_in(name: str, now: datetime, channel: Channel = Channel.WEB) -> Suggestion:
        received = office.submit(now=now) if channel == Channel.WEB else office.enter(now=now, channel=channel)
        made[name] = received.suggestion
        return made[name]

    def answer(case: Suggestion, month: int, day: int, *, year: int = 2026, outcome: Outcome = Outcome.SOLVED):
        office.accept(case, now=moment(month, day, 8, year=year))
        office.assign(case, now=moment(month, day, 9, year=year), due_on=date(year, month, day))
        office.reply(case, now=moment(month, day, 10, year=year), outcome=outcome)
        return case

    # web: solved and satisfied; half content; declined
    office.evaluate(answer(take_in("solved", moment(3, 2)), 3, 3), now=moment(3, 5))
    office.evaluate(
        answer(take_in("half content", moment(3, 2)), 3, 3, outcome=Outcome.BEING_SOLVED),
        now=moment(3, 6),
        process=DISSATISFIED,
        result=BASIC,
    )
    office.decline(take_in("declined", moment(4, 1)), now=moment(4, 2))
    # the last second of the year, closed in the next one; the first half hour of the next year, in UTC still 2026
    office.evaluate(
        answer(take_in("last second", moment(12, 31, 23, 59, second=59)), 1, 4, year=2027),
        now=moment(1, 20, year=2027),
    )
    take_in("half past midnight", datetime(2026, 12, 31, 16, 30, tzinfo=UTC))
    # of the year before, closed in this one; declined only in the next one
    office.evaluate(
        answer(take_in("year before", moment(12, 31, 23, 59, second=59, year=2025)), 1, 5), now=moment(1, 15)
    )
    office.decline(take_in("declined later", moment(12, 20)), now=moment(1, 4, year=2027))
    # WeChat group: not satisfied at the cut, satisfied after it; and one from before the group was counted
    again = answer(take_in("dissatisfied at the cut", moment(11, 1), Channel.WECHAT), 11, 2)
    office.evaluate(again, now=moment(11, 9), process=BASIC, result=DISSATISFIED)
    office.reply(again, now=moment(12, 1))
    office.evaluate(again, now=moment(1, 5, year=2027))
    office.decline(take_in("before the group", moment(8, 31, year=2023), Channel.WECHAT), now=moment(9, 4, year=2023))
    # council: satisfied in the second round, and only the last evaluation counts; one of the year it was set up
    second = answer(take_in("second round", moment(5, 6), Channel.COUNCIL), 5, 7, outcome=Outcome.NOT_NOW)
    office.evaluate(second, now=moment(5, 10), process=DISSATISFIED, result=DISSATISFIED)
    office.reply(second, now=moment(5, 20))
    office.evaluate(second, now=moment(5, 22))
    office.evaluate(
        answer(take_in("first council", moment(6, 1, year=2024), Channel.COUNCIL), 6, 3, year=2024),
        now=moment(7, 1, year=2024),
    )
    # reception: closed because nobody evaluated
    silent = answer(take_in("silent", moment(7, 1), Channel.RECEPTION), 7, 2, outcome=Outcome.REFERENCE)
    close_without_evaluation(silent, note="两次电话未接通。", by=office.clerk, now=moment(7, 20))
    return made


BY_HAND = {
    "received": {"solved", "half content", "declined", "last second", "declined later", "dissatisfied at the cut",
                 "second round", "silent"},
    "declined": {"declined"},
    "handled": {"solved", "half content", "last second", "declined later", "dissatisfied at the cut", "second round",
                "silent"},
    "replied": {"solved", "half content", "dissatisfied at the cut", "second round", "silent"},
    "closed": {"solved", "half content", "second round", "silent"},
    "solved": {"solved", "second round"},
    "evaluated": {"solved", "half content", "dissatisfied at the cut", "second round"},
    "process_satisfied": {"solved", "second round"},
    "process_content": {"solved", "dissatisfied at the cut", "second round"},
    "result_satisfied": {"solved", "second round"},
    "result_content": {"solved", "half content", "second round"},
    "result_dissatisfied": {"dissatisfied at the cut"},
}  # fmt: skip


def values(year: int) -> dict[str, int | Decimal | None]:
    return {figure.key.removeprefix("suggestions."): figure.value for figure in figures.annual_figures(year=year)}


def test_every_selection_is_counted_by_hand_here():
    assert set(BY_HAND) == set(figures.SELECTIONS)


@pytest.mark.parametrize("key", BY_HAND)
def test_figure_counts_exactly_these_cases(cases, key):
    names = {case.pk: name for name, case in cases.items()}

    selected = {names[case.pk] for case in figures.selected(key, year=2026)}

    assert selected == BY_HAND[key]
    assert values(2026)[key] == len(BY_HAND[key])


def test_rates_are_of_the_counts_with_both_parts(cases):
    shown = {
        figure.key: (figure.text, figure.fraction) for figure in figures.annual_figures(year=2026) if figure.is_rate
    }

    assert {key: shown[f"suggestions.{key}"] for key in figures.RATES} == {
        "closure_rate": ("57.1%", "4 / 7 件"),
        "process_satisfaction": ("50.0%", "2 / 4 件"),
        "process_content_rate": ("75.0%", "3 / 4 件"),
        "result_satisfaction": ("50.0%", "2 / 4 件"),
        "result_content_rate": ("75.0%", "3 / 4 件"),
    }


def test_channels_add_up_to_the_total(cases):
    counted = values(2026)

    by_channel = {channel: counted[f"received.{channel}"] for channel in Channel if counted[f"received.{channel}"]}
    assert by_channel == {Channel.WEB: 5, Channel.WECHAT: 1, Channel.COUNCIL: 1, Channel.RECEPTION: 1}
    for key in ("received", "handled", "closed", "evaluated", "result_content"):
        assert sum(counted[f"{key}.{channel}"] for channel in Channel) == counted[key]


def test_counts_since_the_start_begin_with_the_council_and_the_groups(cases):
    counted = values(2026)

    since = {key: value for key, value in counted.items() if key.endswith(".since")}
    assert since == {
        "received.council.since": 2, "closed.council.since": 2,
        "received.wechat.since": 1, "closed.wechat.since": 0,
    }  # fmt: skip


def test_year_before_the_council_and_the_groups_has_no_count_since_their_start(cases):
    assert [key for key in values(2026) if key.endswith(".since")]

    assert [key for key in values(2022) if key.endswith(".since")] == []


def test_year_before_the_council_and_the_groups_counts_no_cases_for_nothing(cases, django_assert_num_queries):
    with django_assert_num_queries(2):  # the year's cases and the committee
        figures.annual_figures(year=2022)


def test_year_before_and_year_after_hold_what_belongs_to_them(cases):
    before, after = values(2025), values(2027)

    assert (before["received"], before["closed"], before["evaluated"]) == (1, 0, 0)
    assert (after["received"], after["handled"], after["closed"]) == (1, 1, 0)
    assert list(figures.selected("received", year=2027)) == [cases["half past midnight"]]


def test_what_happens_next_year_does_not_change_a_year_that_has_ended(office, cases):
    before = values(2026)

    office.decline(office.accept(cases["half past midnight"], now=moment(1, 4, year=2027)), now=moment(2, 1, year=2027))

    assert values(2026) == before


def test_year_without_cases_has_zeros_and_rates_of_nothing(office):
    shown = figures.annual_figures(year=2026)

    assert {figure.value for figure in shown if not figure.is_rate} == {0}
    assert {(figure.value, figure.text) for figure in shown if figure.is_rate} == {(None, "无")}


def test_committee_not_entered_yet_leaves_out_the_counts_since_the_start(db):
    assert not Committee.objects.exists()

    assert [figure.key for figure in figures.annual_figures(year=2026) if figure.key.endswith(".since")] == []


def test_keys_are_unique_and_every_figure_says_what_it_means(cases):
    shown = figures.annual_figures(year=2026)

    assert len({figure.key for figure in shown}) == len(shown)
    assert all(figure.definition.endswith("。") and figure.label and figure.query for figure in shown)


# ---- what oversight topics put forward


@pytest.fixture
def topics(office: Office, zhao) -> list[OversightTopic]:
    """Two topics: one with a case that is answered and one that waits, one with a case of the year before."""
    first, second = (
        open_topic(year=2026, title=title, started_on=date(2026, 1, 5), by=zhao, now=moment(1, 5, year=2026))
        for title in ("河道保洁", "社区养老")
    )
    answered = office.enter(channel=Channel.OVERSIGHT, topic=first).suggestion
    office.reply(office.assign(office.accept(answered)))
    office.enter(channel=Channel.OVERSIGHT, topic=first)
    office.enter(channel=Channel.RECEPTION, topic=second)
    office.enter(now=moment(12, 30, year=2025), channel=Channel.OVERSIGHT, topic=second)
    office.enter(channel=Channel.OVERSIGHT)
    return [first, second]


def test_what_topics_put_forward_is_counted_together_and_each(topics):
    first, second = (topic.pk for topic in topics)

    assert {key: value for key, value in values(2026).items() if ".topic." in key} == {
        "received.topic.any": 3, "replied.topic.any": 1, "closed.topic.any": 0,
        f"received.topic.{first}": 2, f"replied.topic.{first}": 1, f"closed.topic.{first}": 0,
        f"received.topic.{second}": 1, f"replied.topic.{second}": 0, f"closed.topic.{second}": 0,
    }  # fmt: skip
    assert values(2026)["received.oversight"] == 3  # by channel, with a topic or without one


def test_list_behind_the_figures_of_topics_is_as_long(signed_in, zhao, topics):
    browser = signed_in(zhao)

    for figure in figures.annual_figures(year=2026):
        if ".topic." in figure.key:
            assert len(listed(browser, figure.query)) == figure.value, figure.key


def test_list_is_narrowed_to_a_topic(signed_in, zhao, topics):
    browser = signed_in(zhao)

    assert len(listed(browser, f"/admin/suggestions/suggestion/?topic={topics[1].pk}")) == 2
    assert len(listed(browser, "/admin/suggestions/suggestion/?topic=any")) == 4


# ---- the list behind each number


def listed(browser: Client, address: str) -> list[int]:
    """Turn over all pages of a staff list and return whose rows it shows."""
    found: list[int] = []
    number = 1
    while True:
        answer = browser.get(f"{address}&p={number}")
        assert answer.status_code == 200, (address, answer.get("Location"))
        changelist = answer.context["cl"]
        found += [row.pk for row in changelist.result_list]
        if number >= changelist.paginator.num_pages:
            return found
        number += 1


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_every_figure_is_as_long_as_the_list_behind_it(signed_in, zhao, cases, year):
    browser = signed_in(zhao)

    for figure in figures.annual_figures(year=year):
        rows = listed(browser, figure.query)
        assert len(rows) == (figure.numerator if figure.is_rate else figure.value), figure.key
        assert len(set(rows)) == len(rows)


def test_list_behind_a_figure_is_complete_over_several_pages(signed_in, zhao, office):
    for _ in range(27):
        office.submit()
    figure = next(figure for figure in figures.annual_figures(year=2026) if figure.key == "suggestions.received")

    assert figure.value == 27
    assert len(listed(signed_in(zhao), figure.query)) == 27


@pytest.mark.parametrize(
    "key", ["received", "handled", "closed", "solved", "evaluated", "process_satisfied", "result_content"]
)
def test_one_more_case_changes_the_number_and_its_list(signed_in, zhao, office, cases, key):
    browser = signed_in(zhao)
    figure = next(figure for figure in figures.annual_figures(year=2026) if figure.key == f"suggestions.{key}")
    before = listed(browser, figure.query)

    office.case_in("closed")

    assert values(2026)[key] == figure.value + 1
    assert len(listed(browser, figure.query)) == len(before) + 1


@pytest.mark.parametrize(
    "query",
    [
        "figure=received&year=9999999", "figure=received&year=0", "figure=received&year=x", "figure=unknown&year=2026",
        "year=0", "year=99999", f"year={'9' * 5000}", "year=２０２６", "figure=received", "since=start&year=2026",  # noqa: RUF001
        "figure=received&year=2026&channel=web&since=start", "queue=unknown", "channel=unknown", "department=x",
        f"department={'9' * 40}", f"community={'9' * 5000}", "category=0", "p=9999", "o=99", "topic=x", "topic=0",
        f"topic={'9' * 40}",         "figure=received&year=2026&topic=x",
    ],
)  # fmt: skip
def test_forged_filters_of_the_staff_list_never_break_it(signed_in, zhao, cases, query):
    answer = signed_in(zhao).get(f"/admin/suggestions/suggestion/?{query}")

    assert answer.status_code in (200, 302)


@pytest.mark.parametrize("query", ["x=1", "contact_phone=13955501234", "matter__startswith=凤", "q=%00"])
def test_filter_that_the_staff_list_does_not_offer_is_refused(signed_in, zhao, cases, query):
    assert signed_in(zhao).get(f"/admin/suggestions/suggestion/?{query}").status_code == 400


@pytest.mark.parametrize("case_count", [1, 3])
def test_figures_cost_three_queries_whatever_the_number_of_cases(office, case_count, django_assert_num_queries):
    for _ in range(case_count):
        office.case_in("closed")
        office.case_in("reopened")

    with django_assert_num_queries(3):  # two counts and the committee's row
        figures.annual_figures(year=2026)
