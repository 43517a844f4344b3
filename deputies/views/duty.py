"""One's own duty file on a phone: what stands in it, logging a duty, changing it until staff have decided, printing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView, View

from congress_portal.common import jobs
from congress_portal.common.figures import year_in
from congress_portal.common.pdf import missing_for_pdf
from congress_portal.common.refusal import Refusal
from congress_portal.common.uploads import UploadRefused, file_response
from deputies import permissions, workflow
from deputies.choices import DutyStatus
from deputies.forms.duty import DutyChangeForm, DutyForm, see_anew
from deputies.models import DutyPhoto, DutyRecord, Person
from deputies.selectors import duty as selectors
from deputies.selectors.own import person_of
from deputies.tasks.duty import PRINT_FILES
from deputies.workflow.duty import what_happened_since

# Where a refusal belongs to one field, its sentence stands there.
FIELD_OF: dict[type[Refusal], str] = {
    UploadRefused: "photos",
    workflow.TooManyPhotos: "photos",
    workflow.DutyDayNotAllowed: "on",
    workflow.ReasonMissing: "reason",
}

_SAVED = "duty_draft_saved"


@method_decorator(never_cache, name="dispatch")
class OwnFileMixin(LoginRequiredMixin):
    """Pages of the person whose file it is. Everybody else's file does not exist for them."""

    right = "deputies.view_own_file"
    request: HttpRequest
    person: Person | None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if not request.user.has_perm(self.right):
            raise PermissionDenied("这是代表和议事员自己的履职档案，您的角色没有履职档案。")
        self.person = person_of(request.user)
        return super().dispatch(request, *args, **kwargs)

    def own_person(self) -> Person:
        if self.person is None:
            raise Http404("您的账户还没有登记任职。请联系街道人大工委登记。")
        return self.person

    def own_record(self, pk: int) -> DutyRecord:
        lines = DutyRecord.objects.visible_to(self.request.user).filter(person=self.own_person())
        return get_object_or_404(lines.select_related("person"), pk=pk)


class DutyFileView(OwnFileMixin, TemplateView):
    """The file, one year at a time."""

    template_name = "deputies/duty/file.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | {"draft_saved": self.request.session.pop(_SAVED, "")}
        if self.person is None:
            return context
        today = timezone.localdate()
        year = year_in(self.request.GET.get("year", "")) or today.year
        file = selectors.duty_file(self.person, today=today, year=year)
        mandates = [mandate for mandate, _ in selectors.head_of(self.person)]
        return context | file_context(file, year) | {"mandates": mandates}


def file_context(file: selectors.DutyFile, year: int) -> dict[str, Any]:
    """Return what the page of a file shows of one year, for its person and for staff."""
    return {
        "file": file,
        "person": file.person,
        "year": year,
        "of_year": file.year(year),
        "kinds": file.kinds_of(year),
        "months": file.months.get(year, []),
        "tabs": [one.year for one in file.years],
    }


class DutyFormView(OwnFileMixin, FormView):
    """A form that ends in one verb on one's own file."""

    right = "deputies.log_duty"
    template_name = "deputies/duty/duty_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "lost_photo_names": context["form"].lost_photo_names,
            "draft": self.draft_name(),
            "room": workflow.MAX_PHOTOS,
        }

    def draft_name(self) -> str:
        """Return under which name the browser keeps what is typed; another person's account has other names."""
        return f"{self.request.user.pk}:{self.form_name()}"

    def form_name(self) -> str:
        raise NotImplementedError

    def perform(self, form: forms.Form) -> DutyRecord:
        raise NotImplementedError

    def seen(self) -> int | None:
        """Return the last step the page shows; none where there is no line yet."""
        return None

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            record = self.perform(form)
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
        # The next page tells the browser that what it keeps of this form is no more needed.
        self.request.session[_SAVED] = self.draft_name()
        messages.success(self.request, "已记下，等街道人大工委确认。确认以前可以修改，也可以撤回。")
        return redirect(f"{reverse('deputies:file')}?year={record.happened_on.year}")


class DutyCreateView(DutyFormView):
    """Log something one did oneself."""

    form_class = DutyForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.own_person()
        return super().get(request, *args, **kwargs)

    def form_name(self) -> str:
        return "duty-new"

    def perform(self, form: DutyForm) -> DutyRecord:
        data = form.cleaned_data
        return workflow.log_duty(
            self.own_person(),
            **form.line(),
            photos=data["photos"],
            key=data["form_key"],
            by=self.request.user,
            now=timezone.now(),
        )


class DutyUpdateView(DutyFormView):
    """Change a line of one's own, or take it back, until staff have confirmed it."""

    form_class = DutyChangeForm

    @cached_property
    def record(self) -> DutyRecord:
        return self.own_record(self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self.record
        if record.status not in (DutyStatus.LOGGED, DutyStatus.RETURNED):
            messages.error(request, f"{what_happened_since(record)}不能再修改，需要更正请联系街道人大工委。")
            return redirect(f"{reverse('deputies:file')}?year={record.happened_on.year}")
        return super().get(request, *args, **kwargs)

    @cached_property
    def last_step(self) -> int | None:
        return selectors.last_step(self.record)

    def seen(self) -> int | None:
        return self.last_step

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.last_step}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"record": self.record}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        photos = list(self.record.photos.order_by("created_at", "pk"))
        return super().get_context_data(**kwargs) | {
            "record": self.record,
            "photos": photos,
            "room": workflow.MAX_PHOTOS - len(photos),
            # What was kept of the line as it was before the last step is no draft of it as it is now.
            "draft_version": self.last_step,
        }

    def form_name(self) -> str:
        return f"duty-{self.record.pk}"

    def perform(self, form: DutyChangeForm) -> DutyRecord:
        data = form.cleaned_data
        return workflow.change_duty(
            self.record,
            **form.line(),
            photos=data["photos"],
            drop_photos=[photo.pk for photo in data["drop_photos"]],
            seen=data["seen"],
            by=self.request.user,
            now=timezone.now(),
        )


class DutyTakeBackView(OwnFileMixin, View):
    """The button that takes a line back."""

    right = "deputies.log_duty"
    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.own_record(pk)
        try:
            workflow.take_back_duty(record, by=request.user, now=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            request.session[_SAVED] = f"{request.user.pk}:duty-{record.pk}"
            messages.success(request, f"已撤回“{record.title}”，档案里不再显示。")
        return redirect(f"{reverse('deputies:file')}?year={record.happened_on.year}")


class DutyFilePrintView(OwnFileMixin, View):
    """The button that has one's own file printed, one year or all."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        person = self.own_person()
        year = year_in(request.POST.get("year", ""))
        if missing_for_pdf():
            messages.error(request, "现在不能生成 PDF，请联系街道人大工委。")
            return redirect("deputies:file")
        job = jobs.enqueue(
            kind=PRINT_FILES,
            title=f"{person.name}履职档案{f'（{year}年）' if year else ''} PDF",
            params={"person": person.pk, "year": year},
            by=request.user,
        )
        return redirect("job", pk=job.pk)


class DutyPhotoView(View):
    """Serve a photo of a line to its person and to staff; for all others it does not exist."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        photo = get_object_or_404(DutyPhoto.objects.select_related("record__person"), pk=pk)
        if not permissions.can_view_duty(request.user, photo.record):
            raise Http404("没有这张照片，或者您看不到它。")
        return file_response(photo, as_attachment=False)
