"""The staff's verbs about activities, as pages inside the admin. Each asks what it needs and calls one verb.

Those about people are in ``activity_people``, what all of them are made of in ``activity_verb``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone

from congress_portal.common.refusal import Refusal
from deputies import workflow
from deputies.choices import ActivityFileKind
from deputies.forms.activities import (
    ActivityForm,
    BatchFormSet,
    CancelForm,
    FilesForm,
    HeldForm,
    MinutesForm,
    OutsidersFormSet,
    PlaceFormSet,
    ReportBackForm,
    RowsForm,
    batch_rows,
    outsider_rows,
    place_rows,
)
from deputies.models import Activity
from deputies.selectors import activities as selectors
from deputies.views.activity_people import AnnounceView, AnswersView, AttendanceView, InviteView, LeaveView
from deputies.views.activity_verb import ANNOUNCED, FIELD_OF, HELD, PLANNED, StaffPage, VerbView


class ActivityPlanPage(StaffPage):
    """The form of an activity, with its places in order."""

    form_class = ActivityForm
    template_name = "admin/deputies/activity_form.html"
    activity: Activity | None = None

    def row_sets(self, data: Any = None) -> dict[str, forms.BaseFormSet]:
        places = self.activity.places.order_by("position", "pk") if self.activity else ()
        return {"places": PlaceFormSet(data, prefix="places", initial=place_rows(list(places)))}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.activity}

    def refused(self, form: forms.BaseForm, refusal: Refusal) -> HttpResponse:
        form.add_error(FIELD_OF.get(type(refusal)), str(refusal))
        return self.form_invalid(form)


class ActivityAddView(ActivityPlanPage):
    title = "登记活动"
    submit_label = "登记"

    def get_initial(self) -> dict[str, Any]:
        """Take over what the page of a topic or of the plan hands along."""
        given = ("topic", "plan_item", "kind")
        return {name: value for name in given if (value := self.request.GET.get(name))}

    def form_valid(self, form: forms.BaseForm) -> HttpResponse:
        try:
            activity = workflow.plan_activity(
                **form.cleaned_data, places=self.rows["places"].places(), by=self.request.user, now=timezone.now()
            )
        except Refusal as refusal:
            return self.refused(form, refusal)
        if activity.ends_at < timezone.now():
            messages.success(self.request, "活动已登记。它已经过了：请先邀请（记下）参加的人，再登记到场和举行完毕。")
        else:
            messages.success(self.request, "活动已登记，还没有通知任何人。")
        return redirect(activity)


class EditView(VerbView, ActivityPlanPage):
    name, label, submit = "edit", "修改", "保存"
    from_statuses = frozenset({PLANNED, ANNOUNCED})
    template_name = "admin/deputies/activity_form.html"

    def perform(self, form: Any, actor: dict[str, Any]) -> str:
        # The form has written into the row it was given; the verb compares with what is in the database.
        workflow.change_activity(
            Activity(pk=self.activity.pk), changes=form.cleaned_data, places=self.rows["places"].places(), **actor
        )
        told = self.activity.status == ANNOUNCED and self.activity.ends_at > self.now
        return "已保存。时间或者地点有变的，被邀请的人会收到消息。" if told else "已保存。"


class RowsVerbView(VerbView):
    """A verb with the head counts of outsiders and the batches of a mass visit."""

    def row_sets(self, data: Any = None) -> dict[str, forms.BaseFormSet]:
        outsiders = outsider_rows(list(self.activity.outsiders.order_by("pk")))
        batches = batch_rows(list(self.activity.batches.order_by("number")))
        return {
            "outsiders": OutsidersFormSet(data, prefix="outsiders", initial=outsiders),
            "batches": BatchFormSet(
                data, prefix="batches", initial=batches, form_kwargs={"days": workflow.batch_days(self.activity)}
            ),
        }

    def counts(self) -> dict[str, Any]:
        return {"outsiders": self.rows["outsiders"].pairs(), "batches": self.rows["batches"].batches()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"categories": selectors.outsider_categories()}


class HeldView(RowsVerbView):
    name, label = "held", "举行完毕"
    from_statuses = frozenset({PLANNED, ANNOUNCED})
    template_name = "admin/deputies/activity_held.html"
    form_class = HeldForm

    @classmethod
    def is_possible(cls, activity: Activity, now: datetime) -> bool:
        return activity.status in cls.from_statuses and activity.starts_at <= now

    def why_not(self) -> str:
        if self.activity.status in self.from_statuses:
            return "活动还没有开始，不能登记为举行完毕。时间写错的，请先修改。"
        return super().why_not()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"is_open": self.activity.is_open}

    def get_initial(self) -> dict[str, Any]:
        return {"narrative": self.activity.narrative}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"tally": selectors.attendance_of(self.activity)}

    def perform(self, form: Any, actor: dict[str, Any]) -> str:
        workflow.record_held(self.activity, narrative=form.cleaned_data["narrative"], **self.counts(), **actor)
        return "已登记为举行完毕，参加情况已记入各人的履职档案。"


class CountsView(RowsVerbView):
    name, label, submit = "counts", "更正人数", "保存"
    from_statuses = frozenset({HELD})
    template_name = "admin/deputies/activity_held.html"
    form_class = RowsForm

    def perform(self, form: Any, actor: dict[str, Any]) -> str:
        workflow.correct_counts(self.activity, **self.counts(), **actor)
        return "人数已更正。"


class FilesView(VerbView):
    name, label, submit = "files", "上传照片和材料", "上传"
    from_statuses = frozenset({PLANNED, ANNOUNCED, HELD})
    template_name = "admin/deputies/activity_upload.html"
    form_class = FilesForm

    def perform(self, form: Any, actor: dict[str, Any]) -> str:
        data = form.cleaned_data
        with transaction.atomic():
            for kind, field in ((ActivityFileKind.PHOTO, "photos"), (ActivityFileKind.PAPER, "papers")):
                workflow.add_files(self.activity, files=data[field], kind=kind, caption=data["caption"], **actor)
        return f"已上传 {len(data['photos']) + len(data['papers'])} 个文件。"


class MinutesView(VerbView):
    name, label, submit = "minutes", "写纪要", "保存"
    from_statuses = frozenset({PLANNED, ANNOUNCED, HELD})
    form_class = MinutesForm

    @classmethod
    def is_possible(cls, activity: Activity, now: datetime) -> bool:
        return activity.status in cls.from_statuses and activity.starts_at <= now

    def why_not(self) -> str:
        return super().why_not() if self.activity.status not in self.from_statuses else "活动还没有开始，还不用写纪要。"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"is_open": self.activity.is_open}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.activity, name) for name in MinutesForm.base_fields}

    def perform(self, form: Any, actor: dict[str, Any]) -> str:
        workflow.change_activity(self.activity, changes=form.cleaned_data, **actor)
        return "已保存。"


class ReportBackView(VerbView):
    name, label = "report_back", "报告结果"
    from_statuses = frozenset({HELD})
    form_class = ReportBackForm

    @classmethod
    def is_possible(cls, activity: Activity, now: datetime) -> bool:
        return (
            activity.status in cls.from_statuses and bool(activity.entrusted_by) and activity.reported_back_on is None
        )

    def why_not(self) -> str:
        if self.activity.reported_back_on:
            return "已经报告过结果。"
        return super().why_not() if self.activity.entrusted_by else "这次活动没有登记受谁委托，不用报告结果。"

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate(self.now), "text": self.activity.narrative}

    def perform(self, form: Any, actor: dict[str, Any]) -> str:
        workflow.report_back(self.activity, **form.cleaned_data, **actor)
        return f"已记下向{self.activity.entrusted_by}报告的结果。"


class CancelView(VerbView):
    name, label, submit = "cancel", "取消活动", "取消这次活动"
    from_statuses = frozenset({PLANNED, ANNOUNCED})
    form_class = CancelForm

    def perform(self, form: Any, actor: dict[str, Any]) -> str:
        workflow.cancel_activity(self.activity, **form.cleaned_data, **actor)
        return "活动已取消，被邀请的人会收到消息。" if self.activity.status == ANNOUNCED else "活动已取消。"


VERBS: tuple[type[VerbView], ...] = (
    AnnounceView,
    LeaveView,
    AttendanceView,
    HeldView,
    ReportBackView,
    InviteView,
    AnswersView,
    EditView,
    MinutesView,
    FilesView,
    CountsView,
    CancelView,
)


@dataclass(frozen=True)
class VerbLink:
    """A verb that can be done now, as a button."""

    name: str
    label: str
    url: str
    is_main: bool


def main_verb_of(activity: Activity, now: datetime) -> type[VerbView] | None:
    """Return the one next step of an activity: what the committee owes first. Reads ``with_counts``."""
    if LeaveView.is_possible(activity, now):
        return LeaveView
    if HeldView.is_possible(activity, now):
        is_empty = not activity.invited_count  # type: ignore[attr-defined]  # annotated
        if activity.ends_at <= now:
            return InviteView if activity.status == PLANNED and is_empty else HeldView
        return AttendanceView
    if AnnounceView.is_possible(activity, now):
        return AnnounceView
    if AttendanceView.is_possible(activity, now) and activity.status == ANNOUNCED:
        return AttendanceView
    if ReportBackView.is_possible(activity, now):
        return ReportBackView
    if activity.status == HELD and not activity.minutes and not activity.narrative:
        return MinutesView
    return None


def verb_links(user: Any, activity: Activity, now: datetime) -> list[VerbLink]:
    """Return the buttons on an activity's page: what can be done now and the person may do, the main one first."""
    main = main_verb_of(activity, now)
    links = [
        VerbLink(verb.name, verb.label, verb_url(verb, activity), verb is main)
        for verb in VERBS
        if user.has_perm(verb.right) and verb.is_possible(activity, now)
    ]
    return sorted(links, key=lambda link: not link.is_main)


def verb_url(verb: type[VerbView], activity: Activity) -> str:
    return reverse(f"admin:deputies_activity_{verb.name}", args=(activity.pk,))


def verb_urls() -> list[Any]:
    """Return the addresses of the verbs, for the admin of activities to put before its own."""
    return [
        path(f"<int:pk>/{verb.name}/", admin.site.admin_view(verb.as_view()), name=f"deputies_activity_{verb.name}")
        for verb in VERBS
    ]
