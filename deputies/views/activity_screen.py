"""The code to sign in with, on the screen of the room where an activity takes place."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from congress_portal.common.qr import qr_svg
from deputies import workflow
from deputies.choices import ActivityStatus
from deputies.models import Activity
from deputies.selectors import activities as selectors


@method_decorator(never_cache, name="dispatch")
class SignInScreenView(View):
    """Show this minute's code as a QR code and as digits; as JSON for the script that keeps the page up to date.

    Without scripts the page loads itself anew.
    """

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        activity = get_object_or_404(Activity.objects.visible_to(request.user), pk=pk)
        if not request.user.has_perm("deputies.change_activity"):
            raise PermissionDenied("您的角色不能打开签到码。")
        now = timezone.now()
        state = self.state(request, activity)
        if request.headers.get("Accept") == "application/json":
            return JsonResponse(state)
        opens, closes = selectors.sign_in_window(activity)
        context = admin.site.each_context(request) | {
            "title": f"签到：{activity.title}",
            "activity": activity,
            "when": selectors.when(activity),
            "opens": opens,
            "closes": closes,
            "is_early": activity.status == ActivityStatus.ANNOUNCED and now < opens,
            "state": state,
        }
        return render(request, "admin/deputies/activity_screen.html", context)

    def state(self, request: HttpRequest, activity: Activity) -> dict[str, Any]:
        now = timezone.now()
        opens, closes = selectors.sign_in_window(activity)
        is_open = activity.status == ActivityStatus.ANNOUNCED and opens <= now <= closes
        state: dict[str, Any] = {"is_open": is_open, "signed_in": selectors.signed_in_count(activity)}
        if is_open:
            code = workflow.sign_in_code(activity, now=now)
            until = timezone.localtime(code.valid_until)
            state |= {
                "svg": qr_svg(request.build_absolute_uri(code.url_path)),
                "code": f"{code.code[:3]} {code.code[3:]}",
                "until": f"{until.hour}:{until.minute:02}",
                "changes_in": int((code.valid_from - now).total_seconds() * 1000) + 60_000,  # milliseconds
            }
        return state
