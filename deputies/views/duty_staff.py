"""Duty files in the staff admin: deciding on lines, entering and correcting them, a person's file, and a bound book."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView, View

from congress_portal.common import jobs
from congress_portal.common.figures import year_in
from congress_portal.common.pdf import PdfNotPossible, missing_for_pdf
from congress_portal.common.refusal import Refusal
from congress_portal.common.templatetags.portal import cn_day
from deputies import permissions, workflow
from deputies.choices import DutyOutcome, DutyStatus
from deputies.forms.duty import BookForm, ConfirmForm, DutyCorrectionForm, DutyEntryForm, ReturnForm, see_anew
from deputies.models import DeputyGroup, DutyRecord, Person
from deputies.selectors import duty as selectors
from deputies.selectors.people import photo_of
from deputies.tasks.duty import NOBODY, PRINT_FILES, NobodyToPrint
from deputies.views.duty import FIELD_OF, file_context
from deputies.workflow.duty import what_happened_since

LIST = "admin:deputies_dutyrecord_changelist"
RECORD = "admin:deputies_dutyrecord_change"
NOT_YOURS = "您的角色不能办这一步。需要办理请联系街道人大工委。"


def waiting_list() -> str:
    return f"{reverse(LIST)}?queue={DutyStatus.LOGGED}"


def page_context(request: HttpRequest, title: str) -> dict[str, Any]:
    return admin.site.each_context(request) | {"title": title, "opts": DutyRecord._meta}


class StaffFormPage(FormView):
    """A form page inside the admin, for one right."""

    right = ""
    title = ""
    submit_label = ""
    template_name = "admin/deputies/dutyrecord/verb.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(self.right):
            raise PermissionDenied(NOT_YOURS)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = page_context(self.request, self.title) | super().get_context_data(**kwargs)
        return context | {"submit_label": self.submit_label}

    def perform(self, form: forms.Form) -> HttpResponse:
        """Call the verb with what the form holds, and say where to go."""
        raise NotImplementedError

    def seen(self) -> int | None:
        """Return the last step of what the page shows."""
        return None

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            return self.perform(form)
        except workflow.MoveNotAllowed as refusal:
            if isinstance(refusal, workflow.DutyChangedSince):
                see_anew(form, self.seen())
            form.add_error(None, str(refusal))
            return self.render_to_response(self.get_context_data(form=form), status=409)
        except Refusal as refusal:
            if isinstance(refusal, workflow.FormAlreadyUsed):
                form.renew_key()
            form.add_error(FIELD_OF.get(type(refusal)), str(refusal))
            return self.form_invalid(form)


class DutyEntryView(StaffFormPage):
    """Enter a line for somebody, confirmed at once."""

    right = "deputies.add_dutyrecord"
    form_class = DutyEntryForm
    title = "代记一条履职"
    submit_label = "记入档案"
    template_name = "admin/deputies/dutyrecord/entry.html"

    def get_initial(self) -> dict[str, Any]:
        person = self.request.GET.get("person", "")
        return {"person": person} if person.isdecimal() else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"lost_photo_names": context["form"].lost_photo_names, "max_photos": workflow.MAX_PHOTOS}

    def perform(self, form: DutyEntryForm) -> HttpResponse:
        data = form.cleaned_data
        record = workflow.enter_duty(
            data["person"],
            **form.line(),
            outcome=DutyOutcome(data["outcome"]),
            photos=data["photos"],
            key=data["form_key"],
            by=self.request.user,
            now=timezone.now(),
        )
        messages.success(self.request, f"已记入{record.person}的档案：{cn_day(record.happened_on)}，{record.title}。")
        return redirect(record_url(record))


class OfRecord(View):
    """A step on one line. Who may not know the line gets 404, who may not decide on it 403."""

    kwargs: dict[str, Any]

    @cached_property
    def record(self) -> DutyRecord:
        visible = DutyRecord.objects.visible_to(self.request.user).select_related("person", "logged_by")
        return get_object_or_404(visible, pk=self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not permissions.can_decide_duty(request.user, self.record):
            raise PermissionDenied(
                "这是关于您自己的记录，要由其他工作人员确认、退回或者更正。"
                if request.user.has_perm("deputies.decide_dutyrecord")
                else NOT_YOURS
            )
        return super().dispatch(request, *args, **kwargs)


class DutyConfirmView(OfRecord, StaffFormPage):
    """The button that confirms one line as its page showed it; changed since, it is shown again as it is now."""

    http_method_names = ("post",)
    right = "deputies.decide_dutyrecord"
    form_class = ConfirmForm
    submit_label = "确认"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "title": f"确认：{self.record.title}",
            "record": self.record,
            "photos": selectors.photos_of(self.record),
            "cancel_url": record_url(self.record),
        }

    def seen(self) -> int | None:
        return selectors.last_step(self.record)

    def perform(self, form: ConfirmForm) -> HttpResponse:
        try:
            workflow.confirm_duties(
                [self.record], by=self.request.user, now=timezone.now(), seen=form.cleaned_data["seen"]
            )
        except workflow.DutyChangedSince:
            raise
        except Refusal as refusal:
            messages.error(self.request, str(refusal))
            return redirect(record_url(self.record))
        messages.success(self.request, f"已确认{self.record.person}的“{self.record.title}”。")
        return redirect(waiting_list())


class DutyCorrectView(OfRecord, StaffFormPage):
    """Put another line in the place of a confirmed one."""

    right = "deputies.decide_dutyrecord"
    form_class = DutyCorrectionForm
    submit_label = "更正"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.record.status != DutyStatus.CONFIRMED:
            messages.error(request, f"{what_happened_since(self.record)}只有已确认的记录可以更正。")
            return redirect(record_url(self.record))
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs() | {"record": self.record}
        kwargs.pop("initial")  # the line itself
        return kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "title": f"更正：{self.record.title}",
            "record": self.record,
            "photos": selectors.photos_of(self.record),
            "cancel_url": record_url(self.record),
        }

    def perform(self, form: DutyCorrectionForm) -> HttpResponse:
        data = form.cleaned_data
        correction = workflow.correct_duty(
            self.record,
            **form.line(),
            outcome=DutyOutcome(data["outcome"]),
            reason=data["reason"],
            by=self.request.user,
            now=timezone.now(),
        )
        messages.success(self.request, "已更正。原来的记录留在档案里，划线表示，本人会收到消息。")
        return redirect(record_url(correction))


class DutyReturnView(StaffFormPage):
    """Return lines with one reason: those chosen in the list, or the one whose page it comes from (``?pk=``)."""

    right = "deputies.decide_dutyrecord"
    form_class = ReturnForm
    submit_label = "退回"

    @cached_property
    def records(self) -> list[DutyRecord]:
        asked = self.request.POST.get("pks", "") if self.request.method == "POST" else self.request.GET.get("pk", "")
        return records_of(self.request, asked)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return return_page(request, self.records)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | return_context(self.records)

    def seen(self) -> int | None:
        return selectors.newest_step()

    def perform(self, form: ReturnForm) -> HttpResponse:
        count = workflow.return_duties(
            self.records,
            reason=form.cleaned_data["reason"],
            by=self.request.user,
            now=timezone.now(),
            seen=form.cleaned_data["seen"],
        )
        messages.success(self.request, f"已退回 {count} 条，本人会收到消息。{left_to_read(self.records)}")
        return redirect(waiting_list())


def left_to_read(records: list[DutyRecord]) -> str:
    """Name those that still wait after a decision, because they were changed after the page was opened."""
    waiting = DutyRecord.objects.waiting().filter(pk__in=[record.pk for record in records])
    titles = "、".join(f"“{title}”" for title in waiting.values_list("title", flat=True))
    return f"您打开这一页以后，本人改过{titles}，没有动，请看清现在的内容再办。" if titles else ""


def seen_in(text: str) -> int | None:
    """Return the number of the last step a list was drawn with, as its form sends it."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def records_of(request: HttpRequest, pks: str) -> list[DutyRecord]:
    """Return the lines whose numbers stand in a text, with commas between."""
    numbers = [int(pk) for pk in pks.split(",") if pk.isdecimal() and len(pk) < 19]
    visible = DutyRecord.objects.visible_to(request.user).filter(pk__in=numbers)
    return list(visible.select_related("person").order_by("-happened_on", "-pk"))


