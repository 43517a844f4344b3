"""An oversight topic from its plan to its conclusion: 监督—落实—再监督—再落实, in rounds until it is closed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from congress_portal.accounts.models import Department, User
from congress_portal.common.dates import full_day, month_day
from deputies.choices import TopicStatus, TopicStep
from deputies.models import DeputyGroup, OversightEvent, OversightRound, OversightTopic
from deputies.models.oversight import REASON_LENGTH
from deputies.notifications import oversight as notifications
from deputies.workflow.activity_steps import need_reason, require
from deputies.workflow.refusals import (
    LookDayNotAllowed,
    MoveNotAllowed,
    NextRoundDayNotAllowed,
    NotEntrusted,
    ReasonMissing,
    ReportDayNotAllowed,
    RoundDayNotAllowed,
    TopicClosed,
    TopicTaken,
    YearNotAllowed,
)

OLDEST_YEARS = 10  # what an office still types in from its books (local default)
# How far ahead a round or a look may be planned. Local default: further ahead it is a slip of the keyboard.
MOST_DAYS_AHEAD = 366

CHANGEABLE = ("title", "aim", "department", "group", "entrusted_by", "entrusted_due_on")


def open_topic(
    *,
    year: int,
    title: str,
    aim: str = "",
    department: Department | None = None,
    group: DeputyGroup | None = None,
    entrusted_by: str = "",
    entrusted_due_on: date | None = None,
    started_on: date,
    look_again_on: date | None = None,
    by: User,
    now: datetime,
) -> OversightTopic:
    """Put a topic into the year's oversight and begin its first round; the department that is to act is told.

    Raises YearNotAllowed, TopicTaken, ReasonMissing (no title), NotEntrusted (a due day without who asked for it),
    RoundDayNotAllowed for a first day outside the year or too far ahead, LookDayNotAllowed.
    """
    require(by.has_perm("deputies.add_oversighttopic"))
    today = timezone.localdate(now)
    check_year(year, today=today)
    topic = OversightTopic(
        year=year,
        title=need_reason(title, "请写明议题。"),
        aim=aim.strip(),
        department=department,
        group=group,
        entrusted_by=entrusted_by.strip(),
        entrusted_due_on=entrusted_due_on,
    )
    _check_entrusted(topic)
    _check_first_day(started_on, year=year, today=today)
    _check_look(look_again_on, started_on=started_on, today=today)
    _check_title_free(topic)
    try:
        with transaction.atomic():
            topic.save(force_insert=True)
            round_ = topic.rounds.create(number=1, started_on=started_on, look_again_on=look_again_on)
            _write_event(topic, kind=TopicStep.OPENED, by=by, now=now, note=f"{full_day(started_on)}开始监督")
            notifications.tell_topic_opened(topic, round_, by=by)
    except IntegrityError:
        _check_title_free(topic)  # a colleague's click in the same moment
        raise
    return topic


def change_topic(topic: OversightTopic, *, changes: dict[str, Any], by: User, now: datetime) -> OversightTopic:
    """Change what is on record of an open topic; ``changes`` are any of CHANGEABLE. Nothing is written without one.

    Raises TopicClosed, TopicTaken, ReasonMissing, NotEntrusted.
    """
    require(by.has_perm("deputies.change_oversighttopic"))
    if unknown := changes.keys() - set(CHANGEABLE):
        raise TypeError(f"No such fields of a topic to change: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        topic = _locked(topic)
        _require_open(topic)
        changed = {name: value for name, value in changes.items() if getattr(topic, name) != value}
        if not changed:
            return topic
        for name, value in changed.items():
            setattr(topic, name, value)
        need_reason(topic.title, "请写明议题。")
        _check_entrusted(topic)
        _check_title_free(topic)
        topic.save(update_fields=list(changed))
        labels = "、".join(_label(name) for name in changed)
        _write_event(topic, kind=TopicStep.CHANGED, by=by, now=now, note=labels)
    return topic


def note_round(
    topic: OversightTopic,
    *,
    findings: str,
    look_again_on: date | None,
    by: User,
    now: datetime,
    started_on: date | None = None,
    round_no: int | None = None,
) -> OversightRound:
    """Write down what was found in the round in hand, and when it is looked at again.

    ``started_on`` puts right the day on which the round begins, or moves one that was planned ahead; None leaves it.
    ``round_no`` as in `end_round`. Raises MoveNotAllowed, TopicClosed, RoundDayNotAllowed, LookDayNotAllowed.
    """
    require(by.has_perm("deputies.change_oversighttopic"))
    today = timezone.localdate(now)
    with transaction.atomic():
        topic = _locked(topic)
        round_ = _round_in_hand(topic, round_no)
        findings, started_on, words = findings.strip(), started_on or round_.started_on, []
        if started_on != round_.started_on:
            _check_start(started_on, topic=topic, round_=round_, today=today)
            words.append(f"改为{full_day(started_on)}开始")
        if (started_on, look_again_on) != (round_.started_on, round_.look_again_on):
            _check_look(look_again_on, started_on=started_on, today=today)
        if findings != round_.findings:
            words.append("发现的问题")
        if look_again_on != round_.look_again_on:
            words.append(f"下次检查{full_day(look_again_on)}" if look_again_on else "不再定下次检查日期")
        if not words:
            return round_
        round_.findings, round_.started_on, round_.look_again_on = findings, started_on, look_again_on
        round_.save(update_fields=["findings", "started_on", "look_again_on"])
        _write_event(topic, kind=TopicStep.NOTED, by=by, now=now, note=f"{round_}，{'，'.join(words)}")
    return round_


def record_opinions_sent(topic: OversightTopic, *, count: int, by: User | None, now: datetime) -> None:
    """Put on record that opinions were put forward under a topic; they themselves are kept by who handles them.

    Called inside the transaction that writes them; the caller asks for rights. Raises TopicClosed.
    """
    topic = _locked(topic)
    _require_open(topic)
    _write_event(topic, kind=TopicStep.OPINIONS_SENT, by=by, now=now, note=f"{count} 条")


def end_round(
    topic: OversightTopic,
    *,
    findings: str,
    result: str,
    ended_on: date,
    next_round_on: date | None = None,
    look_again_on: date | None = None,
    by: User,
    now: datetime,
    round_no: int | None = None,
) -> OversightRound:
    """Record what came of the round in hand (落实情况) and end it; with ``next_round_on`` the next one opens (再监督).

    ``look_again_on`` is the next look of the next round. ``round_no`` is the round the person had before their eyes: a
    form filled in for a round that a colleague has ended is refused with MoveNotAllowed. Raises ReasonMissing (no
    result), RoundDayNotAllowed, NextRoundDayNotAllowed, LookDayNotAllowed, TopicClosed. Returns the round it ended.
    """
    require(by.has_perm("deputies.change_oversighttopic"))
    result = need_reason(result, "请写明落实情况：哪些落实了，哪些还没有。")
    today = timezone.localdate(now)
    with transaction.atomic():
        topic = _locked(topic)
        round_ = _round_in_hand(topic, round_no)
        _check_end(ended_on, round_, today=today, what="结束日期")
        if look_again_on and not next_round_on:
            raise LookDayNotAllowed("没有下一轮，就不用填下次检查日期；还要检查的，请同时填下一轮的开始日期。")
        round_.findings, round_.result, round_.ended_on = findings.strip(), result, ended_on
        round_.save(update_fields=["findings", "result", "ended_on"])
        _write_event(topic, kind=TopicStep.ROUND_ENDED, by=by, now=now, note=f"{round_}，{full_day(ended_on)}结束")
        if next_round_on:
            _begin(topic, after=round_, started_on=next_round_on, look_again_on=look_again_on, by=by, now=now)
    return round_


def begin_round(
    topic: OversightTopic, *, started_on: date, look_again_on: date | None = None, by: User, now: datetime
) -> OversightRound:
    """Open the next round of a topic whose last one ended without one (再监督).

    Raises MoveNotAllowed while a round is open, TopicClosed, NextRoundDayNotAllowed, LookDayNotAllowed.
    """
    require(by.has_perm("deputies.change_oversighttopic"))
    with transaction.atomic():
        topic = _locked(topic)
        _require_open(topic)
        last = _last_round(topic)
        if last.ended_on is None:
            raise MoveNotAllowed(
                f"没有保存：{what_happened_since_topic(topic)}{last}还没有结束，请先记录它的落实情况。"
            )
        return _begin(topic, after=last, started_on=started_on, look_again_on=look_again_on, by=by, now=now)


def report_topic_back(topic: OversightTopic, *, text: str, on: date, by: User, now: datetime) -> OversightTopic:
    """Record that the outcome was reported to whoever asked for it; also after the topic was closed.

    Raises ReasonMissing, NotEntrusted, MoveNotAllowed when it was reported before, ReportDayNotAllowed.
    """
    require(by.has_perm("deputies.change_oversighttopic"))
    text = need_reason(text, "请写明报告了什么。")
    with transaction.atomic():
        topic = _locked(topic)
        if not topic.entrusted_by:
            raise NotEntrusted("这个议题没有登记受谁委托，不用报告结果。")
        if topic.reported_back_on:
            raise MoveNotAllowed(f"{full_day(topic.reported_back_on)}已经向{topic.entrusted_by}报告过，不用再报告。")
        began = topic.rounds.order_by("number").values_list("started_on", flat=True)[0]
        if not began <= on <= timezone.localdate(now):
            raise ReportDayNotAllowed(f"报告日期要在开始监督的{full_day(began)}到今天之间。")
        topic.report_back, topic.reported_back_on = text, on
        topic.save(update_fields=["report_back", "reported_back_on"])
        note = f"{full_day(on)}报告{topic.entrusted_by}"
        _write_event(topic, kind=TopicStep.REPORTED_BACK, by=by, now=now, note=note)
    return topic


def close_topic(topic: OversightTopic, *, conclusion: str, closed_on: date, by: User, now: datetime) -> OversightTopic:
    """Close a topic with what it came to; a round that is still open ends with it, on the same day.

    Raises ReasonMissing, TopicClosed, and RoundDayNotAllowed for a day ahead, or before the last round began or ended.
    """
    require(by.has_perm("deputies.change_oversighttopic"))
    conclusion = need_reason(conclusion, "请写明结论：监督了什么，落实得怎样。")
    with transaction.atomic():
        topic = _locked(topic)
        _require_open(topic)
        last = _last_round(topic)
        _check_end(closed_on, last, today=timezone.localdate(now), what="办结日期")
        if last.ended_on is None:
            last.ended_on = closed_on
            last.save(update_fields=["ended_on"])
            _write_event(
                topic, kind=TopicStep.ROUND_ENDED, by=by, now=now, note=f"{last}，随议题办结，{full_day(closed_on)}结束"
            )
        topic.status, topic.closed_on, topic.conclusion = TopicStatus.CLOSED, closed_on, conclusion
        topic.save(update_fields=["status", "closed_on", "conclusion"])
        _write_event(topic, kind=TopicStep.CLOSED, by=by, now=now, note=f"{full_day(closed_on)}办结")
        notifications.tell_topic_closed(topic, by=by)
    return topic


# ---- what the verbs are made of


def check_year(year: int, *, today: date) -> None:
    """Refuse a year that is a slip of the keyboard: the office plans the next one, and types in its books."""
    first, last = today.year - OLDEST_YEARS, today.year + 1
    if not first <= year <= last:
        raise YearNotAllowed(f"年份要在 {first} 到 {last} 之间，请核对。")


def what_happened_since_topic(topic: OversightTopic) -> str:
    """Return the sentence that explains why a verb came too late: who did what, and when."""
    event = topic.events.select_related("actor").order_by("-happened_at", "-pk").first()
    since = ""
    if event is not None:
        happened = timezone.localtime(event.happened_at)
        who = event.actor.display_name if event.actor else "网站"
        since = f"{month_day(happened)} {happened:%H:%M}，{who}办了“{event.get_kind_display()}”，"
    return f"{since}这个议题现在是“{topic.get_status_display()}”。"


def _label(name: str) -> str:
    field: Any = OversightTopic._meta.get_field(name)
    return str(field.verbose_name)


def _locked(topic: OversightTopic) -> OversightTopic:
    return OversightTopic.objects.select_for_update().get(pk=topic.pk)


def _require_open(topic: OversightTopic) -> None:
    if topic.status != TopicStatus.OPEN:
        raise TopicClosed(f"没有保存：{what_happened_since_topic(topic)}还要继续监督的，请在新的年度另外确定一个议题。")


def _last_round(topic: OversightTopic) -> OversightRound:
    return topic.rounds.select_for_update().order_by("-number")[0]


def _round_in_hand(topic: OversightTopic, round_no: int | None) -> OversightRound:
    _require_open(topic)
    last = _last_round(topic)
    if last.ended_on is not None:
        raise MoveNotAllowed(f"没有保存：{what_happened_since_topic(topic)}{last}已经结束，请先开始下一轮，或者办结。")
    if round_no is not None and last.number != round_no:
        raise MoveNotAllowed(
            f"没有保存：{what_happened_since_topic(topic)}第 {round_no} 轮已经结束，现在是{last}。"
            "请打开议题看最新情况。"
        )
    return last


def _begin(
    topic: OversightTopic,
    *,
    after: OversightRound,
    started_on: date,
    look_again_on: date | None,
    by: User,
    now: datetime,
) -> OversightRound:
    today = timezone.localdate(now)
    if after.ended_on is not None and started_on < after.ended_on:
        raise NextRoundDayNotAllowed(
            f"下一轮不能早于{after}结束的{full_day(after.ended_on)}，请改成这一天或以后的日期。"
        )
    if started_on > today + timedelta(days=MOST_DAYS_AHEAD):
        raise NextRoundDayNotAllowed(f"下一轮的开始日期写成了{full_day(started_on)}，太远了，请核对。")
    _check_look(look_again_on, started_on=started_on, today=today)
    round_ = topic.rounds.create(number=after.number + 1, started_on=started_on, look_again_on=look_again_on)
    note = f"{round_}，{full_day(started_on)}开始"
    _write_event(topic, kind=TopicStep.ROUND_BEGUN, by=by, now=now, note=note)
    notifications.tell_round_begun(topic, round_, by=by)
    return round_


def _check_first_day(started_on: date, *, year: int, today: date) -> None:
    if started_on.year != year:
        raise RoundDayNotAllowed(f"这是{year}年的议题，开始监督的日期也要在{year}年。")
    if started_on > today + timedelta(days=MOST_DAYS_AHEAD):
        raise RoundDayNotAllowed(f"开始监督的日期写成了{full_day(started_on)}，太远了，请核对。")


def _check_start(started_on: date, *, topic: OversightTopic, round_: OversightRound, today: date) -> None:
    """Refuse another first day of a round that would put the rounds out of order."""
    before = topic.rounds.filter(number__lt=round_.number).order_by("-number").first()
    if before is None:
        _check_first_day(started_on, year=topic.year, today=today)
    elif before.ended_on is not None and started_on < before.ended_on:
        raise RoundDayNotAllowed(f"{round_}不能早于{before}结束的{full_day(before.ended_on)}，请核对。")
    elif started_on > today + timedelta(days=MOST_DAYS_AHEAD):
        raise RoundDayNotAllowed(f"{round_}的开始日期写成了{full_day(started_on)}，太远了，请核对。")


def _check_end(day: date, round_: OversightRound, *, today: date, what: str) -> None:
    if day > today:
        raise RoundDayNotAllowed(f"{what}不能晚于今天，请改成实际的那一天。")
    if round_.ended_on is not None and day < round_.ended_on:
        raise RoundDayNotAllowed(f"{what}不能早于{round_}结束的{full_day(round_.ended_on)}，请核对。")
    if day < round_.started_on:
        raise RoundDayNotAllowed(f"{what}不能早于{round_}开始的{full_day(round_.started_on)}，请核对。")


def _check_look(look_again_on: date | None, *, started_on: date, today: date) -> None:
    if look_again_on is None:
        return
    if look_again_on < started_on:
        raise LookDayNotAllowed(f"下次检查不能早于这一轮开始的{full_day(started_on)}，请改成这一天以后的日期。")
    if look_again_on > max(today, started_on) + timedelta(days=MOST_DAYS_AHEAD):
        raise LookDayNotAllowed(f"下次检查写成了{full_day(look_again_on)}，太远了，请核对。")


def _check_entrusted(topic: OversightTopic) -> None:
    if topic.entrusted_due_on and not topic.entrusted_by:
        raise NotEntrusted("填了要求报告的日期，也要填受谁委托。")
    if topic.reported_back_on and not topic.entrusted_by:
        raise ReasonMissing(f"{full_day(topic.reported_back_on)}已经报告过结果，受谁委托不能空着。")


def _check_title_free(topic: OversightTopic) -> None:
    same = OversightTopic.objects.filter(year=topic.year, title=topic.title).exclude(pk=topic.pk)
    if same.exists():
        raise TopicTaken(f"{topic.year}年已经有议题“{topic.title}”。请打开那一个继续，或者换一个名称。")


def _write_event(topic: OversightTopic, *, kind: TopicStep, by: User | None, now: datetime, note: str = "") -> None:
    OversightEvent.objects.create(topic=topic, kind=kind, actor=by, note=note[:REASON_LENGTH], happened_at=now)
