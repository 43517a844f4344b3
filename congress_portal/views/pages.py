"""Public pages that show several apps together: home, the figure catalogue, who may do what, explanations."""

from typing import Any, ClassVar

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import RedirectView, TemplateView, View

from congress_portal.accounts.choices import Role
from congress_portal.accounts.rights import rights_by_app
from congress_portal.annual_summary.selectors import figure_groups, figures_of, years_with_records
from congress_portal.common.figures import Figure, year_in
from congress_portal.views.context import ELDER_COOKIE
from deputies.deadlines import SIGN_UP_KEPT_DAYS
from suggestions.choices import Channel
from suggestions.deadlines import Limit
from suggestions.models import ReplyTerm

ELDER_COOKIE_AGE = 365 * 24 * 3600

HOME_FIGURES = (
    "suggestions.received",
    "suggestions.closed",
    "suggestions.closure_rate",
    "suggestions.result_content_rate",
)


class HomeView(TemplateView):
    template_name = "pages/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        figures = {figure.key: figure for figure in figures_of("suggestions", year=today.year)}
        return super().get_context_data(**kwargs) | {
            "promise": ReplyTerm.objects.get(channel=Channel.WEB),
            "tiles": [_tile(figures[key]) for key in HOME_FIGURES],
            "year_start": today.replace(month=1, day=1),
            "today": today,
        }


class FiguresView(TemplateView):
    """The catalogue: what each figure means, and what it was in a year."""

    template_name = "pages/figures.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        years = years_with_records(today=timezone.localdate())
        asked = year_in(self.request.GET.get("year", ""))
        year = asked if asked in years else years[0]
        groups = [
            {"title": title, "figures": [_tile(figure) for figure in figures]}
            for title, figures in figure_groups(year=year)
        ]
        return super().get_context_data(**kwargs) | {"groups": groups, "year": year, "years": years}


class RolesView(TemplateView):
    """Who may do what, read from the permission table itself."""

    template_name = "pages/roles.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sections = [
            {
                "title": apps.get_app_config(app_label).verbose_name,
                "rows": [
                    {
                        "label": right.label,
                        "description": right.note,
                        "cells": [role in right.roles for role in Role],
                    }
                    for right in rights
                ],
            }
            for app_label, rights in rights_by_app().items()
        ]
        return super().get_context_data(**kwargs) | {
            "sections": sections,
            "roles": [role.label for role in Role],
        }


class InformationView(TemplateView):
    """A page of text: privacy, scope, help."""


class PrivacyView(InformationView):
    """What is kept of residents, why and how long."""

    template_name = "pages/privacy.html"
    extra_context: ClassVar[dict[str, Any]] = {"sign_up_kept_days": SIGN_UP_KEPT_DAYS}


class HelpView(InformationView):
    """Help, with the terms as they are today: the channels that share them in one row."""

    template_name = "pages/help.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        channels: dict[tuple[str, ...], list[str]] = {}
        for term in ReplyTerm.objects.order_by("pk"):
            limits = (f"{term.accept_days} 个工作日", _limit(term.reply_limit), _limit(term.rehandle_limit))
            channels.setdefault(limits, []).append(str(term))
        terms = [("、".join(names), *limits) for limits, names in channels.items()]
        return super().get_context_data(**kwargs) | {"terms": terms}


def _limit(limit: Limit) -> str:
    return f"{limit}，遇节假日顺延" if limit.months and limit.moves_on else str(limit)


class FaviconView(RedirectView):
    """The address that browsers ask for unasked, where a page names no icon (a PDF, a file, an error)."""

    http_method_names = ("get", "head")

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
        return static("portal/favicon.svg")


class ElderModeView(View):
    """Switch large print (大字版) on or off and go back to the page it was asked from."""

    def post(self, request: HttpRequest) -> HttpResponse:
        target = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(target, allowed_hosts=None) or not target.startswith("/"):
            target = "/"
        # The script has switched the page itself, and must not load it a second time.
        by_script = request.headers.get("X-Requested-With") == "XMLHttpRequest"
        response = HttpResponse(status=204) if by_script else redirect(target)
        if request.COOKIES.get(ELDER_COOKIE) == "1":
            response.delete_cookie(ELDER_COOKIE, samesite="Lax")
        else:
            response.set_cookie(
                ELDER_COOKIE,
                "1",
                max_age=ELDER_COOKIE_AGE,
                samesite="Lax",
                httponly=True,
                secure=request.is_secure(),
            )
        return response


def _tile(figure: Figure) -> dict[str, Any]:
    number, _, unit = figure.text.partition(" ")
    if number.endswith("%"):
        number, unit = number[:-1], "%"
    return {
        "label": figure.label,
        "definition": figure.definition,
        "value": number,
        "unit": unit,
        "fraction": figure.fraction,
    }
