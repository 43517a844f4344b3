"""The public calendar of all apps, the page of an open activity, and residents' seats at it."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView

from congress_portal.accounts.models import Community
from congress_portal.common import codes, ratelimit
from congress_portal.common.calendar_entries import CalendarEntry, lay_out, month_bounds
from congress_portal.common.calendar_rows import work_calendar
from congress_portal.common.client import client_address
from congress_portal.common.lately import recall, remember
from congress_portal.common.refusal import Refusal
from congress_portal.common.workdays import ONE_DAY, add_months
from deputies import workflow
from deputies.choices import ActivityStatus
from deputies.deadlines import SIGN_UP_KEPT_DAYS
from deputies.forms.seats import GiveUpForm, SeatForm
from deputies.models import ResidentSignUp
from deputies.selectors import public

# What stands on the calendar: each app gives its part of the days from the first to the last.
SOURCES = (public.public_events,)

# Local defaults against flooding and guessing; a community centre behind one address still gets its work done.
SIGN_UPS, SIGN_UP_TRIES, SIGN_UP_WINDOW = 60, 200, 60 * 60
GIVE_UP_TRIES, ADDRESS_WINDOW, CODE_WINDOW = 20, 15 * 60, 24 * 3600
YEARS = range(2000, 2101)
LOOK_AHEAD_MONTHS = 6

_SEAT = "seat"
_MONTH = re.compile(r"(\d{4})-(\d{2})")
# Where a refusal belongs to one field, its sentence stands there.
_FIELD_OF = {
    workflow.SeatsFull: "head_count",
    workflow.HeadCountNotAllowed: "head_count",
    workflow.AlreadySignedUp: "phone",
}


def _begin(entry: CalendarEntry) -> datetime:
    return entry.starts_at


def _entries(first: date, last: date, community: Community | None) -> list[CalendarEntry]:
    return [
        entry
        for source in SOURCES
        for entry in source(first, last)
        if community is None or community.pk in entry.community_ids
    ]


class CalendarView(TemplateView):
    """One month; for narrow screens the days that have something."""

    template_name = "pages/calendar.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        month = _month_in(self.request.GET.get("month", "")) or today.replace(day=1)
        first, last = month_bounds(month)
        communities = list(Community.objects.filter(is_active=True).order_by("position", "pk"))
        asked = self.request.GET.get("community", "")
        community = next((one for one in communities if str(one.pk) == asked), None)
        entries = _entries(first, last, community)
        # An empty month of today or later says what comes after it.
        later = (
            [] if entries or last < today else _entries(last + ONE_DAY, add_months(last, LOOK_AHEAD_MONTHS), community)
        )
        calendar = work_calendar()
        return super().get_context_data(**kwargs) | {
            "sheet": lay_out(first, entries, calendar=calendar, today=today),
            "previous": _neighbour(first, -1),
            "next": _neighbour(first, 1),
            "today": today,
            "next_entry": min((one for one in later if not one.is_cancelled), key=_begin, default=None),
            "is_this_month": first == today.replace(day=1),
            "is_provisional": first.year not in calendar.known_years,
            "communities": communities,
            "community": community,
        }


class CalendarActivityView(FormView):
    """What everybody may know of an open activity, and signing up for it while that is possible."""

    form_class = SeatForm
    template_name = "pages/calendar_activity.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now = timezone.now()
        activity = public.public_activity(kwargs["pk"])
        if activity is None:
            raise Http404
        self.activity = activity
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        activity, left = self.activity, public.seats_left(self.activity)
        why_closed = self._why_closed()
        return super().get_context_data(**kwargs) | {
            "activity": activity,
            "places": list(activity.places.all()),
            "is_cancelled": activity.status == ActivityStatus.CANCELLED,
            "is_held": activity.status == ActivityStatus.HELD,
            "seats_left": left,
            "why_closed": why_closed,
            "may_sign_up": not why_closed and left != 0,
            "sign_up_until": activity.sign_up_until or activity.starts_at,
            "kept_days": SIGN_UP_KEPT_DAYS,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        attempts = ratelimit.count("seat-try", client_address(request), seconds=SIGN_UP_WINDOW)
        if attempts > SIGN_UP_TRIES:
            return self._refuse_flood(self.get_form())
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: SeatForm) -> HttpResponse:
        address = client_address(self.request)
        if ratelimit.too_many("seat", address, limit=SIGN_UPS, seconds=SIGN_UP_WINDOW):
            return self._refuse_flood(form)
        try:
            seat = workflow.take_seat(self.activity, **form.seat(), now=self.now)
        except Refusal as refusal:
            if isinstance(refusal, workflow.FormAlreadyUsed):
                form.renew_key()
            form.add_error(_FIELD_OF.get(type(refusal)), str(refusal))
            self.activity.taken = None  # counted again: somebody else was faster
            return self.form_invalid(form)
        if seat.is_new:
            ratelimit.count("seat", address, seconds=SIGN_UP_WINDOW)
        remember(self.request, _SEAT, form.cleaned_data["submission_key"])
        return redirect("calendar_received")

    def _why_closed(self) -> str:
        try:
            workflow.check_open(self.activity, now=self.now)
        except Refusal as refusal:
            return str(refusal)
        return ""

    def _refuse_flood(self, form: SeatForm) -> HttpResponse:
        form.add_error(None, "这个网络报名得太频繁了。请过一小时再试，或者打电话给街道人大工委。")
        return self.render_to_response(self.get_context_data(form=form), status=429)


@method_decorator(never_cache, name="dispatch")
class SeatReceivedView(TemplateView):
    """The page after signing up, with the code to give it up by. Shown again on reload."""

    template_name = "pages/calendar_received.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = recall(request, _SEAT)
        if not key:
            messages.info(request, "为保护您的信息，取消码只显示半小时。")
            return redirect("calendar")
        sign_ups = ResidentSignUp.objects.select_related("activity").prefetch_related("activity__places")
        sign_up = get_object_or_404(sign_ups, submission_digest=codes.form_digest(key))
        places = sorted(sign_up.activity.places.all(), key=lambda place: (place.position, place.pk))
        code = public.SEAT_CODES.display(public.SEAT_CODES.code_for(key))
        context = self.get_context_data(sign_up=sign_up, activity=sign_up.activity, places=places, code=code)
        return self.render_to_response(context)


@method_decorator(never_cache, name="dispatch")
class SeatGiveUpView(FormView):
    """Give seats up by code and the last four digits; a miss says the same whichever was wrong."""

    form_class = GiveUpForm
    template_name = "pages/calendar_cancel.html"

    def form_valid(self, form: GiveUpForm) -> HttpResponse:
        code, tail = form.cleaned_data["code"], form.cleaned_data["phone_tail"]
        # By address against guessing codes; by code, and for a day, against guessing its four digits from anywhere.
        counters = (
            ("seat-address", client_address(self.request), ADDRESS_WINDOW),
            ("seat-code", code, CODE_WINDOW),
        )
        for scope, key, seconds in counters:
            if ratelimit.too_many(scope, key, limit=GIVE_UP_TRIES, seconds=seconds):
                when = " 15 分钟" if seconds == ADDRESS_WINDOW else "一天"
                form.add_error(None, f"试得太多次了，请过{when}再试，或者打电话给街道人大工委。")
                context = self.get_context_data(form=form, refused_title="请稍后再试")
                return self.render_to_response(context, status=429)
        found = public.find_seat(code=code, phone_tail=tail)
        if found is None:
            for scope, key, seconds in counters:
                ratelimit.count(scope, key, seconds=seconds)
            form.add_error(
                None, "没有找到。请核对取消码和手机号后四位；取消码丢了，可以打电话给街道人大工委，核对后替您取消。"
            )
            return self.form_invalid(form)
        try:
            workflow.give_up_seat(code=code, now=timezone.now())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, f"已取消报名“{found.activity}”，空出 {found.head_count} 个名额给别人。")
        is_public = public.public_activity(found.activity_id) is not None
        return redirect("calendar_activity", pk=found.activity_id) if is_public else redirect("calendar")


def _month_in(text: str) -> date | None:
    """Return the first day of a month written as 2026-11, or None for anything else."""
    found = _MONTH.fullmatch(text) if text.isascii() else None
    if found is None or int(found[1]) not in YEARS or not 1 <= int(found[2]) <= 12:
        return None
    return date(int(found[1]), int(found[2]), 1)


def _neighbour(first: date, months: int) -> date | None:
    month = add_months(first, months)
    return month if month.year in YEARS else None
