"""The staff's verbs about the people of an activity: whom to ask, what they answered, who was there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.functional import cached_property

from deputies import workflow
from deputies.choices import Attendance
from deputies.forms.attendance import SEEN, SPEAKING, AnswersForm, AttendanceForm, InviteForm, LeaveDecisionForm
from deputies.models import Activity
from deputies.selectors import activities as selectors
from deputies.views.activity_verb import ANNOUNCED, HELD, PLANNED, VerbView


class InviteView(VerbView):
    name, label = "invite", "邀请"
    from_statuses = frozenset({PLANNED, ANNOUNCED})
    template_name = "admin/deputies/activity_invite.html"
    form_class = InviteForm

    @cached_property
    def candidates(self) -> list[Any]:
        return selectors.candidates(self.activity)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"candidates": self.candidates}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"candidates": self.candidates}

    def perform(self, form: InviteForm, actor: dict[str, Any]) -> str:
        people = form.chosen()
        new = workflow.invite(self.activity, people=people, **actor)
        if self.activity.status == PLANNED:
            return f"已记下 {len(new)} 人，发通知的时候一起告诉他们。"
        if self.activity.ends_at <= self.now:
            return f"已记下 {len(new)} 人。"
        return f"已邀请 {len(new)} 人{_by_telephone(people)}"


class AnnounceView(InviteView):
    name, label = "announce", "发通知"
    from_statuses = frozenset({PLANNED})

    @classmethod
    def is_possible(cls, activity: Activity, now: datetime) -> bool:
        return activity.status in cls.from_statuses and activity.ends_at > now

    def get_form_kwargs(self) -> dict[str, Any]:
        on_the_list = self.activity.invited_count  # type: ignore[attr-defined]  # annotated
        return super().get_form_kwargs() | {"may_be_nobody": bool(on_the_list) or self.activity.is_open}

    def why_not(self) -> str:
        if self.activity.status == PLANNED:
            return "这次活动的时间已经过了，不用再发通知。请先邀请（记下）参加的人，再登记到场和举行完毕。"
        return super().why_not()

    def perform(self, form: InviteForm, actor: dict[str, Any]) -> str:
        activity = workflow.announce_activity(self.activity, people=form.chosen(), **actor)
        people = [row.person for row in activity.participations.select_related("person")]
        return f"已通知 {len(people)} 人{_by_telephone(people)}" if people else "已公布，居民可以报名。"


def _by_telephone(people: list[Any], *, of: str = "其中") -> str:
    without = [person.name for person in people if person.user_id is None]
    if not without:
        return "。"
    names = "、".join(without[:10]) + ("等" if len(without) > 10 else "")
    return f"。{of} {len(without)} 人没有账户，收不到消息，请打电话告诉他们：{names}。"


class LeaveView(VerbView):
    name, label, submit = "leave", "批假", "保存"
    from_statuses = frozenset({PLANNED, ANNOUNCED})
    template_name = "admin/deputies/activity_leave.html"
    form_class = LeaveDecisionForm

    @classmethod
    def is_possible(cls, activity: Activity, now: datetime) -> bool:
        return activity.status in cls.from_statuses and bool(activity.asking_count)  # type: ignore[attr-defined]

    def why_not(self) -> str:
        return "现在没有待批的请假。"

    def get_form_kwargs(self) -> dict[str, Any]:
        asking = selectors.participations_of(self.activity).filter(state=Attendance.LEAVE_ASKED)
        return super().get_form_kwargs() | {"rows": list(asking)}

    def perform(self, form: LeaveDecisionForm, actor: dict[str, Any]) -> str:
        decisions = form.decisions()
        with transaction.atomic():  # all of them, or the page again
            for person, granted, reason in decisions:
                workflow.decide_leave(self.activity, person=person, granted=granted, reason=reason, **actor)
        granted_count = sum(granted for _, granted, _ in decisions)
        return f"已准假 {granted_count} 人，不准假 {len(decisions) - granted_count} 人，本人会收到消息。"


class AnswersView(VerbView):
    """What people without an account, and others, said by telephone; a mistaken invitation goes here too."""

    name, label, submit = "answers", "代记回复", "保存"
    from_statuses = frozenset({ANNOUNCED})
    template_name = "admin/deputies/activity_answers.html"
    form_class = AnswersForm

    @classmethod
    def is_possible(cls, activity: Activity, now: datetime) -> bool:
        if activity.status not in cls.from_statuses or activity.ends_at <= now:
            return False
        return activity.participations.exclude(state__in=(Attendance.PRESENT, Attendance.ABSENT)).exists()

    def why_not(self) -> str:
        if self.activity.status == PLANNED:
            return "还没有发通知，不用代记回复。"
        if self.activity.status not in self.from_statuses:
            return super().why_not()
        if self.activity.ends_at <= self.now:
            return "活动已经结束，不能再代记回复。请登记到场情况。"
        return "没有等待回复的人：还没有邀请人，或者都已经登记了到场情况。"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"rows": list(selectors.participations_of(self.activity))}

    def perform(self, form: AnswersForm, actor: dict[str, Any]) -> str:
        coming, excused, taken_back = form.coming(), form.excused(), form.taken_back()
        workflow.record_answers(self.activity, coming=coming, excused=excused, taken_back=taken_back, **actor)
        counts = (("报名参加", coming), ("请假", excused), ("收回邀请", taken_back))
        done = "，".join(f"{word} {len(people)} 人" for word, people in counts if people)
        return f"已代记：{done}{_by_telephone(taken_back, of='收回邀请的人里')}"


class AttendanceView(VerbView):
    name, label, submit = "attendance", "登记到场", "保存"
    from_statuses = frozenset({PLANNED, ANNOUNCED, HELD})
    template_name = "admin/deputies/activity_attendance.html"
    form_class = AttendanceForm

    @classmethod
    def is_possible(cls, activity: Activity, now: datetime) -> bool:
        return activity.status in cls.from_statuses and now >= selectors.sign_in_window(activity)[0]

    def why_not(self) -> str:
        if self.activity.status in self.from_statuses:
            return "活动还没有开始，开始前 60 分钟起可以登记到场。"
        return super().why_not()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "rows": list(selectors.participations_of(self.activity)),
            "candidates": selectors.candidates(self.activity),
            "with_speeches": self.activity.kind in SPEAKING,
            "by_pk": self.request.user.pk,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        has_rest = any(row.state not in SEEN for row in context["form"].rows)
        return context | {"has_rest": has_rest}

    def perform(self, form: AttendanceForm, actor: dict[str, Any]) -> str:
        states = form.states(rest_present="rest" in self.request.POST)
        workflow.record_attendance(self.activity, states=states, speeches=form.speeches(), **actor)
        return "到场情况已登记。" if states or form.speeches() else "没有改动。"
