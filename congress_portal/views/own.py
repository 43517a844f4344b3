"""Where each role starts work, and the pages of a deputy or councillor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import ListView, TemplateView, View

import deputies.workflow
from congress_portal.accounts.models import Committee
from congress_portal.common.calendar_rows import work_calendar
from congress_portal.common.dates import day_beside
from congress_portal.common.refusal import Refusal
from congress_portal.notifications.selectors import latest_unread
from deputies.choices import MandateKind
from deputies.models import DutyRecord
from deputies.reminders import RULES, Matter
from deputies.selectors import invitations
from deputies.selectors.board import office
from deputies.selectors.invitations import Invitation
from deputies.selectors.own import Glance, Seat, file_at_a_glance, person_of, seat_of
from deputies.selectors.reports import report_due
from suggestions import selectors as suggestion_selectors

FEW = 3


class WorkplaceView(LoginRequiredMixin, View):
    """Send whoever signed in to the page that role works on."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_staff:
            return redirect("admin:index")
        if request.user.has_perm("suggestions.view_own_department"):
            return redirect("suggestions:officer_list")
        return redirect("own")


@method_decorator(never_cache, name="dispatch")
class OnMandateMixin(LoginRequiredMixin):
    """Pages of people who are or were on mandate."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_perm("deputies.view_own_file"):
            raise PermissionDenied("这是代表和议事员的页面。")
        return super().dispatch(request, *args, **kwargs)


@dataclass(frozen=True)
class Task:
    """Something that waits for the person: what, a line below it, and where it is done."""

    title: str
    note: str
    url: str
    button: str


class OwnPageView(OnMandateMixin, TemplateView):
    """The first page of a deputy or councillor: what waits, the next dates, the file and the suggestions.

    Ten queries at most, whatever there is to show (performance.md).
    """

    template_name = "pages/own.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, now = self.request.user, timezone.now()
        today = timezone.localdate(now)
        seat, committee = seat_of(user, today=today), Committee.objects.first()
        context = (
            super().get_context_data(**kwargs)
            | _of_user(user, today=today)
            | {"seat": seat, "offices": _offices(seat, committee), "committee": committee}
        )
        if seat.person is None:
            return context | {"waiting": 0}
        coming = invitations.coming(seat.person, now=now)
        to_answer = [invitation for invitation in coming if invitation.awaits_answer]
        glance = file_at_a_glance(seat.person, today=today)
        others = [
            *(_task_of_invitation(invitation) for invitation in to_answer[1:]),
            *(_task_of_returned(line) for line in glance.returned),
            *_task_of_report(seat, today=today),
        ]
        # One thing is opened, so that it can be done at once; where no invitation waits it is the next of the others.
        first_task = others.pop(0) if others and not to_answer else None
        is_opened = bool(to_answer or first_task)
        return context | {
            "call": _call(seat),
            "waiting": is_opened + len(others),
            "invitation": to_answer[0] if to_answer else None,
            "first_task": first_task,
            "others": others,
            "dates": [invitation for invitation in coming if not invitation.awaits_answer],
            "glance": glance,
            "tiles": _tiles(glance),
        }


def _of_user(user: Any, *, today: date) -> dict[str, Any]:
    raised, raised_count = suggestion_selectors.latest_raised(user, today=today, limit=FEW)
    notices, unread_count = latest_unread(user, limit=FEW)
    return {
        "rows": _linked(raised),
        "raised_count": raised_count,
        "notices": notices,
        "unread_count": unread_count,
    }


def _offices(seat: Seat, committee: Committee | None) -> list[str]:
    """Write each mandate in force as one line: 安澜区第十五届人大代表，第 6 选区，南塘代表小组."""
    district_name = committee.district_name if committee else ""
    lines = []
    for mandate in seat.in_force:
        held = office(mandate, district_name=district_name)
        lines.append("，".join(filter(None, (held.name, held.seat, str(mandate.group or "")))))
    return lines


def _call(seat: Seat) -> str:
    """Return what the person is called: 代表 for who is a deputy, whatever else that person is."""
    kinds = {mandate.kind for mandate in seat.in_force}
    if MandateKind.DEPUTY in kinds:
        return "代表"
    return "议事员" if MandateKind.COUNCILLOR in kinds else ""


def _task_of_invitation(invitation: Invitation) -> Task:
    activity = invitation.activity
    return Task(
        title=f"回复邀请：{activity.title}",
        note=f"{invitation.when}{f'，{invitation.places}' if invitation.places else ''}",
        url=reverse("deputies:activity_detail", args=(activity.pk,)),
        button="去回复",
    )


def _task_of_returned(line: DutyRecord) -> Task:
    return Task(
        title=f"补正履职记录：{line.title}",
        note=f"已退回：{line.return_reason}",
        url=reverse("deputies:duty_update", args=(line.pk,)),
        button="去补正",
    )


def _task_of_report(seat: Seat, *, today: date) -> Iterator[Task]:
    """Say that a report to the voters is owed, from the day on which the reminders say so too."""
    if not any(mandate.kind == MandateKind.DEPUTY for mandate in seat.in_force):
        return
    due_on = report_due(seat.person, today)
    if due_on is None or due_on - today > timedelta(days=RULES[Matter.VOTERS].soon_days):
        return
    yield Task(
        title="向选民述职",
        note=f"{'应在' if due_on < today else ''}{day_beside(due_on, today)}前述职，时间和地点请和街道人大工委商定。",
        url=reverse("deputies:file"),
        button="看履职档案",
    )


def _tiles(glance: Glance) -> list[dict[str, Any]]:
    return [
        {"label": "参加活动", "value": glance.present, "unit": "次", "fraction": f"受邀 {glance.invited} 次"},
        {"label": "本年履职", "value": glance.done, "unit": "条", "fraction": f"请假 {glance.excused} 次"},
        {"label": "待确认", "value": glance.waiting, "unit": "条", "fraction": f"退回 {len(glance.returned)} 条"},
    ]


def _linked(rows: list[suggestion_selectors.Row]) -> list[dict[str, Any]]:
    return [
        {
            "suggestion": row.suggestion,
            "chip": row.chip,
            "due": row.due,
            "url": reverse("suggestions:raised_detail", args=(row.suggestion.pk,)),
        }
        for row in rows
    ]


class OwnSuggestionsView(OnMandateMixin, ListView):
    """All that a deputy or councillor passed on or proposed, and what became of it."""

    template_name = "pages/own_suggestions.html"
    paginate_by = 20

    def get_queryset(self):
        return suggestion_selectors.raised_by(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = suggestion_selectors.rows(context["object_list"], today=timezone.localdate(), calendar=work_calendar())
        return context | {"rows": _linked(rows)}


class OwnPhoneView(OnMandateMixin, View):
    """Agree that one's own number stands on the bulletin board, or take that back.

    Who had to sign in again after pressing the button comes by GET, and is led to the page.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("own")

    def post(self, request: HttpRequest) -> HttpResponse:
        person = person_of(request.user)
        if person is None:
            messages.error(request, "您的账户还没有登记任职。请联系街道人大工委登记。")
            return redirect("own")
        now = timezone.now()
        try:
            if "withdraw" in request.POST:
                deputies.workflow.withdraw_phone_agreement(person, by=request.user, now=now)
                messages.success(request, "已不再公开您的电话，公示栏上马上就看不到了。")
            elif request.POST.get("phone") != person.phone:
                # The agreement is to the number that stood beside the button.
                messages.error(request, "没有记录：登记的电话刚刚改过。请核对下面现在的号码，再决定要不要公开。")
            else:
                deputies.workflow.record_phone_agreement(person, by=request.user, now=now)
                messages.success(request, f"已同意公开电话 {person.phone}，随时可以收回。")
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("own")
