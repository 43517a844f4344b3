"""The pages of an import and an export: choose a file, look at the preview, confirm; or take the list out."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_http_methods, require_safe
from import_export.admin import ImportExportMixin
from import_export.formats import base_formats
from import_export.tmp_storages import CacheStorage

from congress_portal.common.import_export import MAX_ROWS, SheetResource, faults_of, log_export, log_import
from congress_portal.common.import_plan import FATES, PlanRefused
from congress_portal.common.spreadsheets import Sheet, SheetRefused
from congress_portal.common.text import without_refused_characters
from congress_portal.common.uploads import MEGABYTE, XLSX

logger = logging.getLogger(__name__)

MAX_SIZE = 5 * MEGABYTE
ROWS_A_PAGE = 50
GONE = "这份文件已经导入过，或者放得太久、已经清除。请先看名单；还没有导入的，请重新选择文件上传。"


class WaitingFile(CacheStorage):
    """What was read from a file, until it is confirmed. It holds personal data, so it goes away by itself."""

    CACHE_LIFETIME = 2 * 3600
    CACHE_PREFIX = "import-"


class SheetUploadForm(forms.Form):
    file = forms.FileField(
        label="表格文件",
        help_text=f"XLSX 格式，不超过 {MAX_SIZE // MEGABYTE} MB、{MAX_ROWS:,} 行。",
        max_length=200,
        error_messages={
            "required": "请选择要导入的表格文件。",
            "invalid": "请选择要导入的表格文件。",
            "empty": "这个文件是空的，请重新选择。",
            "max_length": "文件名太长，请改短后再上传。",
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > MAX_SIZE:
            raise forms.ValidationError(f"这个文件超过 {MAX_SIZE // MEGABYTE} MB。请删去图片和多余的内容，或分成几份。")
        return file


class SheetAdmin(ImportExportMixin, admin.ModelAdmin):
    """Import and export beside the list of a model, for the roles that hold the right."""

    formats = (base_formats.XLSX,)
    import_template_name = "admin/import_export/import.html"
    preview_template_name = "admin/import_export/preview.html"
    export_template_name = "admin/import_export/export.html"

    def get_urls(self) -> list[URLPattern]:
        name = "{}_{}_template".format(*self.get_model_info())
        template = path("import/template/", self.admin_site.admin_view(self.template_view), name=name)
        return [template, *super().get_urls()]

    def resource_for(self, request: HttpRequest) -> SheetResource:
        (resource_class,) = self.get_resource_classes(request)
        return resource_class.for_user(request.user)

    # ---- import

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Take a file, and show what it would do."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        if request.method != "POST" and "file" in request.GET:
            if waiting := self._waiting(request, request.GET["file"]):
                return self._preview(request, waiting)
            messages.warning(request, GONE)
            return redirect(self._url("import"))

        form = SheetUploadForm(request.POST, request.FILES) if request.method == "POST" else SheetUploadForm()
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                sheet = self.resource_for(request).read(file.read(), file_name=file.name)
                token = self._keep(request, sheet, file.name)
            except SheetRefused as refusal:
                form.add_error("file", str(refusal))
            else:
                return redirect(self._preview_url(token))
        return self._page(request, self.import_template_name, f"导入{self._noun}", form=form)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Write what the preview showed, or send back to the preview that is true by now.

        Who had to sign in again after pressing the button comes back here by GET, without what was sent.
        """
        if not self.has_import_permission(request):
            raise PermissionDenied
        waiting = self._waiting(request, request.POST.get("file", ""))
        if waiting is None:
            messages.warning(request, GONE)
            return redirect(self._url("import"))
        expected = request.POST.get("fingerprint", "")
        try:
            with transaction.atomic():
                resource = self.resource_for(request)
                plan = resource.import_data(waiting["sheet"], user=request.user, expected=expected).plan
                log_import(self.model, plan, by=request.user)
        except PlanRefused as refused:
            if refused.plan.has_work or refused.plan.counts["wrong"]:
                messages.warning(request, str(refused))
                return redirect(self._preview_url(waiting["token"]))
            messages.info(request, "没有重复导入：这份文件的内容已经全部在档案里了。")
        else:
            counts = plan.counts
            done = f"新增 {counts['new']} 行，改动 {counts['changed']} 行，没有变化 {counts['same']} 行"
            messages.success(request, f"已导入{self._noun}：{done}。")
        self._forget(request)
        return redirect(self._url("changelist"))

    @method_decorator(require_safe)
    def template_view(self, request: HttpRequest) -> HttpResponse:
        """Hand out the empty table."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        return _workbook_response(self.resource_for(request).template(), f"{self._noun}导入模板.xlsx")

    def _preview(self, request: HttpRequest, waiting: dict[str, Any]) -> HttpResponse:
        sheet: Sheet = waiting["sheet"]
        plan = self.resource_for(request).import_data(sheet, dry_run=True).plan
        counts = plan.counts
        fate = request.GET.get("show", "")
        if fate not in FATES:
            fate = next((fate for fate in FATES if counts[fate]), "same")
        page = Paginator(plan.of_fate(fate), ROWS_A_PAGE).get_page(request.GET.get("page"))
        return self._page(
            request,
            self.preview_template_name,
            f"核对要导入的{self._noun}",
            waiting=waiting,
            plan=plan,
            counts=counts,
            tabs=[(one, label, counts[one]) for one, label in FATES.items()],
            fate=fate,
            page_obj=page,
            rows=[(outcome, faults_of(outcome, sheet)) for outcome in page],
        )

    # ---- the file between preview and confirmation

    def _storage(self, request: HttpRequest) -> CacheStorage:
        """One place for each person and table: a second file takes the place of the first."""
        name = "{}-{}-{}".format(*self.get_model_info(), request.user.pk)
        return self.get_tmp_storage_class()(name=name)

    def _keep(self, request: HttpRequest, sheet: Sheet, file_name: str) -> str:
        token = secrets.token_urlsafe(12)
        try:
            name = without_refused_characters(file_name)
            self._storage(request).save({"token": token, "file_name": name, "sheet": sheet})
        except Exception:  # each cache backend raises errors of its own library
            logger.exception("A file to import could not be kept")
            raise SheetRefused("现在存不下上传的文件，没有导入。请过几分钟再试，或请系统管理员检查缓存服务。") from None
        return token

    def _waiting(self, request: HttpRequest, token: str) -> dict[str, Any] | None:
        try:
            waiting = self._storage(request).read()
        except Exception:  # the same, and what an older version of the portal kept
            logger.exception("A file to import could not be read back")
            return None
        if waiting and secrets.compare_digest(waiting["token"].encode(), token.encode("utf-8", "replace")):
            return waiting
        return None

    def _forget(self, request: HttpRequest) -> None:
        try:
            self._storage(request).remove()
        except Exception:  # the same; what the file says is written by now, and the file goes away by itself
            logger.exception("A file that was imported could not be removed")

    # ---- export

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def export_action(self, request: HttpRequest) -> HttpResponseBase:
        """Say what would go out, and hand it out when asked: the list as it is searched and filtered."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            queryset = self.get_export_queryset(request)
        except IncorrectLookupParameters:
            return redirect(self._url("changelist"))
        if request.method == "POST":
            return self._export(request, queryset)
        resource = self.resource_for(request)
        return self._page(
            request,
            self.export_template_name,
            f"导出{self._noun}",
            count=queryset.count(),
            titles=resource.get_export_headers(),
            note=resource.export_note,
            is_part=bool(request.GET),
        )

    def _export(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse:
        content, rows = self.resource_for(request).workbook(queryset)
        log_export(self.model, rows, by=request.user)
        return _workbook_response(content, f"{self._noun}{timezone.localdate():%Y-%m-%d}.xlsx")

    # ---- pages

    @property
    def _noun(self) -> str:
        return str(self.opts.verbose_name_plural)

    def _url(self, name: str) -> str:
        return reverse("admin:{}_{}_{name}".format(*self.get_model_info(), name=name))

    def _preview_url(self, token: str) -> str:
        return f"{self._url('import')}?{urlencode({'file': token})}"

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        request.current_app = self.admin_site.name
        common = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "matching": self.resource_classes[0].matching,
            "import_url": self._url("import"),
        }
        return TemplateResponse(request, template, common | context)


def _workbook_response(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
