"""An oversight topic through its rounds: what each step puts on record, whom it tells, and what it refuses."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from congress_portal.notifications.models import Message
from deputies import workflow
from deputies.choices import TopicStatus
from deputies.models import OversightEvent, OversightTopic
from tests.deputies.oversight.watching import BEGAN, LOOK, OPENED, last, steps
from tests.suggestions.story import TODAY

STAFF = ("zhao", "sun", "fang")


def told(subject: str) -> set[str]:
    return set(Message.objects.filter(subject=subject).values_list("recipient__username", flat=True))


def test_topic_opens_with_its_first_round_and_the_others_are_told(watching, cast, roads):
    topic = watching.open(department=roads, aim="看排水口。")

    assert (topic.status, topic.year) == (TopicStatus.OPEN, 2026)
    assert (last(topic).number, last(topic).started_on, last(topic).look_again_on) == (1, BEGAN, LOOK)
    assert steps(topic) == ["opened"]
    assert told("确定监督议题：凤鸣河治理") == {"sun", "fang"}  # not zhao, who did it
    assert told("街道人大工委确定监督议题：凤鸣河治理") == {"wu"}  # of that department


@pytest.mark.parametrize(
    ("changed", "refusal", "words"),
    [
        ({"year": 2015, "started_on": date(2015, 1, 10)}, workflow.YearNotAllowed, "2016 到 2027"),
        ({"year": 2028, "started_on": date(2028, 1, 10)}, workflow.YearNotAllowed, "2016 到 2027"),
        ({"title": "  "}, workflow.ReasonMissing, "请写明议题"),
        ({"entrusted_due_on": date(2026, 6, 1)}, workflow.NotEntrusted, "也要填受谁委托"),
        ({"started_on": date(2025, 12, 31)}, workflow.RoundDayNotAllowed, "也要在2026年"),
        ({"look_again_on": date(2026, 1, 9)}, workflow.LookDayNotAllowed, "不能早于这一轮开始的2026年1月10日"),
        ({"look_again_on": date(2027, 3, 7)}, workflow.LookDayNotAllowed, "太远了"),
    ],
)
def test_topic_that_cannot_be_is_refused(watching, changed, refusal, words):
    with pytest.raises(refusal, match=words):
        watching.open(**changed)

    assert not OversightTopic.objects.exists()


def test_next_years_topic_may_begin_within_a_year_from_now(watching):
    assert watching.open(year=2027, started_on=date(2027, 1, 11), look_again_on=None, now=OPENED).pk
    with pytest.raises(workflow.RoundDayNotAllowed, match="太远了"):
        watching.open(year=2027, title="另一个", started_on=date(2027, 1, 12), look_again_on=None, now=OPENED)


def test_a_year_has_each_topic_once(watching, topic):
    with pytest.raises(workflow.TopicTaken, match="2026年已经有议题“凤鸣河治理”"):
        watching.open()

    assert watching.open(year=2025, started_on=date(2025, 6, 1), look_again_on=None).pk != topic.pk


def test_what_is_on_record_changes_while_the_topic_is_open(watching, topic, roads, zhao):
    workflow.change_topic(topic, changes={"title": "凤鸣河水环境", "department": roads}, by=zhao, now=TODAY)

    topic.refresh_from_db()
    assert (topic.title, topic.department) == ("凤鸣河水环境", roads)
    assert topic.events.last().note == "议题、落实单位"

    workflow.change_topic(topic, changes={"title": "凤鸣河水环境"}, by=zhao, now=TODAY)
    assert steps(topic) == ["opened", "changed"]  # nothing differed


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"title": ""}, workflow.ReasonMissing),
        ({"title": "电梯安全"}, workflow.TopicTaken),
        ({"entrusted_due_on": date(2026, 6, 1)}, workflow.NotEntrusted),
    ],
)
def test_change_that_cannot_be_is_refused(watching, topic, zhao, changes, refusal):
    watching.open(title="电梯安全")

    with pytest.raises(refusal):
        workflow.change_topic(topic, changes=changes, by=zhao, now=TODAY)

    topic.refresh_from_db()
    assert topic.title == "凤鸣河治理"


def test_who_asked_stays_on_record_once_it_was_reported_to(watching, zhao):
    topic = watching.open(entrusted_by="区人大财经委")
    workflow.report_topic_back(topic, text="已报告。", on=date(2026, 3, 1), by=zhao, now=TODAY)

    with pytest.raises(workflow.ReasonMissing, match="受谁委托不能空着"):
        workflow.change_topic(topic, changes={"entrusted_by": ""}, by=zhao, now=TODAY)


def test_unknown_field_is_a_mistake_of_the_program(topic, zhao):
    with pytest.raises(TypeError, match="status"):
        workflow.change_topic(topic, changes={"status": "closed"}, by=zhao, now=TODAY)


def test_what_was_found_is_noted_in_the_round_in_hand(topic, zhao):
    note = {"findings": "混接 8 处。", "look_again_on": date(2026, 4, 1), "by": zhao, "now": TODAY}
    workflow.note_round(topic, **note)

    assert (last(topic).findings, last(topic).look_again_on) == ("混接 8 处。", date(2026, 4, 1))
    assert topic.events.last().note == "第 1 轮，发现的问题，下次检查2026年4月1日"

    workflow.note_round(topic, **note)
    assert steps(topic) == ["opened", "noted"]


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"look_again_on": date(2026, 1, 9)}, workflow.LookDayNotAllowed),
        ({"started_on": date(2025, 12, 31)}, workflow.RoundDayNotAllowed),
        ({"started_on": date(2026, 3, 21)}, workflow.LookDayNotAllowed),  # after the look that stands
        ({"round_no": 2}, workflow.MoveNotAllowed),
    ],
)
def test_note_out_of_order_is_refused(topic, zhao, changed, refusal):
    given = {"findings": "", "look_again_on": LOOK} | changed

    with pytest.raises(refusal):
        workflow.note_round(topic, **given, by=zhao, now=TODAY)

    assert last(topic).look_again_on == LOOK
    assert steps(topic) == ["opened"]


def test_round_planned_ahead_can_be_moved_but_not_before_the_one_before(watching, topic, zhao):
    watching.end(topic, next_round_on=date(2026, 6, 1))

    workflow.note_round(
        topic, findings="", look_again_on=None, started_on=date(2026, 3, 4), by=zhao, now=TODAY, round_no=2
    )

    assert last(topic).started_on == date(2026, 3, 4)
    with pytest.raises(workflow.RoundDayNotAllowed, match="第 2 轮不能早于第 1 轮结束的2026年3月4日"):
        workflow.note_round(topic, findings="", look_again_on=None, started_on=date(2026, 3, 3), by=zhao, now=TODAY)


def test_round_ends_with_what_came_of_it_and_the_next_begins(watching, cast, roads):
    topic = watching.open(department=roads)

    ended = watching.end(topic, next_round_on=date(2026, 3, 10), look_again_on=date(2026, 5, 1))

    assert (ended.number, ended.result, ended.ended_on) == (1, "改好 3 处。", date(2026, 3, 4))
    assert (last(topic).number, last(topic).started_on, last(topic).look_again_on) == (
        2,
        date(2026, 3, 10),
        date(2026, 5, 1),
    )
    assert steps(topic) == ["opened", "round_ended", "round_begun"]
    assert told("再监督：凤鸣河治理") == {"sun", "fang"}
    assert told("街道人大工委再次监督：凤鸣河治理") == {"wu"}


@pytest.mark.parametrize(
    ("changed", "refusal", "words"),
    [
        ({"result": " "}, workflow.ReasonMissing, "请写明落实情况"),
        ({"ended_on": date(2026, 3, 6)}, workflow.RoundDayNotAllowed, "不能晚于今天"),
        ({"ended_on": date(2026, 1, 9)}, workflow.RoundDayNotAllowed, "不能早于第 1 轮开始的2026年1月10日"),
        ({"next_round_on": date(2026, 3, 3)}, workflow.NextRoundDayNotAllowed, "不能早于第 1 轮结束的2026年3月4日"),
        ({"next_round_on": date(2027, 3, 7)}, workflow.NextRoundDayNotAllowed, "太远了"),
        ({"look_again_on": date(2026, 5, 1)}, workflow.LookDayNotAllowed, "没有下一轮"),
        (
            {"next_round_on": date(2026, 3, 10), "look_again_on": date(2026, 3, 9)},
            workflow.LookDayNotAllowed,
            "不能早于这一轮开始的2026年3月10日",
        ),
        ({"round_no": 2}, workflow.MoveNotAllowed, "现在是第 1 轮"),
    ],
)
def test_end_of_a_round_out_of_order_is_refused(watching, topic, changed, refusal, words):
    with pytest.raises(refusal, match=words):
        watching.end(topic, **changed)

    assert last(topic).ended_on is None
    assert steps(topic) == ["opened"]


def test_round_that_a_colleague_ended_is_not_ended_again(watching, topic):
    watching.end(topic)

    with pytest.raises(workflow.MoveNotAllowed, match=r"赵经办办了“落实情况”.*请先开始下一轮，或者办结"):
        watching.end(topic)
    with pytest.raises(workflow.MoveNotAllowed):
        workflow.note_round(topic, findings="又看了一次。", look_again_on=None, by=watching.clerk, now=TODAY)


def test_next_round_can_begin_later(watching, topic, zhao):
    with pytest.raises(workflow.MoveNotAllowed, match="第 1 轮还没有结束"):
        workflow.begin_round(topic, started_on=date(2026, 3, 5), by=zhao, now=TODAY)
    watching.end(topic)

    second = workflow.begin_round(topic, started_on=date(2026, 3, 5), by=zhao, now=TODAY)

    assert (second.number, second.started_on) == (2, date(2026, 3, 5))
    assert steps(topic) == ["opened", "round_ended", "round_begun"]


def test_outcome_is_reported_to_who_asked_once(watching, zhao):
    topic = watching.open(entrusted_by="区人大财经委", entrusted_due_on=date(2026, 6, 1))
    report = {"text": "8 处都已改好。", "on": date(2026, 3, 1), "by": zhao, "now": TODAY}

    workflow.report_topic_back(topic, **report)

    topic.refresh_from_db()
    assert (topic.report_back, topic.reported_back_on) == ("8 处都已改好。", date(2026, 3, 1))
    assert topic.events.last().note == "2026年3月1日报告区人大财经委"
    with pytest.raises(workflow.MoveNotAllowed, match="已经向区人大财经委报告过"):
        workflow.report_topic_back(topic, **report)


@pytest.mark.parametrize(
    ("entrusted_by", "changed", "refusal"),
    [
        ("", {}, workflow.NotEntrusted),
        ("区人大财经委", {"text": " "}, workflow.ReasonMissing),
        ("区人大财经委", {"on": date(2026, 3, 6)}, workflow.ReportDayNotAllowed),
        ("区人大财经委", {"on": date(2026, 1, 9)}, workflow.ReportDayNotAllowed),
    ],
)
def test_report_that_cannot_be_is_refused(watching, zhao, entrusted_by, changed, refusal):
    topic = watching.open(entrusted_by=entrusted_by)
    given = {"text": "已改好。", "on": date(2026, 3, 1)} | changed

    with pytest.raises(refusal):
        workflow.report_topic_back(topic, **given, by=zhao, now=TODAY)

    topic.refresh_from_db()
    assert topic.reported_back_on is None


def test_closing_ends_the_round_in_hand_and_a_report_may_follow(watching, cast, zhao):
    topic = watching.open(entrusted_by="区人大财经委")

    watching.close(topic)

    topic.refresh_from_db()
    assert (topic.status, topic.closed_on, topic.conclusion) == (TopicStatus.CLOSED, date(2026, 3, 5), "8 处都已改好。")
    assert last(topic).ended_on == date(2026, 3, 5)
    assert steps(topic) == ["opened", "round_ended", "closed"]
    assert told("监督议题办结：凤鸣河治理") == {"sun", "fang"}
    assert workflow.report_topic_back(topic, text="已改好。", on=date(2026, 3, 5), by=zhao, now=TODAY).reported_back_on


def test_round_that_ended_before_stays_as_it_was(watching, topic):
    watching.end(topic)

    watching.close(topic)

    assert last(topic).ended_on == date(2026, 3, 4)
    assert steps(topic) == ["opened", "round_ended", "closed"]


@pytest.mark.parametrize(
    ("changed", "refusal", "words"),
    [
        ({"conclusion": ""}, workflow.ReasonMissing, "请写明结论"),
        ({"closed_on": date(2026, 3, 6)}, workflow.RoundDayNotAllowed, "不能晚于今天"),
        ({"closed_on": date(2026, 3, 3)}, workflow.RoundDayNotAllowed, "不能早于第 1 轮结束的2026年3月4日"),
    ],
)
def test_closing_out_of_order_is_refused(watching, topic, changed, refusal, words):
    watching.end(topic)

    with pytest.raises(refusal, match=words):
        watching.close(topic, **changed)

    topic.refresh_from_db()
    assert topic.status == TopicStatus.OPEN


def test_topic_is_not_closed_before_a_round_planned_ahead_has_begun(watching, topic):
    watching.end(topic, next_round_on=date(2026, 6, 1))

    with pytest.raises(workflow.RoundDayNotAllowed, match="不能早于第 2 轮开始的2026年6月1日"):
        watching.close(topic)


def test_nothing_is_done_with_a_closed_topic(watching, topic, zhao):
    watching.close(topic)
    actor = {"by": zhao, "now": TODAY}

    for late in (
        lambda: watching.close(topic),
        lambda: watching.end(topic),
        lambda: workflow.note_round(topic, findings="又有了。", look_again_on=None, **actor),
        lambda: workflow.begin_round(topic, started_on=date(2026, 3, 5), **actor),
        lambda: workflow.change_topic(topic, changes={"aim": "别的。"}, **actor),
        lambda: workflow.record_opinions_sent(topic, count=1, **actor),
    ):
        with pytest.raises(workflow.TopicClosed, match=r"赵经办办了“办结”.*已办结"):
            late()

    assert steps(topic) == ["opened", "round_ended", "closed"]


def test_only_the_committee_watches(watching, everybody):
    topic = watching.open(entrusted_by="区人大财经委")
    may = {"open": set(), "change": set(), "note": set(), "end": set(), "begin": set(), "report": set(), "close": set()}
    for name, person in everybody.items():
        actor = {"by": person, "now": TODAY}
        verbs = {
            "open": lambda person=person, name=name: watching.open(title=f"议题{name}", by=person),
            "change": lambda actor=actor, name=name: workflow.change_topic(topic, changes={"aim": name}, **actor),
            "note": lambda actor=actor, name=name: workflow.note_round(
                topic, findings=name, look_again_on=None, **actor
            ),
            "end": lambda person=person: watching.end(topic, by=person),
            "begin": lambda actor=actor: workflow.begin_round(topic, started_on=date(2026, 3, 4), **actor),
            "report": lambda actor=actor: workflow.report_topic_back(topic, text="好。", on=date(2026, 3, 1), **actor),
            "close": lambda person=person: watching.close(topic, by=person),
        }
        for verb, do in verbs.items():
            events = OversightEvent.objects.count()
            try:
                do()
            except PermissionDenied:
                assert OversightEvent.objects.count() == events
            except workflow.MoveNotAllowed:  # a colleague was first: allowed, and too late
                may[verb].add(name)
            else:
                may[verb].add(name)

    assert may == {verb: set(STAFF) for verb in may}
