"""The working calendar in the staff admin: a year, and the two ways to record a whole notice, each with its preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.generic import FormView, View

from congress_portal.common import workflow
from congress_portal.common.calendar_changes import compare, count_in_words
from congress_portal.common.calendar_months import months_of
from congress_portal.common.calendar_rows import days_of, next_year
from congress_portal.common.forms import (
    COLUMNS,
    CalendarPlan,
    DayFormSet,
    NoticeForm,
    PlanForm,
    SheetForm,
    YearForm,
    day_rows,
)
from congress_portal.common.models import CalendarDay, CalendarYear
from congress_portal.common.refusal import Refusal
from congress_portal.common.spreadsheets import write_template
from congress_portal.common.uploads import XLSX
from congress_portal.common.workdays import NamedDay, WorkCalendar

LIST, YEAR = "admin:common_calendaryear_changelist", "admin:common_calendaryear_change"
RECOUNTED = "未办结的件的期限随后重新计算。"


def require(user: Any) -> None:
    if not user.has_perm(workflow.CHANGE_CALENDAR):
        raise PermissionDenied("工作日历由街道人大工委维护，您的角色不能改。")


class EditorsOnly(View):
    """A page inside the admin for those who keep the calendar."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require(request.user)
        return super().dispatch(request, *args, **kwargs)


class PlanView(EditorsOnly, FormView):
    """Read the days of a year from what is handed in, and show what they would change. Writes nothing."""

    title = ""

    def get_initial(self) -> dict[str, Any]:
        return {"year": self.request.GET.get("year")}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return page_context(self.request, self.title) | super().get_context_data(**kwargs)

    def form_valid(self, form: PlanForm) -> HttpResponse:
        return preview(self.request, form.plan, remarks=form.remarks)


class NoticeView(PlanView):
    title = "粘贴放假通知"
    form_class = NoticeForm
    template_name = "admin/common/calendaryear/notice.html"


class SheetView(PlanView):
    title = "从 Excel 导入放假安排"
    form_class = SheetForm
    template_name = "admin/common/calendaryear/sheet.html"


