"""Oversight topics in the staff admin: the list, the page of a topic, the verbs' pages, and a topic's whole way."""

from datetime import date

import pytest
from django.urls import reverse

from deputies import workflow
from deputies.choices import TopicStatus
from deputies.models import OversightTopic
from suggestions.choices import Channel
from suggestions.models import Suggestion
from suggestions.workflow import send_back_reply
from tests.deputies.oversight.watching import LOOK, last, steps
from tests.factories import DeputyGroupFactory
from tests.pages import page_of
from tests.suggestions.front_door import as_shown, sentences
from tests.suggestions.story import ACCEPTED, TODAY, moment

LIST = reverse("admin:deputies_oversighttopic_changelist")
ADD = reverse("admin:deputies_oversighttopic_add")


@pytest.fixture
def browser(signed_in, zhao):
    return signed_in(zhao)


def verb(name: str, topic: OversightTopic) -> str:
    return reverse(f"admin:deputies_oversighttopic_{name}", args=(topic.pk,))


def typed_in(browser, url: str, field: str) -> dict[str, str]:
    return as_shown(page_of(browser.get(url)).form_with(field))


def shown(browser, **filters) -> list[str]:
    return [topic.title for topic in browser.get(LIST, filters).context["cl"].result_list]


# ---- the list


def test_list_shows_counts_and_the_next_look_and_filters(office, watching, browser, roads):
    group = DeputyGroupFactory(name="第一小组")
    topic = watching.open(department=roads, group=group)
    watching.close(watching.open(title="电梯安全", look_again_on=None))
    watching.open(year=2025, title="去年的", started_on=date(2025, 5, 1), look_again_on=date(2025, 9, 1))
    case = office.enter(channel=Channel.OVERSIGHT, topic=topic).suggestion
    office.enter(channel=Channel.OVERSIGHT, topic=topic)
    office.reply(office.assign(office.accept(case)))

    text = page_of(browser.get(LIST)).text

    assert "提出 2 条 答复 1 条" in text
    assert "3月20日 还有 15 天" in text
    assert "2025年9月1日 已过 185 天" in text
    assert "3月5日办结" in text
    assert shown(browser) == ["凤鸣河治理", "电梯安全", "去年的"]
    assert shown(browser, year="2025") == ["去年的"]
    assert shown(browser, status="closed") == ["电梯安全"]
    assert shown(browser, department=roads.pk) == ["凤鸣河治理"]
    assert shown(browser, group=group.pk) == ["凤鸣河治理"]
    assert shown(browser, q="电梯") == ["电梯安全"]
    assert shown(browser, figure="topics_closed", year="2026") == ["电梯安全"]


def test_answer_that_was_sent_back_is_none(office, watching, topic, browser, zhao):
    case = office.reply(office.assign(office.accept(office.enter(channel=Channel.OVERSIGHT, topic=topic).suggestion)))
    send_back_reply(case, reason="没有写什么时候改好。", due_on=date(2026, 3, 24), by=zhao, now=TODAY)

    assert "提出 1 条 答复 0 条" in page_of(browser.get(LIST)).text
    assert "答复，A 类" not in page_of(browser.get(topic.get_absolute_url())).text


# ---- the page of a topic and its verbs


