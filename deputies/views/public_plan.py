"""The year's plan of work for everybody, once it is published (代表法第四十三条)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from deputies.selectors import plan as selectors


class PublicPlanView(TemplateView):
    """One published year: what is planned for each month, and what of it was done."""

    template_name = "deputies/public_plan.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = selectors.published_plan(kwargs["year"])
        if plan is None:
            raise Http404("这一年的工作计划还没有公布。")
        return super().get_context_data(**kwargs) | {
            "plan": plan,
            "page": selectors.plan_page(plan),
            "changed_at": selectors.changed_since_published(plan),
            "years": selectors.published_years(),
        }


class LatestPlanView(TemplateView):
    """Lead to the newest published year, or say that there is none yet."""

    template_name = "deputies/no_plan.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        years = selectors.published_years()
        if years:
            return redirect("deputies:public_plan", year=years[0])
        return super().get(request, *args, **kwargs)
