"""What is told of a due day, and to whom: those invited, the deputy who is to report, the committee."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse

from congress_portal.accounts.choices import COMMITTEE_ROLES
from congress_portal.accounts.models import User
from congress_portal.common.dates import full_day, month_day
from congress_portal.notifications.letters import Letter
from deputies.choices import Attendance, ReminderStage
from deputies.models import Activity, DutyRecord, Mandate, OversightTopic, Person
from deputies.selectors.activities import when, where

MOST_NAMES = 20  # in one message


def answer_letters(activity: Activity, *, due_on: date, today: date) -> list[Letter]:
    """Ask whoever has not answered; those asked today have just been told."""
    waiting = _invited(activity, Attendance.INVITED).exclude(person__participations__in=_asked_on(activity, today))
    return _told(
        waiting,
        subject=f"请回复邀请：{activity.title}",
        body=_lines(
            _when_and_where(activity),
            f"请{'今天' if due_on == today else f'在{month_day(due_on)}前'}报名，不能参加的请假。",
        ),
        url=_page(activity),
    )


def coming_letters(activity: Activity, *, due_on: date, today: date) -> list[Letter]:
    day = "今天" if due_on == today else "明天"
    return _told(
        _invited(activity, Attendance.SIGNED_UP),
        subject=f"{day}的活动：{activity.title}",
        body=_lines(_when_and_where(activity), activity.notice, "临时不能参加的，请打开后请假。"),
        url=_page(activity),
    )


def report_back_letters(
    record: Activity | OversightTopic, *, stage: ReminderStage, due_on: date, distance: str
) -> list[Letter]:
    what = {
        ReminderStage.SOON: f"请在{month_day(due_on)}前报告结果，并登记报告的内容。",
        ReminderStage.TODAY: f"请在今天（{month_day(due_on)}）报告结果，并登记报告的内容。",
        ReminderStage.OVERDUE: f"要求报告的日期是{full_day(due_on)}。请尽快报告；已经报告的，请登记。",
    }[stage]
    return _told(
        _committee(),
        subject=f"{_is_due('报告结果', distance)}：{record.title}",
        body=_lines(f"受{record.entrusted_by}委托。", what),
        url=record.get_absolute_url(),
    )


def look_letters(topic: OversightTopic, *, stage: ReminderStage, due_on: date, distance: str) -> list[Letter]:
    what = {
        ReminderStage.SOON: f"下次检查定在{month_day(due_on)}，请安排。",
        ReminderStage.TODAY: f"下次检查定在今天（{month_day(due_on)}）。",
        ReminderStage.OVERDUE: f"下次检查定在{full_day(due_on)}，已经过了。请登记落实情况，或者另定日期。",
    }[stage]
    return _told(
        _committee(), subject=f"{_is_due('再次检查', distance)}：{topic.title}", body=what, url=topic.get_absolute_url()
    )


def voters_letters(mandate: Mandate, *, stage: ReminderStage, due_on: date, distance: str) -> list[Letter]:
    by_when = {
        ReminderStage.SOON: f"请在{full_day(due_on)}前向选民述职。",
        ReminderStage.TODAY: f"今天（{month_day(due_on)}）是向选民述职的最后一天。",
        ReminderStage.OVERDUE: f"应在{full_day(due_on)}前向选民述职。",
    }[stage]
    user = mandate.person.user
    return _told(
        [user] if user is not None and user.is_active else [],
        subject=_is_due("向选民述职", distance),
        body=_lines(
            f"您担任{mandate.term}{mandate}，这一届还没有向选民述职。",
            by_when,
            "时间和地点请与街道人大工委商定。",
        ),
        url=reverse("own"),
    )


def reports_letters(mandates: Sequence[Mandate], *, due_on: date, distance: str) -> list[Letter]:
    """To the committee, which organises the meetings and calls whoever has no account: one message for a day."""
    people = list(dict.fromkeys(mandate.person for mandate in mandates))
    without = [person for person in people if person.user is None or not person.user.is_active]
    who = str(people[0]) if len(people) == 1 else f"{len(people)} 位代表"
    return _told(
        _committee(),
        subject=f"{who}{_is_due('向选民述职', distance)}",
        body=_lines(
            f"应在{full_day(due_on)}前向选民述职，这一届还没有述职的：{_names(people)}。",
            "请安排述职会，述职后登记评议结果。",
            f"没有启用的账户，要电话通知的：{_names(without)}。" if without else "",
        ),
        url=reverse("admin:deputies_performancereport_owed"),
    )


def duty_letters() -> list[Letter]:
    count = DutyRecord.objects.waiting().count()
    return _told(
        _committee(),
        subject=f"{count} 条履职记录等待确认",
        body="最早的一条已经等了 7 天以上。请确认；写得不清楚的，请退回并写明原因。",
        url=reverse("admin:deputies_dutyrecord_changelist"),
    )


def _told(people: QuerySet[User] | list[User], *, subject: str, body: str, url: str) -> list[Letter]:
    """Return the letter, unless there is nobody to read it."""
    to = list(people)
    return [Letter(to, subject, body, url)] if to else []


def _invited(activity: Activity, state: Attendance) -> QuerySet[User]:
    # One condition on one row: otherwise a person's answer to another activity would do.
    return User.objects.filter(
        is_active=True, person__participations__activity=activity, person__participations__state=state
    ).order_by("pk")


def _asked_on(activity: Activity, day: date) -> QuerySet:
    return activity.participations.filter(invited_at__date=day)


def _committee() -> QuerySet[User]:
    return User.objects.filter(is_active=True, role__in=COMMITTEE_ROLES).order_by("pk")


def _is_due(what: str, distance: str) -> str:
    """Join what is due with how far away that is: 述职还有 3 天 says nothing without the word 期限."""
    return f"{what}期限{distance}" if distance.startswith("还有") else f"{what}{distance}"


def _names(people: Sequence[Person]) -> str:
    rest = f"等 {len(people)} 人" if len(people) > MOST_NAMES else ""
    return "、".join(person.name for person in people[:MOST_NAMES]) + rest


def _when_and_where(activity: Activity) -> str:
    places = where(activity)
    return _lines(f"时间：{when(activity)}", f"地点：{places}" if places else "")


def _page(activity: Activity) -> str:
    return reverse("deputies:activity_detail", args=(activity.pk,))


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