def test_new_topic_is_opened_on_its_page(watching, browser, roads):
    typed = typed_in(browser, ADD, "title")
    assert (typed["year"], typed["started_on"]) == ("2026", "2026-03-05")

    answer = browser.post(ADD, typed | {"title": "凤鸣河治理", "department": roads.pk}, follow=True)

    topic = OversightTopic.objects.get()
    assert answer.redirect_chain == [(topic.get_absolute_url(), 302)]
    assert "已确定议题，第 1 轮监督开始，城建办会收到消息" in page_of(answer).text


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"year": "2015", "started_on": "2015-01-01"}, "year", "年份要在 2016 到 2027 之间"),
        ({"title": ""}, "title", "请写明议题"),
        ({"title": "凤鸣河治理"}, "title", "已经有议题"),
        ({"started_on": "2025-12-31"}, "started_on", "也要在2026年"),
        ({"look_again_on": "2026-03-04"}, "look_again_on", "不能早于这一轮开始"),
        ({"entrusted_due_on": "2026-06-01"}, "entrusted_by", "也要填受谁委托"),
    ],
)
def test_refusal_stands_at_its_field_and_what_was_typed_is_kept(topic, browser, changed, field, words):
    typed = typed_in(browser, ADD, "title") | {"title": "电梯安全", "aim": "看维保。"} | changed

    answer = browser.post(ADD, typed)

    assert answer.status_code == 200
    (sentence,) = sentences(answer, field)
    assert words in sentence
    assert page_of(answer).form_with("title").value("aim") == "看维保。"
    assert OversightTopic.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "changed", "field", "words"),
    [
        ("round", {"result": ""}, "result", "请填写落实情况"),
        ("round", {"result": "好。", "ended_on": "2026-03-06"}, "ended_on", "不能晚于今天"),
        ("round", {"result": "好。", "next_round_on": "2026-03-01"}, "next_round_on", "不能早于第 1 轮结束"),
        ("round", {"result": "好。", "look_again_on": "2026-04-01"}, "look_again_on", "没有下一轮"),
        ("note", {"look_again_on": "2026-01-01"}, "look_again_on", "不能早于这一轮开始"),
        ("note", {"started_on": "2025-01-01"}, "started_on", "也要在2026年"),
        ("close", {"conclusion": ""}, "conclusion", "请填写结论"),
        ("close", {"conclusion": "好。", "closed_on": "2026-01-09"}, "closed_on", "不能早于第 1 轮开始"),
        ("report", {"text": "好。", "on": "2026-03-06"}, "on", "到今天之间"),
        ("edit", {"title": ""}, "title", "请写明议题"),
    ],
)
def test_refusal_of_a_verb_stands_at_its_field(watching, browser, name, changed, field, words):
    topic = watching.open(entrusted_by="区人大财经委")
    url = verb(name, topic)

    answer = browser.post(url, typed_in(browser, url, field) | changed)

    (sentence,) = sentences(answer, field)
    assert words in sentence
    assert steps(topic) == ["opened"]


def test_stale_form_is_answered_409_and_keeps_what_was_typed(watching, topic, browser):
    url = verb("round", topic)
    typed = typed_in(browser, url, "result") | {"result": "改好 5 处。"}
    watching.end(topic, next_round_on=date(2026, 3, 5))

    answer = browser.post(url, typed)

    assert answer.status_code == 409
    assert "第 1 轮已经结束，现在是第 2 轮" in sentences(answer)[0]
    assert page_of(answer).form_with("result").value("result") == "改好 5 处。"
    assert last(topic).result == ""


@pytest.mark.parametrize("name", ["round", "note", "close", "edit", "begin", "report"])
def test_verb_that_does_not_lead_on_sends_back_with_a_sentence(watching, topic, browser, name):
    watching.close(topic)

    answer = browser.get(verb(name, topic), follow=True)

    assert answer.redirect_chain == [(topic.get_absolute_url(), 302)]
    assert "赵经办办了“办结”" in page_of(answer).text


def test_buttons_follow_the_state_and_the_role(watching, topic, signed_in, browser, shen):
    def buttons(who):
        links = page_of(who.get(topic.get_absolute_url())).links
        return [link for link in links if "/oversighttopic/" in link and link.endswith("/") and str(topic.pk) in link]

    def names(who):
        return {link.rstrip("/").rpartition("/")[2] for link in buttons(who)} - {"change"}

    assert names(browser) == {"round", "note", "close", "edit"}
    watching.end(topic)
    assert names(browser) == {"begin", "close", "edit"}
    assert names(signed_in(shen)) == set()
    watching.close(topic)
    assert names(browser) == set()


def test_unknown_topic(topic, browser):
    assert browser.get(verb("round", OversightTopic(pk=99_999))).status_code == 404
    assert browser.get(reverse("admin:deputies_oversighttopic_change", args=(99_999,))).status_code == 302
    assert browser.get(reverse("admin:suggestions_suggestion_put_forward", args=(99_999,))).status_code == 404


def test_activities_stand_in_the_round_of_their_day(watching, topic, browser):
    first = watching.hold(topic=topic, starts_at=moment(2, 1))
    watching.end(topic, ended_on=date(2026, 2, 20), next_round_on=date(2026, 2, 20))
    second = watching.hold(topic=topic, starts_at=moment(3, 1), title="再看凤鸣河")
    before = watching.hold(topic=topic, starts_at=moment(1, 2), title="先去看了看")

    page = browser.get(topic.get_absolute_url()).context["page"]

    assert [[activity.title for activity in round_.activities] for round_ in page.rounds] == [
        [second.title],
        [before.title, first.title],
    ]