class TemplateFileView(EditorsOnly):
    """The workbook to fill in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        content = write_template(
            COLUMNS,
            title="放假安排",
            examples=[
                {"日期": "2026-01-01", "名称": "元旦", "放假或上班": "放假"},
                {"日期": "2026-01-04", "名称": "元旦", "放假或上班": "上班"},
            ],
            notes=["一年一张表，写上放假的每一天和调休上班的每一天；没有写的日子按周一至周五上班、周末休息计算。"],
        )
        disposition = content_disposition_header(as_attachment=True, filename="放假安排.xlsx")
        return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition})


class ButtonView(EditorsOnly):
    """A button. Who had to sign in again after pressing it comes here by GET, and is sent to the list."""

    http_method_names = ("get", "head", "post")
    not_done: ClassVar[str]

    def get(self, request: HttpRequest) -> HttpResponse:
        messages.warning(request, self.not_done)
        return redirect(LIST)


class ConfirmView(ButtonView):
    """Record what was previewed, if the year is still as it was then."""

    not_done = "没有记入：这份预览已经失效。请重新粘贴通知，或者重新选择文件。"

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            plan = CalendarPlan.opened(request.POST.get("plan", ""))
        except BadSignature:
            messages.error(request, self.not_done)
            return redirect(LIST)
        before = days_of(plan.year)
        try:
            workflow.record_calendar_year(
                plan.year,
                days=plan.days,
                source=plan.source,
                is_provisional=plan.is_provisional,
                seen=plan.seen,
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            return preview(request, plan, refusal=f"{refusal}下面已经和现在的日历重新比对。")
        changed = count_in_words(compare(before, plan.days)) or "日子没有变化"
        messages.success(request, f"已记入{plan.year}年的工作日历：{changed}。{RECOUNTED}")
        return redirect(YEAR, plan.year)


def preview(
    request: HttpRequest, plan: CalendarPlan, *, remarks: Sequence[str] = (), refusal: str = ""
) -> HttpResponse:
    """Show each day of a plan against what is on file now, and carry exactly that to the button."""
    row = CalendarYear.objects.filter(pk=plan.year).first()
    plan = replace(plan, seen=row.changed_at if row else None)
    changes = compare(days_of(plan.year), plan.days)
    context = page_context(request, f"核对{plan.year}年的放假安排") | {
        "plan": plan,
        "row": row,
        "changes": changes,
        "counts": count_in_words(changes),
        "is_same": row and not any(change.kind for change in changes) and plan.settles_as(row),
        "remarks": remarks,
        "errors": refusal,
    }
    template = "admin/common/calendaryear/preview.html"
    return TemplateResponse(request, template, context, status=409 if refusal else 200)


class NextYearView(ButtonView):
    """Add the year after the last one, provisional until its notice is published."""

    not_done = "还没有增加下一年。请在列表里重新点“增加”。"

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        year = next_year(today=timezone.localdate(now))
        if year is None:
            messages.error(request, "下一年已经在工作日历里。请从列表里打开。")
            return redirect(LIST)
        try:
            workflow.record_calendar_year(
                year, days={}, source="", is_provisional=True, seen=None, by=request.user, now=now
            )
        except Refusal as refusal:  # a colleague was quicker
            messages.error(request, str(refusal))
            return redirect(LIST)
        messages.success(request, f"已增加{year}年，暂定按周末计算。通知公布后，请粘贴通知。")
        return redirect(YEAR, year)


class YearView(View):
    """A year as twelve months, and for those who keep the calendar its days to edit."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.row = get_object_or_404(CalendarYear, pk=self.kwargs["year"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, year: int) -> HttpResponse:
        form = YearForm(
            initial={
                "source": self.row.source,
                "is_provisional": self.row.is_provisional,
                "seen": self.row.changed_at.isoformat(),
            }
        )
        return self._page(form)

    def post(self, request: HttpRequest, year: int) -> HttpResponse:
        require(request.user)
        form, days = YearForm(request.POST), DayFormSet(request.POST, prefix="days")
        # Both, so that every mistake is shown at once.
        if not all([form.is_valid(), days.is_valid()]):
            return self._page(form, days)
        try:
            row = workflow.record_calendar_year(
                year, days=days.days(), **form.cleaned_data, by=request.user, now=timezone.now()
            )
        except workflow.CalendarChangedMeanwhile as refusal:
            form.add_error(None, f"{refusal}您填的还在下面，和上面现在的月历核对后可以再点保存。")
            form.data = request.POST.dict() | {"seen": self.row.changed_at.isoformat()}
            return self._page(form, days, status=409)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, days)
        if row.changed_at == self.row.changed_at:
            messages.info(request, "和原来的一样，没有改动。")
        else:
            messages.success(request, f"已保存{year}年的工作日历。{RECOUNTED}")
        return redirect(YEAR, year)

    def _page(self, form: YearForm, days: Any = None, *, status: int = 200) -> HttpResponse:
        year = self.row.year
        rows = CalendarDay.objects.filter(Q(day__year=year) | Q(year=year)).order_by("day")
        named = {row.day: NamedDay(row.name, row.is_working) for row in rows}
        of_notice = {row.day: named[row.day] for row in rows if row.year_id == year}
        if days is None:
            days = DayFormSet(prefix="days", initial=day_rows(of_notice))
        context = page_context(self.request, f"{year}年工作日历") | {
            "row": self.row,
            "neighbours": CalendarYear.objects.filter(year__in=(year - 1, year + 1)).order_by("year"),
            "months": months_of(year, WorkCalendar(named)),
            "next_years_days": [row for row in rows if row.year_id != year],
            "may_edit": self.request.user.has_perm(workflow.CHANGE_CALENDAR),
            "form": form,
            "days": days,
            "errors": bool(form.errors or not days.is_valid()) if days.is_bound else False,
        }
        return TemplateResponse(self.request, "admin/common/calendaryear/change_form.html", context, status=status)


def page_context(request: HttpRequest, title: str) -> dict[str, Any]:
    return admin.site.each_context(request) | {"title": title, "opts": CalendarYear._meta}
