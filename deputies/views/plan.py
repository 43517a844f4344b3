"""The annual plan of work in the staff admin: a page per year, the table to edit, and what is done with one item."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.generic import FormView, View

from congress_portal.common import jobs
from congress_portal.common.pdf import missing_for_pdf
from congress_portal.common.refusal import Refusal
from deputies import workflow
from deputies.forms.plan import (
    EMPTY_ROWS,
    DropItemForm,
    ItemFormSet,
    LinkForm,
    PlanYearForm,
    PrefaceForm,
    item_rows,
)
from deputies.models import WorkPlan
from deputies.selectors import plan as selectors
from deputies.tasks.plan import RENDER_PLAN


def plan_page(request: HttpRequest, plan: WorkPlan) -> HttpResponse:
    """Show one year: planned against done. The caller has made sure that the reader may see it."""
    user: Any = request.user
    context = frame(request) | {
        "title": str(plan),
        "original": plan,
        "plan": plan,
        "page": selectors.plan_page(plan, with_unlinked=True),
        "changed_at": selectors.changed_since_published(plan),
        "may_change": user.has_perm("deputies.change_workplan"),
        "may_print": user.has_perm("deputies.print_workplan"),
    }
    return render(request, "admin/deputies/workplan_page.html", context)


def frame(request: HttpRequest) -> dict[str, Any]:
    return admin.site.each_context(request) | {"opts": WorkPlan._meta}


def require(user: Any, right: str) -> None:
    if not user.has_perm(right):
        raise PermissionDenied("年度工作计划由街道人大工委编制，您的角色不能办这一步。")


class StaffPage(FormView):
    """A form page inside the admin about a plan."""

    title = ""
    submit_label = ""
    template_name = "admin/deputies/workplan_verb.html"
    plan: WorkPlan | None = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = frame(self.request) | super().get_context_data(**kwargs)
        return page | {"title": self.title, "submit_label": self.submit_label, "plan": self.plan}

    def refused(self, form: forms.Form, refusal: Refusal, *, field: str | None = None) -> HttpResponse:
        form.add_error(field, str(refusal))
        is_late = isinstance(refusal, workflow.MoveNotAllowed | workflow.PlanChangedMeanwhile)
        return self.render_to_response(self.get_context_data(form=form), status=409 if is_late else 200)


class PlanAddView(StaffPage):
    form_class = PlanYearForm
    title = "编制年度工作计划"
    submit_label = "开始编制"

    def get_initial(self) -> dict[str, Any]:
        year = timezone.localdate().year
        if WorkPlan.objects.filter(pk=year).exists():
            year += 1
        before = WorkPlan.objects.filter(pk=year - 1).exists()
        return {"year": year, "copy_from": year - 1 if before else None}

    def form_valid(self, form: PlanYearForm) -> HttpResponse:
        year, copy_from = form.cleaned_data["year"], form.cleaned_data["copy_from"]
        actor = {"by": self.request.user, "now": timezone.now()}
        if (plan := WorkPlan.objects.filter(pk=year).first()) is not None and not copy_from:
            messages.info(self.request, f"{plan}已经有了，请在这里修改。")
            return redirect("admin:deputies_workplan_edit", plan.pk)
        try:
            if copy_from:
                plan = workflow.copy_plan(year=year, from_year=copy_from, **actor)
            else:
                plan = workflow.write_plan(year=year, preface="", items=(), **actor)
        except Refusal as refusal:
            return self.refused(form, refusal, field="year")
        messages.success(self.request, f"已开始编制{plan}，公布以前只有工作人员看得到。")
        return redirect("admin:deputies_workplan_edit", plan.pk)


class PlanVerbView(StaffPage):
    """Something done with one plan. Who may not do it gets 403, what does not exist 404, who is late 409."""

    right: ClassVar[str] = "deputies.change_workplan"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require(request.user, self.right)
        self.plan = get_object_or_404(WorkPlan, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)


class PlanEditView(PlanVerbView):
    """The plan as a table. More rows come with a button, by which the page comes back with what was typed."""

    form_class = PrefaceForm
    submit_label = "保存"
    template_name = "admin/deputies/workplan_edit.html"

    def get_initial(self) -> dict[str, Any]:
        return {"preface": self.plan.preface, "seen": workflow.plan_fingerprint(self.plan)}

    def rows(self, data: Any = None) -> Any:
        return ItemFormSet(data, prefix="items", plan=self.plan, initial=item_rows(self.plan))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, rows = self.get_form(), self.rows(request.POST)
        if "more" in request.POST:
            return self.with_more_rows(form, rows)
        if not all([form.is_valid(), rows.is_valid()]):
            return self.again(form, rows)
        try:
            plan = workflow.write_plan(
                year=self.plan.year,
                preface=form.cleaned_data["preface"],
                items=rows.items(),
                seen=form.cleaned_data["seen"],
                by=request.user,
                now=timezone.now(),
            )
        except workflow.PlanChangedMeanwhile as refusal:
            form.data = form.data.copy()
            form.data["seen"] = workflow.plan_fingerprint(self.plan)  # saving again, after reading this, is a decision
            form.add_error(None, str(refusal))
            return self.again(form, rows, status=409)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return self.again(form, rows)
        messages.success(request, "已保存，公布的页面同时更新。" if plan.published_on else "已保存，还没有公布。")
        return redirect(plan)

    def again(self, form: forms.Form, rows: Any, *, status: int = 200) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, rows=rows), status=status)

    def with_more_rows(self, form: forms.Form, rows: Any) -> HttpResponse:
        """Show the page again with what was typed and more empty rows. Nothing is judged yet."""
        typed = PrefaceForm(initial={name: form[name].value() for name in form.fields})
        more = ItemFormSet(prefix="items", plan=self.plan, initial=rows.typed())
        more.extra = EMPTY_ROWS
        return self.again(typed, more)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return (
            {"rows": kwargs.get("rows") or self.rows()}
            | super().get_context_data(**kwargs)
            | {
                "title": f"修改{self.plan}",
                "crumb": "修改",
            }
        )


class PublishView(PlanVerbView):
    form_class = forms.Form
    submit_label = "公布"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.plan.published_on:
            messages.info(request, f"{self.plan}已经公布，修改后直接显示，不用再公布。")
            return redirect(self.plan)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        count = self.plan.items.filter(dropped_reason="").count()
        return super().get_context_data(**kwargs) | {
            "title": f"公布{self.plan}",
            "explain": f"共 {count} 项。公布以后任何人都可以在网站上看到，在任的代表和议事员会收到消息。"
            "以后还可以修改，修改会留下记录；公布了的事项不能直接去掉，要写明不办的原因。",
        }

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            plan = workflow.publish_plan(self.plan, by=self.request.user, now=timezone.now())
        except Refusal as refusal:
            return self.refused(form, refusal)
        messages.success(self.request, f"{plan}已公布。")
        return redirect(plan)


class PrintView(View):
    """Ask for the PDF: write a job and show its progress."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        require(request.user, "deputies.print_workplan")
        plan = get_object_or_404(WorkPlan, pk=pk)
        if missing := missing_for_pdf():
            messages.error(request, "还不能生成 PDF：" + "".join(missing))
            return redirect(plan)
        job = jobs.enqueue(kind=RENDER_PLAN, title=f"{plan} PDF", params={"year": plan.year}, by=request.user)
        return redirect("admin:job", pk=job.pk)


