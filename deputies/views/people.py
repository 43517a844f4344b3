"""What staff do with people, as pages inside the admin: an end, a change of term, portraits, the public number."""

from __future__ import annotations

import logging
import secrets
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.generic import FormView, View

from congress_portal.common.import_export_admin import WaitingFile
from congress_portal.common.refusal import Refusal
from congress_portal.common.templatetags.portal import cn_day
from congress_portal.common.text import without_refused_characters
from congress_portal.common.uploads import UploadRefused
from deputies import permissions, workflow
from deputies.choices import MandateEnd
from deputies.forms.people import (
    MandateEndForm,
    PhoneAgreementForm,
    PhotoZipForm,
    PortraitForm,
    SeatsForm,
    TermForm,
)
from deputies.models import Mandate, Person
from deputies.photo_zip import NamedPicture
from deputies.selectors import people as selectors

logger = logging.getLogger(__name__)

LIST, CHANGE = "admin:deputies_person_changelist", "admin:deputies_person_change"
TERM_PAGE, PHOTOS_PAGE = "admin:deputies_person_change_term", "admin:deputies_person_photos"
NO_RIGHT = "您的角色不能办这一步。需要办理请联系街道人大工委。"
GONE = "这份文件已经写入过，或者放得太久、已经清除。请看一下照片是不是都在；还没有写入的，请重新选择文件上传。"
FATES = (("wrong", "不能写入"), ("replaced", "替换原来的"), ("new", "新上传"))

# Where a refusal belongs to one field, its sentence stands there.
_FIELD_OF = {workflow.MandateDayNotAllowed: "ends_on", UploadRefused: "photo"}


def person_urls() -> list[URLPattern]:
    """Return the addresses of the pages, for the admin of people."""
    pages: dict[str, tuple[str, type[View]]] = {
        "change_term": ("change-term/", ChangeTermView),
        "photos": ("photos/", PhotosView),
        "photos_confirm": ("photos/confirm/", PhotosConfirmView),
        "end": ("<int:pk>/end/", EndMandateView),
        "photo": ("<int:pk>/photo/", PortraitUploadView),
        "phone": ("<int:pk>/phone/", PhoneView),
    }
    return [
        path(route, admin.site.admin_view(page.as_view()), name=f"deputies_person_{name}")
        for name, (route, page) in pages.items()
    ]


def list_links(user: Any) -> list[dict[str, str]]:
    """Return what this person may do beside the list."""
    links = []
    if user.has_perm("deputies.change_person"):
        links.append({"label": "批量上传照片", "url": reverse(PHOTOS_PAGE)})
    if _may_change_term(user):
        links.append({"label": "换届", "url": reverse(TERM_PAGE)})
    return links


def person_links(user: Any, person: Person) -> list[dict[str, str]]:
    """Return what this person may do beside the file of somebody."""
    pages = [
        ("end", "结束任职", user.has_perm("deputies.change_mandate")),
        ("photo", "上传照片", user.has_perm("deputies.change_person")),
        ("phone", "公开电话", user.has_perm("deputies.record_phone_agreement")),
    ]
    return [
        {"label": label, "url": reverse(f"admin:deputies_person_{name}", args=(person.pk,))}
        for name, label, may in pages
        if may
    ]


def _may_change_term(user: Any) -> bool:
    return user.has_perm("deputies.change_mandate") and user.has_perm("deputies.add_mandate")


def _page(request: HttpRequest, title: str, **context: Any) -> dict[str, Any]:
    request.current_app = admin.site.name
    return admin.site.each_context(request) | {"title": title, "opts": Person._meta} | context


# ---- one person


