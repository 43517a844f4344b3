"""The residents' pages: no account, a tracking code and the last four digits of a phone number."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView

from congress_portal.common import ratelimit
from congress_portal.common.client import client_address
from congress_portal.common.uploads import UploadRefused
from suggestions import selectors, tracking, workflow
from suggestions.choices import Channel, Status
from suggestions.forms import EvaluationForm, LookupForm, SuggestionForm
from suggestions.models import ReplyTerm, Suggestion
from suggestions.views.case_page import case_context
from suggestions.views.open_case import lately_submitted, looked_up_case, open_case, remember_submission

# Local defaults against guessing and flooding. A service desk behind one address still gets its work done.
LOOKUP_TRIES, LOOKUP_WINDOW = 20, 15 * 60
SUBMISSIONS, SUBMISSION_WINDOW = 60, 60 * 60


class SuggestionCreateView(FormView):
    """The public form: no account, and everything typed comes back with a mistake."""

    form_class = SuggestionForm
    template_name = "suggestions/public/suggestion_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "promise": ReplyTerm.objects.get(channel=Channel.WEB),
            "lost_photo_names": context["form"].lost_photo_names,
        }

    def form_valid(self, form: SuggestionForm) -> HttpResponse:
        address = client_address(self.request)
        if ratelimit.too_many("submit", address, limit=SUBMISSIONS, seconds=SUBMISSION_WINDOW):
            form.add_error(None, "这个网络提交得太频繁了。请过一小时再试，或者打电话给街道人大工委。")
            return self.render_to_response(self.get_context_data(form=form), status=429)
        data = form.cleaned_data
        try:
            received = workflow.submit_suggestion(
                submission_key=data["submission_key"],
                matter=data["matter"],
                category=data["category"],
                community=data["community"],
                place=data["place"],
                contact=form.contact(),
                photos=data["photos"],
                now=timezone.now(),
            )
        except UploadRefused as refusal:  # the disk is full
            form.add_error("photos", str(refusal))
            return self.form_invalid(form)
        if not received.is_new and received.suggestion.matter != data["matter"]:
            # Back, another text, submit again: the first text is on record under this key and stays as it is.
            form.renew_key()
            form.add_error(
                None,
                f"这张表已经提交过一件（编号 {received.suggestion.number}）。如果这是另一件事，请再点一次提交。",
            )
            return self.form_invalid(form)
        ratelimit.count("submit", address, seconds=SUBMISSION_WINDOW)
        remember_submission(self.request, data["submission_key"])
        return redirect("suggestions:received")


@method_decorator(never_cache, name="dispatch")
class SuggestionReceivedView(TemplateView):
    """The page after submitting: the code, a QR code, and a slip to print. Shown again on reload."""

    template_name = "suggestions/public/suggestion_received.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        submission_key = lately_submitted(request)
        if not submission_key:
            return redirect("suggestions:lookup")
        suggestion = get_object_or_404(Suggestion, submission_digest=tracking.submission_digest(submission_key))
        code = tracking.display(tracking.code_for(submission_key))
        context = self.get_context_data(
            suggestion=suggestion,
            code=code,
            qr_svg=qr_svg(request, code),
            accept_due_on=suggestion.accept_due_on,
            reply_days=ReplyTerm.objects.get(channel=suggestion.channel).reply_days,
        )
        return self.render_to_response(context)


class SuggestionLookupView(FormView):
    """Look a case up by code and the last four digits; a miss says the same whichever was wrong."""

    form_class = LookupForm
    template_name = "suggestions/public/suggestion_lookup.html"

    def get_initial(self) -> dict[str, Any]:
        return {"code": self.request.GET.get("code", "")[:40]}

    def form_valid(self, form: LookupForm) -> HttpResponse:
        code, tail = form.cleaned_data["code"], form.cleaned_data["phone_tail"]
        address = client_address(self.request)
        # By address against guessing codes, by code against guessing the four digits from many addresses.
        counters = (("lookup-address", address), ("lookup-code", code))
        if any(ratelimit.too_many(scope, key, limit=LOOKUP_TRIES, seconds=LOOKUP_WINDOW) for scope, key in counters):
            form.add_error(None, "查得太多次了，请过 15 分钟再试，或者打电话给街道人大工委。")
            return self.render_to_response(self.get_context_data(form=form), status=429)
        suggestion = selectors.find_by_code(code=code, phone_tail=tail)
        if suggestion is None:
            for scope, key in counters:
                ratelimit.count(scope, key, seconds=LOOKUP_WINDOW)
            form.add_error(
                None,
                "没有找到。请核对查询码和手机号后四位；查询码丢了，可以打电话给街道人大工委，或到联络站查。",
            )
            return self.form_invalid(form)
        open_case(self.request, suggestion)
        return redirect("suggestions:case")


@method_decorator(never_cache, name="dispatch")
class OpenCaseMixin:
    """Pages about the case that this browser has looked up in the last half hour. A shared computer keeps none."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.case_pk = looked_up_case(request)
        if self.case_pk is None:
            messages.info(request, "为保护您的信息，请重新输入查询码和手机号后四位。")
            return redirect("suggestions:lookup")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class SuggestionCaseView(OpenCaseMixin, TemplateView):
    """How the resident's case stands, its history, and the evaluation while it can be given."""

    template_name = "suggestions/public/suggestion_case.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        suggestion = Suggestion.objects.with_names().get(pk=self.case_pk)
        case = selectors.case_file(suggestion, today=timezone.localdate())
        form = None
        if case.suggestion.status == Status.REPLIED:
            form = kwargs.pop("evaluation_form", None) or EvaluationForm()
        return (
            super().get_context_data(**kwargs)
            | case_context(case, for_staff=False)
            | {
                "evaluation_form": form,
                "evaluate_url": reverse("suggestions:evaluate"),
            }
        )


class SuggestionEvaluateView(SuggestionCaseView):
    """Take the evaluation; a second one finds the case moved on and says so."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead back to the case whoever reloads the address of a form that came back."""
        return redirect("suggestions:case")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = EvaluationForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(evaluation_form=form))
        try:
            suggestion = workflow.evaluate_reply(
                Suggestion(pk=self.case_pk), **form.ratings(), by=None, now=timezone.now()
            )
        except workflow.MoveNotAllowed:
            messages.error(request, "这次评价没有记下：这件已经评价过，或者正在重新办理。下面是最新情况。")
            return self.render_to_response(self.get_context_data(), status=409)
        if suggestion.status == Status.CLOSED:
            messages.success(request, "已记下您的评价，这件已办结。")
        else:
            due_on = suggestion.reply_due_on
            messages.success(
                request,
                f"已记下您的评价。{suggestion.department}在{due_on.month}月{due_on.day}日前再次答复。",
            )
        return redirect("suggestions:case")


def qr_svg(request: HttpRequest, code: str) -> str:
    """Draw the look-up address with the code as a QR code: black squares on white, no style attribute."""
    address = request.build_absolute_uri(f"{reverse('suggestions:lookup')}?code={code}")
    svg = segno.make(address, error="m").svg_inline(scale=4, border=4, omitsize=True, svgclass="qr", lineclass=None)
    return mark_safe(svg)  # noqa: S308 - drawn here, from our own address and an alphabet of 24 letters