def return_page(request: HttpRequest, records: list[DutyRecord], *, seen: int | None = None) -> HttpResponse:
    """Ask for the reason, once it is clear that there is something to return and that this person may."""
    for record in records:
        if not permissions.can_decide_duty(request.user, record):
            raise PermissionDenied(f"“{record.title}”是关于您自己的记录，要由其他工作人员确认或者退回。")
    waiting = [record for record in records if record.status == DutyStatus.LOGGED]
    if not waiting:
        messages.error(request, "选中的记录里没有待确认的，没有可以退回的。已确认的请用更正。")
        return redirect(waiting_list())
    context = page_context(request, "") | return_context(waiting)
    form = ReturnForm(initial={"seen": selectors.newest_step() if seen is None else seen})
    context |= {"form": form, "submit_label": "退回"}
    return TemplateResponse(request, DutyReturnView.template_name, context)


def return_context(records: list[DutyRecord]) -> dict[str, Any]:
    is_one = len(records) == 1
    return {
        "title": f"退回：{records[0].title}" if is_one else f"退回 {len(records)} 条履职记录",
        "record": records[0] if is_one else None,
        "records": records,
        "photos": selectors.photos_of(records[0]) if is_one else [],
        "pks": ",".join(str(record.pk) for record in records),
        "post_to": reverse("admin:deputies_dutyrecord_return"),
        "cancel_url": record_url(records[0]) if is_one else waiting_list(),
    }


