"""Invitations on a phone: what one is asked to, the answer, and signing in by the code that is shown there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import ListView, TemplateView

from congress_portal.common.refusal import Refusal
from deputies import workflow
from deputies.choices import ActivityFileKind
from deputies.forms.invitations import CODE_LENGTH, LeaveForm, SignInForm
from deputies.models import Activity, ActivityFile
from deputies.selectors import invitations
from deputies.selectors.invitations import Invitation
from deputies.selectors.own import person_of
from deputies.sign_in_codes import is_accepted

PAST_A_PAGE = 20
NOT_INVITED = "没有这次活动，或者您不在邀请名单里。"


@method_decorator(never_cache, name="dispatch")
class OnMandateMixin(LoginRequiredMixin):
    """Pages of people on mandate. Whoever has to sign in first comes back to the same address, its code included."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if not request.user.has_perm("deputies.answer_invitation"):
            return self.without_invitations()
        self.now = timezone.now()
        self.person = person_of(request.user)
        return super().dispatch(request, *args, **kwargs)

    def without_invitations(self) -> HttpResponseBase:
        raise PermissionDenied("这是代表和议事员的页面，您的角色不参加活动。")


class ActivityListView(OnMandateMixin, ListView):
    """All that one is or was asked to: what is ahead on top, then page by page what is over."""

    template_name = "deputies/activities/activity_list.html"
    paginate_by = PAST_A_PAGE

    def get_queryset(self) -> Any:
        return invitations.past(self.person, now=self.now) if self.person else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        is_first_page = context["page_obj"].number == 1
        return context | {
            "coming": invitations.coming(self.person, now=self.now) if self.person and is_first_page else [],
            "is_first_page": is_first_page,
            "past": invitations.dressed(context["object_list"], now=self.now),
        }


class InvitationMixin(OnMandateMixin):
    """A page about one activity, for who is asked to it; for others it does not exist."""

    kwargs: dict[str, Any]

    def get_invitation(self) -> Invitation:
        if self.person is None:
            raise Http404(NOT_INVITED)
        participation = get_object_or_404(invitations.invitations_of(self.person), activity__pk=self.kwargs["pk"])
        return Invitation(participation, self.now)


class ActivityDetailView(InvitationMixin, TemplateView):
    """One activity as those who are asked to it see it; staff are led to the page they work on."""

    template_name = "deputies/activities/activity_detail.html"

    def without_invitations(self) -> HttpResponseBase:
        # A line of a duty file leads here, whoever reads the file.
        if not self.request.user.has_perm("deputies.view_activity"):
            return super().without_invitations()
        return redirect(get_object_or_404(Activity, pk=self.kwargs["pk"]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invitation = self.get_invitation()
        files = list(invitation.activity.files.order_by("created_at", "pk"))
        return super().get_context_data(**kwargs) | {
            "invitation": invitation,
            "activity": invitation.activity,
            "photos": [_shown(file) for file in files if file.kind == ActivityFileKind.PHOTO],
            "papers": [_shown(file) for file in files if file.kind == ActivityFileKind.PAPER],
        }


def _shown(file: ActivityFile) -> dict[str, Any]:
    url = reverse("deputies:activity_file", args=(file.pk,))
    return {"name": file.caption or file.original_name, "size": file.size, "url": url}


class AnswerView(InvitationMixin, TemplateView):
    """A button of an invitation. Who had to sign in again after pressing it comes by GET, and is led to the page."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.back(self.get_invitation())

    def back(self, invitation: Invitation) -> HttpResponse:
        if self.request.POST.get("next") == "own":
            return redirect("own")
        return redirect("deputies:activity_detail", pk=invitation.activity.pk)


class SignUpView(AnswerView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        invitation = self.get_invitation()
        activity = invitation.activity
        try:
            workflow.sign_up(activity, person=self.person, by=request.user, now=self.now)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"已报名参加“{activity.title}”。去不了时，请在活动开始前请假。")
        return self.back(invitation)


class LeaveView(AnswerView):
    """Ask for leave, with the reason. The form is a page of its own, because on a phone it needs the room."""

    template_name = "deputies/activities/activity_leave.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        invitation = self.get_invitation()
        if not invitation.may_ask_leave:
            return self.back(invitation)
        return self.page(invitation, LeaveForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        invitation, form = self.get_invitation(), LeaveForm(request.POST)
        if not form.is_valid():
            return self.page(invitation, form)
        try:
            workflow.ask_leave(
                invitation.activity,
                person=self.person,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=self.now,
            )
        except Refusal as refusal:
            # What was typed is not lost with the refusal.
            form.add_error(None, str(refusal))
            return self.page(invitation, form, status=409)
        messages.success(request, f"已请假：“{invitation.activity.title}”。街道人大工委批复后给您发消息。")
        return self.back(invitation)

    def page(self, invitation: Invitation, form: LeaveForm, *, status: int = 200) -> HttpResponse:
        context = {"invitation": invitation, "activity": invitation.activity, "form": form}
        return self.render_to_response(self.get_context_data(**context), status=status)


class ActivitySignInView(InvitationMixin, TemplateView):
    """Where the code on the screen leads: one button, and without a code the field to type it into.

    Opening the address changes nothing, since a phone opens what it scans by itself.
    """

    template_name = "deputies/activities/activity_sign_in.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        code = request.GET.get("code", "")[:CODE_LENGTH]
        try:
            invitation = self.get_invitation()
        except Http404:
            if not is_accepted(self.kwargs["pk"], code, now=self.now):
                raise
            # Who holds the code of this minute is in the room, and is told whom to turn to.
            return render(request, "deputies/activities/not_invited.html", status=404)
        return self.page(invitation, SignInForm(initial={"code": code}), scanned=bool(code) and not code.isdigit())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        invitation, form = self.get_invitation(), SignInForm(request.POST)
        if not form.is_valid():
            return self.page(invitation, form)
        code = form.cleaned_data["code"]
        try:
            participation = workflow.sign_in(
                invitation.activity,
                person=self.person,
                code=code,
                by=request.user,
                now=self.now,
            )
        except workflow.AlreadySignedIn as refusal:
            messages.info(request, str(refusal))
            return redirect("deputies:activity_detail", pk=pk)
        except (workflow.CodeExpired, workflow.CodeWrong) as refusal:
            form.add_error("code", str(refusal))
            if not code.isdigit():  # scanned: nothing that a person would mend
                form.data = form.data.copy() | {"code": ""}
            return self.page(invitation, form)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return self.page(invitation, form, status=409)
        at = timezone.localtime(participation.signed_in_at or self.now)
        messages.success(request, f"已签到，{at.hour}:{at.minute:02}。")
        return redirect("deputies:activity_detail", pk=pk)

    def page(
        self, invitation: Invitation, form: SignInForm, *, scanned: bool = False, status: int = 200
    ) -> HttpResponse:
        context = {"invitation": invitation, "activity": invitation.activity, "form": form, "scanned": scanned}
        return self.render_to_response(self.get_context_data(**context), status=status)