class ItemVerbView(PlanVerbView):
    """Something done with one item of a plan."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require(request.user, self.right)
        plan = get_object_or_404(WorkPlan, pk=kwargs["pk"])
        self.item = get_object_or_404(plan.items.select_related("topic"), pk=kwargs["item_pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"item": self.item}


class DropItemView(ItemVerbView):
    form_class = DropItemForm
    submit_label = "不办了"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.item.dropped_reason:
            messages.info(request, f"{self.item}已经记为不办。")
            return redirect(self.plan)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"title": f"不办了：{self.item}"}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            workflow.drop_plan_item(self.item, **form.cleaned_data, by=self.request.user, now=timezone.now())
        except Refusal as refusal:
            return self.refused(form, refusal)
        messages.success(self.request, f"已记下：{self.item}不办了。")
        return redirect(self.plan)


class TakeUpItemView(View):
    """A button. Who had to sign in again after pressing it comes here by GET, and is sent to the plan."""

    http_method_names = ("get", "head", "post")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require(request.user, "deputies.change_workplan")
        self.plan = get_object_or_404(WorkPlan, pk=kwargs["pk"])
        self.item = get_object_or_404(self.plan.items, pk=kwargs["item_pk"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        messages.warning(request, "还没有恢复。请在计划里重新点“恢复”。")
        return redirect(self.plan)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            workflow.take_up_plan_item(self.item, by=request.user, now=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"已恢复{self.item}。")
        return redirect(self.plan)


class LinkItemView(ItemVerbView):
    """Choose which activities count for an item."""

    form_class = LinkForm
    submit_label = "保存"
    template_name = "admin/deputies/workplan_link.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"item": self.item}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"title": f"挂活动：{self.item}", "crumb": "挂活动"}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            changed = workflow.link_activities(
                self.item, activities=form.cleaned_data["activities"], by=self.request.user, now=timezone.now()
            )
        except Refusal as refusal:
            return self.refused(form, refusal)
        messages.success(self.request, f"已保存，改了 {changed} 次活动。" if changed else "没有改动。")
        return redirect(self.plan)


def plan_urls() -> list[Any]:
    """Return the addresses of what is done with plans, for their admin to put before its own."""
    pages: dict[str, tuple[str, type[View]]] = {
        "edit": ("<int:pk>/edit/", PlanEditView),
        "publish": ("<int:pk>/publish/", PublishView),
        "print": ("<int:pk>/print/", PrintView),
        "drop": ("<int:pk>/items/<int:item_pk>/drop/", DropItemView),
        "take_up": ("<int:pk>/items/<int:item_pk>/take-up/", TakeUpItemView),
        "link": ("<int:pk>/items/<int:item_pk>/link/", LinkItemView),
    }
    return [
        path(route, admin.site.admin_view(page.as_view()), name=f"deputies_workplan_{name}")
        for name, (route, page) in pages.items()
    ]
