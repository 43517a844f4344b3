"""The residents' pages: no account, a tracking code and the last four digits of a phone number."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView

from congress_portal.accounts.models import Committee
from congress_portal.common import ratelimit
from congress_portal.common.calendar_rows import work_calendar
from congress_portal.common.client import client_address
from congress_portal.common.qr import qr_svg
from congress_portal.common.uploads import UploadRefused
from deputies.selectors import board
from suggestions import selectors, tracking, workflow
from suggestions.choices import Channel, Status
from suggestions.forms import EvaluationForm, LookupForm, SuggestionForm
from suggestions.models import ReplyTerm, Suggestion
from suggestions.views.case_page import case_context
from suggestions.views.open_case import lately_submitted, looked_up_case, open_case, remember_submission

# Local defaults against guessing and flooding. A service desk behind one address still gets its work done.
LOOKUP_TRIES, ADDRESS_WINDOW, CODE_WINDOW = 20, 15 * 60, 24 * 3600
SUBMISSIONS, SUBMISSION_TRIES, SUBMISSION_WINDOW = 60, 200, 60 * 60


class SuggestionCreateView(FormView):
    """The public form: no account, and everything typed comes back with a mistake."""

    form_class = SuggestionForm
    template_name = "suggestions/public/suggestion_form.html"
    channel = Channel.WEB

    def submission(self, form: SuggestionForm) -> workflow.Submission:
        """Return what is handed in; another door adds what it knows."""
        return form.submission(channel=self.channel)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "promise": ReplyTerm.objects.get(channel=self.channel),
            "lost_photo_names": context["form"].lost_photo_names,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Counted before the pictures are looked at: decoding is what a flood would cost us.
        attempts = ratelimit.count("submit-try", client_address(request), seconds=SUBMISSION_WINDOW)
        if attempts > SUBMISSION_TRIES:
            form = self.form_class(request.POST)
            return self._refuse_flood(form)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: SuggestionForm) -> HttpResponse:
        address = client_address(self.request)
        if ratelimit.too_many("submit", address, limit=SUBMISSIONS, seconds=SUBMISSION_WINDOW):
            return self._refuse_flood(form)
        key = form.cleaned_data["submission_key"]
        earlier = lately_submitted(self.request)
        if earlier and workflow.was_received(self.submission(form), key=earlier):
            # Back, and submit again: the browser kept the words, and the page brought a new key.
            return redirect("suggestions:received")
        try:
            workflow.submit_suggestion(
                self.submission(form), key=key, photos=form.cleaned_data["photos"], now=timezone.now()
            )
        except UploadRefused as refusal:  # the disk is full
            form.add_error("photos", str(refusal))
            return self.form_invalid(form)
        except workflow.FormAlreadyUsed as refusal:
            form.renew_key()
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        ratelimit.count("submit", address, seconds=SUBMISSION_WINDOW)
        remember_submission(self.request, key)
        return redirect("suggestions:received")

    def _refuse_flood(self, form: SuggestionForm) -> HttpResponse:
        form.add_error(None, "这个网络提交得太频繁了。请过一小时再试，或者打电话给街道人大工委。")
        return self.render_to_response(self.get_context_data(form=form), status=429)


class SuggestionDirectView(SuggestionCreateView):
    """The same form, written to one deputy or councillor (代表直通车): told of every step, and settling none of it.

    The form stays open while somebody leaves office: then nothing typed is lost, and it goes to the committee instead.
    """

    template_name = "suggestions/public/suggestion_direct.html"
    channel = Channel.DIRECT

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.committee = Committee.objects.first()
        district_name = self.committee.district_name if self.committee else ""
        card = board.card_with_code(kwargs["code"], today=timezone.localdate(), district_name=district_name)
        if card is None:
            raise Http404("没有这张代表码。请核对地址，或者在公示栏里按姓名查找。")
        if not card.is_in_office and request.method != "POST":
            return redirect(card.url)  # it says so, and where to go
        self.card = card
        return super().dispatch(request, *args, **kwargs)

    def submission(self, form: SuggestionForm) -> workflow.Submission:
        return form.submission(channel=self.channel, raised_by=self.card.person)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        card = self.card if self.card.is_in_office else None
        return super().get_context_data(**kwargs) | {"committee": self.committee, "card": card}

    def form_valid(self, form: SuggestionForm) -> HttpResponse:
        if self.card.is_in_office:
            return super().form_valid(form)
        form.add_error(
            None, "这位代表或议事员已不再任职，没有提交。您写的都还在，再点一次提交，就直接交给街道人大工委。"
        )
        return self.form_invalid(form)


@method_decorator(never_cache, name="dispatch")
class SuggestionReceivedView(TemplateView):
    """The page after submitting: the code, a QR code, and a slip to print. Shown again on reload."""

    template_name = "suggestions/public/suggestion_received.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        submission_key = lately_submitted(request)
        if not submission_key:
            messages.info(request, "为保护您的信息，查询码只显示半小时。请输入查询码和手机号后四位查进度。")
            return redirect("suggestions:lookup")
        suggestion = get_object_or_404(Suggestion, submission_digest=tracking.submission_digest(submission_key))
        code = tracking.display(tracking.code_for(submission_key))
        term = ReplyTerm.objects.get(channel=suggestion.channel)
        accepting = selectors.accepting(suggestion, term=term, calendar=work_calendar())
        context = self.get_context_data(
            suggestion=suggestion,
            code=code,
            qr_svg=qr_svg(lookup_address_with(request, code)),
            lookup_address=request.build_absolute_uri(reverse("suggestions:lookup")),
            accept_due_on=suggestion.accept_due_on,
            provisional=accepting.provisional if accepting else "",
            reply_limit=term.reply_limit,
        )
        return self.render_to_response(context)


class SuggestionLookupView(FormView):
    """Look a case up by code and the last four digits; a miss says the same whichever was wrong."""

    form_class = LookupForm
    template_name = "suggestions/public/suggestion_lookup.html"

    def form_valid(self, form: LookupForm) -> HttpResponse:
        code, tail = form.cleaned_data["code"], form.cleaned_data["phone_tail"]
        # By address against guessing codes; by code, and for a day, against guessing its four digits from anywhere.
        counters = (
            ("lookup-address", client_address(self.request), ADDRESS_WINDOW),
            ("lookup-code", code, CODE_WINDOW),
        )
        for scope, key, seconds in counters:
            if ratelimit.too_many(scope, key, limit=LOOKUP_TRIES, seconds=seconds):
                when = " 15 分钟" if seconds == ADDRESS_WINDOW else "一天"
                form.add_error(None, f"查得太多次了，请过{when}再试，或者打电话给街道人大工委。")
                context = self.get_context_data(form=form, refused_title="请稍后再查")
                return self.render_to_response(context, status=429)
        suggestion = selectors.find_by_code(code=code, phone_tail=tail)
        if suggestion is None:
            for scope, key, seconds in counters:
                ratelimit.count(scope, key, seconds=seconds)
            form.add_error(
                None, "没有找到。请核对查询码和手机号后四位；查询码丢了，可以打电话给街道人大工委，核对后替您查。"
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
            initial = {"reply": case.reply_pk, "reason": kwargs.pop("reason", "")}
            form = kwargs.pop("evaluation_form", None) or EvaluationForm(initial=initial)
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
                Suggestion(pk=self.case_pk), **form.evaluation(), by=None, now=timezone.now()
            )
        except workflow.ReplyChanged as refusal:
            messages.error(request, str(refusal))
            return self.render_to_response(self.get_context_data(reason=form.cleaned_data["reason"]), status=409)
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


def lookup_address_with(request: HttpRequest, code: str) -> str:
    """Return the look-up address, the code behind a #: browsers keep that part to themselves, so no log holds it."""
    return request.build_absolute_uri(f"{reverse('suggestions:lookup')}#{code}")
