"""The yardstick: a Django view with nothing of ours in it, behind the same middleware and on the same database.

It is told how many queries to ask, how many rows to show and how heavy its page is to be.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import Context, Engine
from django.urls import path
from django.utils import timezone

from suggestions.choices import EventKind, Status
from suggestions.models import Suggestion, SuggestionEvent

PAGE = Engine().from_string(
    "<!DOCTYPE html><html lang='zh'><head><title>{{ title }}</title></head><body><table>{% for row in rows %}"
    "<tr><td>{{ row.number }}</td><td>{{ row.title }}</td><td>{{ row.get_status_display }}</td>"
    "<td>{{ row.department }}</td><td>{{ row.community }}</td><td>{{ row.received_on|date:'Y-m-d' }}</td></tr>"
    "{% endfor %}</table>{{ filling }}</body></html>"
)


class BareForm(forms.Form):
    matter = forms.CharField(max_length=5000, widget=forms.Textarea)
    phone = forms.CharField(max_length=11)


def page(request: HttpRequest) -> HttpResponse:
    """Ask, show, and fill up to the weight wanted."""
    wanted = {name: int(value) for name, value in request.GET.items()}
    if wanted["signed_in"]:
        assert request.user.is_authenticated
    rows: Any = ()
    if wanted["rows"]:
        rows = Suggestion.objects.select_related("department", "community").order_by("-pk")[: wanted["rows"]]
    for _ in range(wanted["queries"] - bool(wanted["rows"])):
        Suggestion.objects.get(pk=wanted["pk"])
    return HttpResponse(PAGE.render(Context({"title": "列表", "rows": rows, "filling": "路" * wanted["filling"]})))


def post(request: HttpRequest) -> HttpResponse:
    """Check a form, ask, write rows in one transaction, remember something in the session, redirect."""
    wanted = {name: int(value) for name, value in request.GET.items()}
    form = BareForm(request.POST)
    assert form.is_valid()
    with transaction.atomic():
        for _ in range(wanted["queries"]):
            Suggestion.objects.get(pk=wanted["pk"])
        for _ in range(wanted["writes"]):
            SuggestionEvent.objects.create(
                suggestion_id=wanted["pk"], kind=EventKind.SUBMITTED, to_status=Status.SUBMITTED,
                note=form.cleaned_data["matter"], happened_at=timezone.now(),
            )  # fmt: skip
    request.session["seen"] = wanted["pk"]
    return redirect("/page/")


urlpatterns = [path("page/", page), path("post/", post)]
