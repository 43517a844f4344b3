"""The staff's verbs about activities, as pages inside the admin. Each asks what it needs and calls one verb."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView

from congress_portal.common.refusal import Refusal
from congress_portal.common.uploads import UploadRefused
from deputies import workflow
from deputies.choices import ActivityFileKind, ActivityStatus, Attendance
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
from deputies.forms.attendance import SEEN, SPEAKING, AttendanceForm, InviteForm, LeaveDecisionForm
from deputies.models import Activity
from deputies.selectors import activities as selectors
from deputies.workflow.activity_steps import what_happened_since

PLANNED, ANNOUNCED, HELD = ActivityStatus.PLANNED, ActivityStatus.ANNOUNCED, ActivityStatus.HELD
MORE_ROWS = 10

# Where a refusal belongs to one field, its sentence stands there.
_FIELD_OF = {
    workflow.ActivityTimesNotAllowed: "starts_at",
    workflow.ReportDayNotAllowed: "on",
    UploadRefused: "photos",
}


class StaffPage(FormView):
    """A form page inside the admin, with small tables (formsets) beside the form where it has some."""

    title = ""
    submit_label = ""
    template_name = "admin/deputies/activity_verb.html"
    typed: dict[str, Any] | None = None  # what the page comes back with when only more rows are asked for

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if self.typed is not None:
            del kwargs["data"], kwargs["files"]
        return kwargs

    def row_sets(self, data: Any = None) -> dict[str, forms.BaseFormSet]:
        """Return the small tables by name, bound when there is ``data``."""
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = kwargs.pop("rows", None) or self.row_sets()
        return (
            admin.site.each_context(self.request)
            | super().get_context_data(**kwargs)
            | {"title": self.title, "submit_label": self.submit_label, "opts": Activity._meta, "rows": rows}
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.rows = self.row_sets(request.POST)
        if "more" in request.POST:
            return self.with_more_rows()
        form = self.get_form()
        # All of them, so that every mistake is shown at once.
        if all([form.is_valid(), *(rows.is_valid() for rows in self.rows.values())]):
            return self.form_valid(form)
        return self.form_invalid(form)

    def form_invalid(self, form: forms.BaseForm, *, status: int = 200) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, rows=self.rows), status=status)

    def with_more_rows(self) -> HttpResponse:
        """Show the page again with what was typed and more empty rows. Nothing is judged yet."""
        bound = self.get_form()
        self.typed = {name: bound[name].value() for name in bound.fields}
        form = self.get_form()
        form.initial |= self.typed
        rows = {}
        for name, row_set in self.rows.items():
            values = [{field: row[field].value() for field in row.fields} for row in row_set.forms]
            again = type(row_set)(prefix=row_set.prefix, initial=values)
            again.extra = MORE_ROWS if name == self.request.POST["more"] else 0
            rows[name] = again
        return self.render_to_response(self.get_context_data(form=form, rows=rows))


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
        form.add_error(_FIELD_OF.get(type(refusal)), str(refusal))
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


class VerbView(StaffPage):
    """One verb on one activity. Who may not know it gets 404, who may not do the verb 403, who is late 409."""

    name: ClassVar[str]
    label: ClassVar[str]
    right = "deputies.change_activity"
    from_statuses: ClassVar[frozenset[ActivityStatus]]
    submit: ClassVar[str] = ""

    @classmethod
    def is_possible(cls, activity: Activity, now: datetime) -> bool:
        """Say whether the verb leads on from where the activity is. Reads ``asking_count`` of ``with_counts``."""
        return activity.status in cls.from_statuses

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now = timezone.now()
        activities = selectors.with_counts(Activity.objects.visible_to(request.user))
        self.activity = get_object_or_404(activities.select_related("topic"), pk=kwargs["pk"])
        if not request.user.has_perm(self.right):
            raise PermissionDenied("您的角色不能办这一步。")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_possible(self.activity, self.now):
            messages.error(request, self.why_not())
            return redirect(self.activity)
        return super().get(request, *args, **kwargs)

    def why_not(self) -> str:
        return f"现在不能{self.label}：{what_happened_since(self.activity)}"

    def form_invalid(self, form: forms.BaseForm, *, status: int = 200) -> HttpResponse:
        if status == 200 and self.activity.status not in self.from_statuses:
            form.add_error(None, what_happened_since(self.activity))
            status = 409
        return super().form_invalid(form, status=status)

    def get_form(self, form_class: Any = None) -> forms.BaseForm:
        """Let the form carry the last step its page showed, so that a stale tab cannot overrule a colleague."""
        form = super().get_form(form_class)
        form.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, required=False)
        form.initial["seen"] = selectors.last_step(self.activity)
        return form

    def form_valid(self, form: forms.BaseForm) -> HttpResponse:
        seen = form.cleaned_data.pop("seen")
        if seen is not None and seen != form.initial["seen"] and self.activity.status in self.from_statuses:
            form.data = form.data.copy()
            form.data["seen"] = form.initial["seen"]  # pressing again, after reading this, is a decision
            happened = what_happened_since(self.activity)
            form.add_error(None, f"没有保存：您打开这一页以后，{happened}您填的还在，看清后可以再点一次。")
            return self.form_invalid(form, status=409)
        try:
            done = self.perform(form, {"by": self.request.user, "now": self.now})
        except workflow.MoveNotAllowed as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form, status=409)
        except Refusal as refusal:
            field = _FIELD_OF.get(type(refusal))
            form.add_error(field if field in form.fields else None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, done)
        return redirect(self.activity)

    def perform(self, form: Any, actor: dict[str, Any]) -> str:
        """Call the verb with what the form holds and say what was done; ``actor`` is who and when."""
        raise PermissionDenied

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "activity": self.activity,
            "title": f"{self.label}：{self.activity.title}",
            "submit_label": self.submit or self.label,
            "verb": self.name,
            "verb_label": self.label,
        }


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


def _by_telephone(people: list[Any]) -> str:
    without = [person.name for person in people if person.user_id is None]
    if not without:
        return "。"
    names = "、".join(without[:10]) + ("等" if len(without) > 10 else "")
    return f"。其中 {len(without)} 人没有账户，收不到消息，请打电话告诉他们：{names}。"


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
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        has_rest = any(row.state not in SEEN for row in context["form"].rows)
        return context | {"has_rest": has_rest}

    def perform(self, form: AttendanceForm, actor: dict[str, Any]) -> str:
        states = form.states(rest_present="rest" in self.request.POST)
        workflow.record_attendance(self.activity, states=states, speeches=form.speeches(), **actor)
        return "到场情况已登记。" if states or form.speeches() else "没有改动。"


class RowsVerbView(VerbView):
    """A verb with the head counts of outsiders and the batches of a mass visit."""

    def row_sets(self, data: Any = None) -> dict[str, forms.BaseFormSet]:
        outsiders = outsider_rows(list(self.activity.outsiders.order_by("pk")))
        batches = batch_rows(list(self.activity.batches.order_by("number")))
        return {
            "outsiders": OutsidersFormSet(data, prefix="outsiders", initial=outsiders),
            "batches": BatchFormSet(data, prefix="batches", initial=batches),
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