class PersonPage(FormView):
    """One verb on one person: a form, and beside it what is on file."""

    right: ClassVar[str]
    label: ClassVar[str]
    submit_label: ClassVar[str]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(self.right):
            raise PermissionDenied(NO_RIGHT)
        self.person = get_object_or_404(Person, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            done = self.perform(form, {"by": self.request.user, "now": timezone.now()})
        except Refusal as refusal:
            field = _FIELD_OF.get(type(refusal))
            form.add_error(field if field in form.fields else None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, done)
        return redirect(CHANGE, self.person.pk)

    def perform(self, form: forms.Form, actor: dict[str, Any]) -> str:
        """Call the verb with what the form holds, and return what to say; ``actor`` is who and when."""
        raise PermissionDenied

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        context = _page(self.request, f"{self.label}：{self.person}")
        return context | {
            "person": self.person,
            "label": self.label,
            "submit_label": self.submit_label,
            "photo": selectors.photo_of(self.person),
            "mandates": Mandate.objects.filter(person=self.person).in_force(today).order_by("kind", "pk"),
            "sees_contact": permissions.can_see_contact(self.request.user),
            **super().get_context_data(**kwargs),
        }


class EndMandateView(PersonPage):
    right, label, submit_label = "deputies.change_mandate", "结束任职", "结束任职"
    form_class = MandateEndForm
    template_name = "admin/deputies/person/end.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"person": self.person, "today": timezone.localdate()}

    def get_initial(self) -> dict[str, Any]:
        return {"ends_on": timezone.localdate()}

    def perform(self, form: forms.Form, actor: dict[str, Any]) -> str:
        data = form.cleaned_data
        mandate = workflow.end_mandate(data["mandate"], ends_on=data["ends_on"], ended_by=data["ended_by"], **actor)
        reason = MandateEnd(mandate.ended_by).label
        return f"已记录：{self.person}的{mandate}到{cn_day(mandate.ends_on)}为止，{reason}。"


class PortraitUploadView(PersonPage):
    right, label, submit_label = "deputies.change_person", "上传照片", "上传照片"
    form_class = PortraitForm
    template_name = "admin/deputies/person/photo.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("remove"):
            try:
                workflow.remove_photo(self.person, by=request.user, now=timezone.now())
            except Refusal as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, f"{self.person}的照片已经删除，公示栏不再显示。")
            return redirect(CHANGE, self.person.pk)
        return super().post(request, *args, **kwargs)

    def perform(self, form: forms.Form, actor: dict[str, Any]) -> str:
        workflow.set_photo(self.person, photo=form.cleaned_data["photo"], **actor)
        return f"{self.person}的照片已经上传，在任期间公示栏显示这张照片。"


class PhoneView(PersonPage):
    """Whether everybody may see somebody's number: two buttons, of which one makes sense at a time."""

    right, label, submit_label = "deputies.record_phone_agreement", "公开电话", "记录同意，公开这个号码"
    form_class = PhoneAgreementForm
    template_name = "admin/deputies/person/phone.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"person": self.person}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("withdraw"):
            try:
                workflow.withdraw_phone_agreement(self.person, by=request.user, now=timezone.now())
            except Refusal as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, f"已记录：{self.person}的电话不再公开。")
            return redirect(CHANGE, self.person.pk)
        return super().post(request, *args, **kwargs)

    def perform(self, form: forms.Form, actor: dict[str, Any]) -> str:
        workflow.record_phone_agreement(self.person, **actor)
        return f"已记录：{self.person}同意公开联系电话，在任期间公示栏显示这个号码。"


# ---- change of term


