"""The residents who signed up for an open activity, for staff who may know them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.views.generic import TemplateView, View

from deputies import workflow
from deputies.choices import ActivityStatus
from deputies.deadlines import SIGN_UP_KEPT_DAYS
from deputies.models import Activity, ResidentSignUp
from deputies.selectors import public


class OfOpenActivityMixin:
    """Who may not know the activity gets 404, who may not know the residents 403."""

    activity: Activity

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.activity = get_object_or_404(Activity.objects.visible_to(request.user), pk=kwargs["pk"])
        if not request.user.has_perm("deputies.see_sign_ups"):
            raise PermissionDenied("您的角色看不到居民的姓名和电话。")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class SignUpsView(OfOpenActivityMixin, TemplateView):
    template_name = "admin/deputies/activity_sign_ups.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        activity = self.activity
        signed_up = public.sign_ups_of(activity)
        return (
            admin.site.each_context(self.request)
            | super().get_context_data(**kwargs)
            | signed_up
            | {
                "title": f"居民报名：{activity.title}",
                "opts": Activity._meta,
                "activity": activity,
                "seats_left": None if activity.seats is None else max(activity.seats - signed_up["head_count"], 0),
                "kept_days": SIGN_UP_KEPT_DAYS,
                "is_cancelled": activity.status == ActivityStatus.CANCELLED,
                "is_ahead": activity.status == ActivityStatus.ANNOUNCED and activity.starts_at > timezone.now(),
                "may_organise": self.request.user.has_perm("deputies.change_activity"),
            }
        )


class SignUpTakeOutView(OfOpenActivityMixin, View):
    """Cancel for a resident who lost the code, or erase what somebody wants erased."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int, row: int) -> HttpResponse:
        sign_up = get_object_or_404(ResidentSignUp, pk=row, activity=self.activity)
        sign_up = workflow.take_out_sign_up(sign_up, by=request.user, now=timezone.now())
        if sign_up.cancelled_at:
            messages.success(request, f"已取消这个报名，空出 {sign_up.head_count} 个名额，称呼和手机号已删除。")
        else:
            messages.success(request, "称呼和手机号已删除，人数保留。")
        return redirect("admin:deputies_activity_sign_ups", pk=pk)


def sign_up_urls() -> list[Any]:
    """Return the addresses for the admin of activities to put before its own."""
    return [
        path("<int:pk>/sign-ups/", admin.site.admin_view(SignUpsView.as_view()), name="deputies_activity_sign_ups"),
        path(
            "<int:pk>/sign-ups/<int:row>/take-out/",
            admin.site.admin_view(SignUpTakeOutView.as_view()),
            name="deputies_activity_take_out_sign_up",
        ),
    ]
