"""What of an activity is printed, asked for as jobs, and the photos and papers that are taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.views.generic import View

from congress_portal.common import jobs
from congress_portal.common.pdf import missing_for_pdf
from deputies import workflow
from deputies.models import Activity
from deputies.tasks.activities import RENDER_ATTENDANCE_LIST, RENDER_MINUTES
from deputies.views.activity_screen import SignInScreenView


class PrintView(View):
    """Ask for a PDF of one activity: write a job and show its progress."""

    http_method_names = ("post",)
    kind: str
    what: str

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        activity = get_object_or_404(Activity.objects.visible_to(request.user), pk=pk)
        if not request.user.has_perm("deputies.print_activity"):
            raise PermissionDenied("您的角色不能打印签到表和纪要。")
        if refusal := self.why_not(activity):
            messages.error(request, refusal)
            return redirect(activity)
        job = jobs.enqueue(
            kind=self.kind, title=f"{activity.title}{self.what}", params={"activity": pk}, by=request.user
        )
        return redirect("admin:job", pk=job.pk)

    def why_not(self, activity: Activity) -> str:
        return "还不能生成 PDF：" + "".join(missing) if (missing := missing_for_pdf()) else ""


class PrintAttendanceListView(PrintView):
    kind, what = RENDER_ATTENDANCE_LIST, "签到表"

    def why_not(self, activity: Activity) -> str:
        if not activity.participations.exists():
            return "还没有邀请人，签到表是空的。请先邀请参加的人。"
        return super().why_not(activity)


class PrintMinutesView(PrintView):
    kind, what = RENDER_MINUTES, "纪要"

    def why_not(self, activity: Activity) -> str:
        if not activity.minutes and not activity.narrative:
            return "还没有写纪要，没有可以打印的。请先写纪要。"
        return super().why_not(activity)


class RemoveFileView(View):
    """Take back a photo or a paper of an activity."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int, file_pk: Any) -> HttpResponse:
        activity = get_object_or_404(Activity.objects.visible_to(request.user), pk=pk)
        if not request.user.has_perm("deputies.change_activity"):
            raise PermissionDenied("您的角色不能删除活动的照片和材料。")
        file = activity.files.filter(pk=file_pk).first()
        if file is None:
            raise Http404("没有这个文件，可能已经删除。")
        workflow.remove_file(file, by=request.user, now=timezone.now())
        messages.success(request, f"已删除“{file}”。")
        return redirect(activity)


def paper_urls() -> list[Any]:
    """Return the addresses of these and of the screen, for the admin of activities to put before its own."""
    pages: dict[str, tuple[str, type[View]]] = {
        "screen": ("screen/", SignInScreenView),
        "print_list": ("print/attendance/", PrintAttendanceListView),
        "print_minutes": ("print/minutes/", PrintMinutesView),
        "remove_file": ("files/<uuid:file_pk>/remove/", RemoveFileView),
    }
    return [
        path(f"<int:pk>/{route}", admin.site.admin_view(page.as_view()), name=f"deputies_activity_{name}")
        for name, (route, page) in pages.items()
    ]
