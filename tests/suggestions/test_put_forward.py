"""Opinions put forward under an oversight topic: one by one, or up to ten at once, each a suggestion of its own."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

import deputies.workflow
from deputies.choices import ActivityKind
from deputies.models import OversightTopic
from suggestions import tracking, workflow
from suggestions.choices import Channel, Status
from suggestions.models import NumberSequence, Suggestion
from tests.pages import page_of
from tests.suggestions.front_door import as_shown
from tests.suggestions.story import MATTER, RECEIVED, TODAY

DAY = date(2026, 3, 5)


@pytest.fixture
def topic(office, zhao) -> OversightTopic:
    return deputies.workflow.open_topic(
        year=2026, title="凤鸣河治理", started_on=date(2026, 1, 10), by=zhao, now=RECEIVED
    )


@pytest.fixture
def visit(topic, zhao):
    return deputies.workflow.plan_activity(
        kind=ActivityKind.INSPECTION,
        title="视察凤鸣河",
        starts_at=TODAY,
        ends_at=TODAY,
        topic=topic,
        by=zhao,
        now=TODAY,
    )


def opinion(number: int, **changed) -> workflow.Submission:
    given = {
        "title": f"封堵第 {number} 处排污口",
        "matter": f"第 {number} 处雨水口有污水流出，建议查清来源后封堵。",
        "category": None,
        "community": None,
        "place": "",
        "contact": workflow.Contact(),
        "channel": Channel.OVERSIGHT,
    }
    return workflow.Submission(**given | changed)


def several(count: int) -> list[tuple[workflow.Submission, str]]:
    return [(opinion(number), tracking.new_submission_key()) for number in range(1, count + 1)]


def put_forward(given, *, topic, by, **changed):
    return workflow.put_forward(given, **{"topic": topic, "received_on": DAY, "by": by, "now": TODAY} | changed)


def form_of(browser, topic) -> tuple[str, dict[str, str]]:
    url = reverse("admin:suggestions_suggestion_put_forward", args=(topic.pk,))
    return url, as_shown(page_of(browser.get(url)).form_with("received_on"))


def notes(topic) -> list[str]:
    return list(topic.events.filter(kind="opinions_sent").values_list("note", flat=True))


# ---- the verbs


def test_each_is_a_suggestion_of_its_own_and_the_topic_counts_them_together(topic, zhao):
    received = put_forward(several(8), topic=topic, by=zhao)

    cases = [one.suggestion for one in received]
    assert [case.number for case in cases] == [f"2026-{n:04}" for n in range(1, 9)]
    assert {(case.topic, case.channel, case.status, case.received_on) for case in cases} == {
        (topic, Channel.OVERSIGHT, Status.SUBMITTED, DAY)
    }
    assert notes(topic) == ["8 条"]


def test_the_same_form_twice_brings_them_in_once(topic, zhao):
    given = several(3)
    first = put_forward(given, topic=topic, by=zhao)

    again = put_forward(given, topic=topic, by=zhao)

    assert [one.suggestion.pk for one in again] == [one.suggestion.pk for one in first]
    assert not any(one.is_new for one in again)
    assert notes(topic) == ["3 条"]


def test_one_that_cannot_be_taken_keeps_all_out(topic, zhao):
    used = tracking.new_submission_key()
    put_forward([(opinion(1), used)], topic=topic, by=zhao)

    with pytest.raises(workflow.RowRefused, match="已经提交过一件") as refusal:
        put_forward([*several(2), (opinion(9), used)], topic=topic, by=zhao)

    assert refusal.value.row == 2
    assert Suggestion.objects.count() == 1
    assert NumberSequence.objects.get(year=2026).last == 1
    assert notes(topic) == ["1 条"]


def test_day_ahead_and_closed_topic_are_refused(topic, zhao):
    with pytest.raises(workflow.ReceivedDateNotAllowed):
        put_forward(several(2), topic=topic, by=zhao, received_on=date(2026, 3, 6))
    deputies.workflow.close_topic(topic, conclusion="都改好了。", closed_on=DAY, by=zhao, now=TODAY)
    with pytest.raises(deputies.workflow.TopicClosed):
        put_forward(several(2), topic=topic, by=zhao)

    assert not Suggestion.objects.exists()


def test_single_one_names_topic_and_activity(office, topic, visit):
    case = office.enter(channel=Channel.OVERSIGHT, topic=topic, activity=visit).suggestion

    assert (case.topic, case.activity) == (topic, visit)
    assert notes(topic) == ["1 条"]


def test_form_that_comes_back_for_another_topic_is_another_form(office, topic, zhao):
    key = tracking.new_submission_key()
    given = {"key": key, "received_on": DAY, "by": zhao, "now": TODAY}
    workflow.enter_suggestion(opinion(1, topic=topic), **given)

    assert not workflow.enter_suggestion(opinion(1, topic=topic), **given).is_new
    with pytest.raises(workflow.FormAlreadyUsed):
        workflow.enter_suggestion(opinion(1), **given)
    assert notes(topic) == ["1 条"]


def test_only_who_enters_cases_puts_forward(topic, everybody):
    may = set()
    for name, person in everybody.items():
        try:
            put_forward(several(1), topic=topic, by=person)
        except PermissionDenied:
            continue
        may.add(name)

    assert may == {"zhao", "sun", "fang"}
    assert len(notes(topic)) == 3


# ---- the page for several


def test_page_takes_eight_at_once(topic, visit, community, chen, signed_in, zhao):
    browser = signed_in(zhao)
    url, typed = form_of(browser, topic)
    for row in range(8):
        typed |= {
            f"rows-{row}-title": f"第 {row + 1} 条",
            f"rows-{row}-matter": MATTER,
            f"rows-{row}-community": community.pk,
        }
    typed |= {"activity": visit.pk, "raised_by": chen.person.pk}

    answer = browser.post(url, typed, follow=True)

    assert answer.redirect_chain == [(topic.get_absolute_url(), 302)]
    assert "已提出 8 条意见建议，编号 2026-0001" in page_of(answer).text
    cases = Suggestion.objects.order_by("pk")
    assert [case.title for case in cases] == [f"第 {n} 条" for n in range(1, 9)]
    assert {(case.topic, case.activity, case.raised_by, case.community, case.channel) for case in cases} == {
        (topic, visit, chen.person, community, Channel.OVERSIGHT)
    }


def test_mistake_in_one_row_keeps_everything_typed_and_takes_nothing(topic, signed_in, zhao):
    browser = signed_in(zhao)
    url, typed = form_of(browser, topic)
    typed |= {"rows-0-matter": MATTER, "rows-4-title": "只有标题", "rows-6-matter": "太短"}

    answer = browser.post(url, typed)

    page = page_of(answer)
    assert "第 5 条：请写正文" in page.text
    assert "第 7 条：请写清楚" in page.text
    shown = page.form_with("received_on")
    assert (shown.value("rows-0-matter"), shown.value("rows-4-title"), shown.value("rows-6-matter")) == (
        MATTER,
        "只有标题",
        "太短",
    )
    assert shown.value("rows-0-submission_key") == typed["rows-0-submission_key"]
    assert not Suggestion.objects.exists()


def test_nothing_written_and_a_day_ahead_are_told(topic, signed_in, zhao):
    browser = signed_in(zhao)
    url, typed = form_of(browser, topic)

    assert "请至少写一条" in page_of(browser.post(url, typed)).text
    answer = browser.post(url, typed | {"rows-0-matter": MATTER, "received_on": "2026-03-06"})
    assert "收到日期不能晚于今天" in page_of(answer).text


def test_used_key_is_told_at_its_row_and_the_next_try_counts(topic, signed_in, zhao):
    browser = signed_in(zhao)
    url, typed = form_of(browser, topic)
    browser.post(url, typed | {"rows-0-matter": MATTER})

    answer = browser.post(url, typed | {"rows-0-matter": MATTER + "另一件。"})

    assert "第 1 条：这张表已经提交过一件" in page_of(answer).text
    browser.post(url, as_shown(page_of(answer).form_with("received_on")))
    assert Suggestion.objects.count() == 2


def test_lost_key_is_told_and_replaced(topic, signed_in, zhao):
    browser = signed_in(zhao)
    url, typed = form_of(browser, topic)

    answer = browser.post(url, typed | {"rows-0-matter": MATTER, "rows-0-submission_key": "forged"})

    assert "请再点一次提交" in page_of(answer).text
    again = as_shown(page_of(answer).form_with("received_on"))
    assert tracking.is_submission_key(again["rows-0-submission_key"])
    browser.post(url, again)
    assert Suggestion.objects.count() == 1


def test_closed_topic_takes_none(topic, signed_in, zhao):
    browser = signed_in(zhao)
    url, typed = form_of(browser, topic)
    deputies.workflow.close_topic(topic, conclusion="都改好了。", closed_on=DAY, by=zhao, now=TODAY)

    answer = browser.post(url, typed | {"rows-0-matter": MATTER})

    assert answer.status_code == 409
    assert page_of(answer).form_with("received_on").value("rows-0-matter") == MATTER
    assert browser.get(url).status_code == 302
    assert not Suggestion.objects.exists()


def test_activity_of_another_topic_is_refused(topic, visit, signed_in, zhao):
    other = deputies.workflow.open_topic(
        year=2026, title="电梯安全", started_on=date(2026, 2, 1), by=zhao, now=RECEIVED
    )
    browser = signed_in(zhao)
    url, typed = form_of(browser, other)

    answer = browser.post(url, typed | {"rows-0-matter": MATTER, "activity": visit.pk})

    assert "这次活动不在这个议题里" in page_of(answer).text


# ---- the other pages


def test_entry_form_is_filled_in_from_the_topic(topic, visit, signed_in, zhao):
    browser = signed_in(zhao)
    url = reverse("admin:suggestions_suggestion_add")

    shown = page_of(browser.get(f"{url}?topic={topic.pk}&activity={visit.pk}")).form_with("matter")

    assert (shown.value("topic"), shown.value("activity"), shown.value("channel")) == (
        str(topic.pk),
        str(visit.pk),
        Channel.OVERSIGHT,
    )
    browser.post(url, as_shown(shown) | {"matter": MATTER, "place": "凤鸣河"})
    case = Suggestion.objects.get()
    assert (case.topic, case.activity) == (topic, visit)
    of_activity = page_of(browser.get(f"{url}?activity={visit.pk}")).form_with("matter")
    assert of_activity.value("channel") == Channel.ACTIVITY
    assert browser.get(f"{url}?topic=x&activity=9e9").status_code == 200


def test_entry_form_offers_no_closed_topic(topic, signed_in, zhao):
    browser = signed_in(zhao)
    url = reverse("admin:suggestions_suggestion_add")
    typed = as_shown(page_of(browser.get(f"{url}?topic={topic.pk}")).form_with("matter")) | {"matter": MATTER}
    deputies.workflow.close_topic(topic, conclusion="都改好了。", closed_on=DAY, by=zhao, now=TODAY)

    answer = browser.post(url, typed | {"place": "凤鸣河"})

    assert "这个议题已经办结" in page_of(answer).text
    assert not Suggestion.objects.exists()


def test_topic_is_put_right_on_the_case_and_named_to_who_handles_and_raised_it(
    office, topic, cast, signed_in, zhao, chen, wu
):
    case = office.case_in("assigned", raised_by=chen.person)
    browser = signed_in(zhao)
    page = page_of(browser.get(case.get_absolute_url()))
    assert topic.get_absolute_url() not in page.links

    browser.post(case.get_absolute_url(), as_shown(page.form_with("seen")) | {"topic": topic.pk})

    assert topic.get_absolute_url() in page_of(browser.get(case.get_absolute_url())).links
    for person, name in ((chen, "suggestions:raised_detail"), (wu, "suggestions:officer_detail")):
        assert "监督议题：凤鸣河治理" in page_of(signed_in(person).get(reverse(name, args=(case.pk,)))).text
