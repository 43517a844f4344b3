"""Printing the bulletin board and the cards with the codes, from the list of people."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from congress_portal.common import jobs
from congress_portal.common.pdf import missing_for_pdf
from deputies.choices import MandateKind
from deputies.forms.board import BoardPrintForm
from deputies.selectors import board
from deputies.tasks.board import PRINT_CODES, PRINT_POSTER

MAX_PRINTED = 300  # people in one PDF; the process that prints has two minutes
_KINDS = {BoardPrintForm.POSTER: (PRINT_POSTER, "公示栏"), BoardPrintForm.CODES: (PRINT_CODES, "代表码")}


class BoardPrintAdmin(admin.ModelAdmin):
    """A button beside the list of people, and the page on which staff say what is printed."""

    def get_urls(self) -> list[URLPattern]:
        page = path("board/", self.admin_site.admin_view(self.board_print_view), name="deputies_person_board")
        return [page, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may_print = request.user.has_perm("deputies.print_board")
        context = {"board_print_url": reverse("admin:deputies_person_board") if may_print else ""}
        return super().changelist_view(request, (extra_context or {}) | context)

    def board_print_view(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("deputies.print_board"):
            raise PermissionDenied("公示栏和代表码由街道人大工委打印，您的角色不能打印。")
        form = BoardPrintForm(request.POST or None)
        missing = missing_for_pdf()
        if request.method == "POST" and form.is_valid():
            if missing:
                messages.error(request, "还不能生成 PDF：" + "".join(missing))
            elif (job := self._ask(request, form)) is not None:
                return redirect("admin:job", pk=job.pk)
        context = self.admin_site.each_context(request) | {
            "title": "打印公示栏和代表码",
            "opts": self.model._meta,
            "form": form,
            "missing_for_pdf": missing,
        }
        return TemplateResponse(request, "admin/deputies/board_print.html", context)

    def _ask(self, request: HttpRequest, form: BoardPrintForm) -> Any:
        """Ask for the PDF; where there is nobody or there are too many, say so in the form and return None."""
        group, kind = form.cleaned_data["group"], MandateKind(form.cleaned_data["kind"])
        count = board.people_on_board(today=timezone.localdate(), kind=kind, group=group).count()
        whose = f"{group}的{kind.label}" if group else kind.label
        if not count:
            form.add_error("group", f"现在没有在任的{whose}，没有可以印的。请另选小组，或者先登记任职。")
            return None
        if count > MAX_PRINTED:
            form.add_error("group", f"一次最多印 {MAX_PRINTED} 人，{whose}有 {count} 人。请按小组分开印。")
            return None
        handler, what = _KINDS[form.cleaned_data["what"]]
        # Codes lead to where staff are now: the worker has no request, and so no address of its own.
        params = {"kind": kind.value, "group": group.pk if group else None, "base": request.build_absolute_uri("/")}
        return jobs.enqueue(kind=handler, title=f"{whose}{what} PDF", params=params, by=request.user)