class ChangeTermView(View):
    """Which term ends, who goes on, how many that makes, and then the verb: one address, three looks.

    Which term and day stand in the address, so that the list can be reloaded; the list is sent by POST, first to be
    counted and then, with the mark of what was counted, to be carried out.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not _may_change_term(request.user):
            raise PermissionDenied(NO_RIGHT)
        self.now = timezone.now()
        self.today = timezone.localdate(self.now)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        if "term" not in request.GET:
            return self.first_look(TermForm(today=self.today))
        term = TermForm(request.GET, today=self.today)
        if not term.is_valid():
            return self.first_look(term)
        return self.list_look(term, SeatsForm(members=term.members()))

    def post(self, request: HttpRequest) -> HttpResponse:
        term = TermForm(request.GET, today=self.today)
        if not term.is_valid():
            return self.first_look(term)
        seats = SeatsForm(request.POST, members=term.members())
        if not seats.is_valid():
            return self.list_look(term, seats)
        shown = request.POST.get("confirm", "")
        if not shown:
            return self.list_look(term, seats, is_counted=True)
        if shown != seats.fingerprint(term):
            outdated = "没有换届：名单和上次预览的不一样，下面已经重新计算。请看过再确认。"
            return self.list_look(term, seats, is_counted=True, refusal=outdated)
        return self.carry_out(term, seats)

    def carry_out(self, term: TermForm, seats: SeatsForm) -> HttpResponse:
        data = term.cleaned_data
        going_on = seats.seats()
        try:
            workflow.change_term(
                level=term.ending.level,
                old_term=term.ending.name,
                new_term=data["new_term"],
                starts_on=data["starts_on"],
                seats=going_on,
                by=self.request.user,
                now=self.now,
            )
        except Refusal as refusal:
            return self.list_look(term, seats, is_counted=True, refusal=f"没有换届：{refusal}")
        messages.success(
            self.request,
            f"换届已办：{data['new_term']}{term.ending.body}从{cn_day(data['starts_on'])}开始，{_count(seats)}。"
            "新当选的人请接着登记，或者用表格导入。",
        )
        return redirect(LIST)

    def first_look(self, form: TermForm) -> HttpResponse:
        context = _page(self.request, "换届", form=form)
        return TemplateResponse(self.request, "admin/deputies/person/change_term.html", context)

    def list_look(
        self, term: TermForm, seats: SeatsForm, *, is_counted: bool = False, refusal: str = ""
    ) -> HttpResponse:
        context = _page(
            self.request,
            "换届",
            term=term.ending,
            new_term=term.cleaned_data["new_term"],
            starts_on=term.cleaned_data["starts_on"],
            last_day=term.last_day,
            other_terms=sorted({mandate.term for mandate in seats.members} - {term.ending.name}),
            form=seats,
            rows=list(seats.rows()),
            count=_count(seats) if is_counted else "",
            fingerprint=seats.fingerprint(term) if is_counted else "",
            refusal=refusal,
        )
        status = 409 if refusal else 200
        return TemplateResponse(self.request, "admin/deputies/person/change_term_list.html", context, status=status)


def _count(seats: SeatsForm) -> str:
    """Say how many end and how many of them go on."""
    everybody = {mandate.person_id for mandate in seats.members}
    going_on = {seat.person.pk for seat in seats.seats()}
    return f"{len(everybody)} 人任期届满，其中 {len(going_on)} 人连任，{len(everybody - going_on)} 人离任"


# ---- portraits of many


class PhotosPage(View):
    """The pages of a ZIP of portraits, and the pictures between preview and confirmation."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("deputies.change_person"):
            raise PermissionDenied(NO_RIGHT)
        return super().dispatch(request, *args, **kwargs)

    @property
    def storage(self) -> WaitingFile:
        """One place for each person: a second file takes the place of the first."""
        return WaitingFile(name=f"deputies-photos-{self.request.user.pk}")

    def keep(self, pictures: list[NamedPicture], file_name: str) -> str:
        token = secrets.token_urlsafe(12)
        try:
            name = without_refused_characters(file_name)
            self.storage.save({"token": token, "file_name": name, "pictures": pictures})
        except Exception:  # each cache backend raises errors of its own library
            logger.exception("Photos to upload could not be kept")
            raise UploadRefused(
                "现在存不下上传的文件，没有写入。请过几分钟再试，或请系统管理员检查缓存服务。"
            ) from None
        return token

    def waiting(self, token: str) -> dict[str, Any] | None:
        try:
            waiting = self.storage.read()
        except Exception:  # the same, and what an older version of the portal kept
            logger.exception("Photos to upload could not be read back")
            return None
        if waiting and secrets.compare_digest(waiting["token"].encode(), token.encode("utf-8", "replace")):
            return waiting
        return None

    def preview(self, waiting: dict[str, Any], *, refusal: str = "") -> HttpResponse:
        plan = workflow.plan_photos(waiting["pictures"])
        in_order = [outcome for fate, _ in FATES for outcome in plan.outcomes if outcome.fate == fate]
        context = _page(
            self.request,
            "核对要上传的照片",
            waiting=waiting,
            plan=plan,
            counts=plan.counts,
            outcomes=in_order,
            refusal=refusal,
            sees_contact=permissions.can_see_contact(self.request.user),
        )
        status = 409 if refusal else 200
        return TemplateResponse(self.request, "admin/deputies/person/photos_preview.html", context, status=status)


class PhotosView(PhotosPage):
    """Take a ZIP, and show whom each picture would go to."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if "file" in request.GET:
            if waiting := self.waiting(request.GET["file"]):
                return self.preview(waiting)
            messages.warning(request, GONE)
            return redirect(PHOTOS_PAGE)
        return self.choose(PhotoZipForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PhotoZipForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                token = self.keep(form.pictures, form.cleaned_data["file"].name)
            except UploadRefused as refusal:
                form.add_error("file", str(refusal))
            else:
                return redirect(reverse(PHOTOS_PAGE, query={"file": token}))
        return self.choose(form)

    def choose(self, form: PhotoZipForm) -> HttpResponse:
        context = _page(self.request, "批量上传照片", form=form)
        return TemplateResponse(self.request, "admin/deputies/person/photos.html", context)


class PhotosConfirmView(PhotosPage):
    """Write what the preview showed. Who had to sign in again after pressing the button comes here by GET."""

    http_method_names = ("get", "head", "post")

    def get(self, request: HttpRequest) -> HttpResponse:
        messages.warning(request, GONE)
        return redirect(PHOTOS_PAGE)

    def post(self, request: HttpRequest) -> HttpResponse:
        waiting = self.waiting(request.POST.get("file", ""))
        if waiting is None:
            return self.get(request)
        try:
            plan = workflow.store_photos(
                waiting["pictures"],
                expected=request.POST.get("fingerprint", ""),
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            return self.preview(waiting, refusal=str(refusal))
        try:
            self.storage.remove()
        except Exception:  # the photos are written by now, and the file goes away by itself
            logger.exception("Photos that were uploaded could not be removed from where they waited")
        counts = plan.counts
        left_out = f"，{counts['wrong']} 个文件没有写入" if counts["wrong"] else ""
        messages.success(request, f"已写入照片：新上传 {counts['new']} 张，替换 {counts['replaced']} 张{left_out}。")
        return redirect(LIST)