def record_url(record: DutyRecord) -> str:
    return reverse(RECORD, args=(record.pk,))


# ---- files


class PersonFileView(TemplateView):
    """One person's file, as that person sees it, with a way to each line."""

    template_name = "admin/deputies/person_file.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if not self.request.user.has_perm("deputies.view_dutyrecord"):
            raise PermissionDenied("您的角色不能看履职档案。")
        person = get_object_or_404(Person.objects.prefetch_related("mandates__community"), pk=self.kwargs["pk"])
        today = timezone.localdate()
        year = year_in(self.request.GET.get("year", "")) or today.year
        file = selectors.duty_file(person, today=today, year=year)
        context = page_context(self.request, f"{person}的履职档案") | super().get_context_data(**kwargs)
        return (
            context
            | file_context(file, year)
            | {
                "mandates": selectors.head_of(person),
                "photo": photo_of(person),
                "may_enter": self.request.user.has_perm("deputies.add_dutyrecord"),
                "may_print": self.request.user.has_perm("deputies.print_file"),
            }
        )


class PrintView(View):
    """A button that asks for a PDF."""

    http_method_names = ("post",)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("deputies.print_file"):
            raise PermissionDenied("您的角色不能打印履职档案。")
        return super().dispatch(request, *args, **kwargs)


class PersonFilePrintView(PrintView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = get_object_or_404(Person, pk=pk)
        year = year_in(request.POST.get("year", ""))
        if missing := missing_for_pdf():
            messages.error(request, "还不能生成 PDF：" + "".join(missing))
            return redirect("admin:deputies_person_file", pk=pk)
        title = f"{person.name}履职档案{_of_year(year)} PDF"
        return ask_for(request, title=title, params={"person": person.pk, "year": year})


class BookView(StaffFormPage):
    """Choose whose files to bind in one PDF."""

    right = "deputies.print_file"
    form_class = BookForm
    title = "装订履职档案"
    submit_label = "生成 PDF"
    template_name = "admin/deputies/dutyrecord/book.html"

    @cached_property
    def groups(self) -> list[tuple[int, str]]:
        return list(DeputyGroup.objects.order_by("position", "name").values_list("pk", "name"))

    def get_form_kwargs(self) -> dict[str, Any]:
        years = selectors.years_on_file(today=timezone.localdate())
        return super().get_form_kwargs() | {"groups": self.groups, "years": years}

    def get_initial(self) -> dict[str, Any]:
        return {"group": self.request.GET.get("group", ""), "year": str(timezone.localdate().year)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"missing_for_pdf": missing_for_pdf()}

    def perform(self, form: BookForm) -> HttpResponse:
        group = int(form.cleaned_data["group"]) if form.cleaned_data["group"] else None
        year = int(form.cleaned_data["year"]) if form.cleaned_data["year"] else None
        whose = dict(self.groups)[group] if group else "全体代表和议事员"
        if missing := missing_for_pdf():
            raise PdfNotPossible("还不能生成 PDF：" + "".join(missing))
        if not selectors.people_to_print(group_id=group, today=timezone.localdate(), year=year).exists():
            raise NobodyToPrint(NOBODY)
        title = f"{whose}履职档案{_of_year(year)} PDF"
        return ask_for(self.request, title=title, params={"group": group, "year": year})


def ask_for(request: HttpRequest, *, title: str, params: dict[str, Any]) -> HttpResponse:
    job = jobs.enqueue(kind=PRINT_FILES, title=title, params=params, by=request.user)
    return redirect("admin:job", pk=job.pk)


def _of_year(year: int | None) -> str:
    return f"（{year}年）" if year else ""


def duty_urls() -> list[Any]:
    """Return the addresses of these pages, for the admin of duty records to put before its own."""
    pages: dict[str, tuple[str, type[View]]] = {
        "deputies_dutyrecord_return": ("return/", DutyReturnView),
        "deputies_dutyrecord_book": ("book/", BookView),
        "deputies_dutyrecord_confirm": ("<int:pk>/confirm/", DutyConfirmView),
        "deputies_dutyrecord_correct": ("<int:pk>/correct/", DutyCorrectView),
        "deputies_person_file": ("person/<int:pk>/", PersonFileView),
        "deputies_person_file_print": ("person/<int:pk>/print/", PersonFilePrintView),
    }
    return [path(route, admin.site.admin_view(page.as_view()), name=name) for name, (route, page) in pages.items()]