def test_from_eight_opinions_to_the_conclusion(office, watching, topic, browser, signed_in, wu, community):
    """监督—落实—再监督—再落实, all of it through the pages."""
    put_forward = reverse("admin:suggestions_suggestion_put_forward", args=(topic.pk,))
    rows = {f"rows-{row}-matter": f"第 {row + 1} 处雨水口有污水流出，建议封堵。" for row in range(8)}
    browser.post(put_forward, typed_in(browser, put_forward, "received_on") | rows)
    cases = list(Suggestion.objects.filter(topic=topic).order_by("pk"))
    for case in cases:
        browser.post(reverse("admin:suggestions_suggestion_accept", args=(case.pk,)))
        assign = reverse("admin:suggestions_suggestion_assign", args=(case.pk,))
        browser.post(assign, typed_in(browser, assign, "due_on") | {"department": office.department.pk})
    officer = signed_in(wu)
    for case in cases[:3]:
        reply = {"outcome": "A", "text": "已经查清并封堵，河水已经变清。"}
        officer.post(reverse("suggestions:reply", args=(case.pk,)), reply)

    answer = browser.get(topic.get_absolute_url())
    assert "提出意见建议 8 条，已答复 3 条" in page_of(answer).text
    assert page_of(answer).text.count("城建办 3月5日答复，A 类") == 3
    assert {case.get_absolute_url() for case in cases} <= set(page_of(answer).links)

    url = verb("round", topic)
    ended = {"result": "改好 3 处，5 处列入二季度。", "next_round_on": "2026-03-05", "look_again_on": "2026-05-20"}
    browser.post(url, typed_in(browser, url, "result") | ended)
    assert (last(topic).number, last(topic).look_again_on) == (2, date(2026, 5, 20))
    url = verb("close", topic)
    browser.post(url, typed_in(browser, url, "conclusion") | {"conclusion": "8 处都已改好。"})

    topic.refresh_from_db()
    assert topic.status == TopicStatus.CLOSED
    assert steps(topic) == ["opened", "opinions_sent", "round_ended", "round_begun", "round_ended", "closed"]
    text = page_of(browser.get(topic.get_absolute_url())).text
    assert "第 2 轮：再监督—再落实" in text
    assert "第 1 轮：监督—落实" in text
    assert "8 处都已改好。" in text


def test_other_verbs_by_their_pages(watching, browser, zhao):
    topic = watching.open(entrusted_by="区人大财经委", entrusted_due_on=date(2026, 3, 1))
    assert "已过 4 天" in page_of(browser.get(topic.get_absolute_url())).text
    for name, field, value in (
        ("note", "findings", "混接 8 处。"),
        ("report", "text", "已报告。"),
        ("edit", "title", "凤鸣河水环境"),
        ("round", "result", "改好 3 处。"),
        ("begin", "started_on", "2026-03-05"),
    ):
        url = verb(name, topic)
        assert browser.post(url, typed_in(browser, url, field) | {field: value}).status_code == 302

    topic.refresh_from_db()
    assert (topic.title, topic.report_back) == ("凤鸣河水环境", "已报告。")
    assert steps(topic) == ["opened", "noted", "reported_back", "changed", "round_ended", "round_begun"]
    assert topic.rounds.get(number=1).look_again_on == LOOK


# ---- budgets


@pytest.fixture
def full_topic(office, watching, topic, chen, zhao, request) -> OversightTopic:
    """A topic with so many of everything, and so many more topics beside it."""
    for number in range(request.param):
        other = watching.open(title=f"另一个 {number}", entrusted_by="区人大")
        for one in (topic, other):
            case = office.enter(channel=Channel.OVERSIGHT, topic=one, raised_by=chen.person).suggestion
            office.reply(office.assign(office.accept(case, now=ACCEPTED)))
        watching.hold(topic=topic, title=f"视察 {number}")
        watching.end(topic, next_round_on=date(2026, 3, 4))
    watching.plan()
    workflow.write_plan(
        year=2026,
        preface="",
        items=[workflow.PlanItem(month=n + 1, title="监督", topic=topic) for n in range(request.param)],
        by=zhao,
        now=TODAY,
    )
    return topic


@pytest.mark.parametrize("full_topic", [1, 3], indirect=True)
def test_queries_of_the_pages(full_topic, browser, django_assert_num_queries):
    browser.get(LIST)  # content types and the like are read once per process

    with django_assert_num_queries(2 + 7):
        browser.get(LIST)
    with django_assert_num_queries(2 + 10):
        browser.get(full_topic.get_absolute_url())
    with django_assert_num_queries(2 + 7):
        browser.get(reverse("admin:suggestions_suggestion_put_forward", args=(full_topic.pk,)))
