"""What a resident does in a browser: open the form, fill it in, send it, keep the code."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.pages import Form, page_of
from tests.suggestions.story import MATTER, PHONE

FORM = "/suggestions/new/"
RECEIVED = "/suggestions/received/"
LOOKUP = "/suggestions/lookup/"
CASE = "/suggestions/case/"
EVALUATE = "/suggestions/case/evaluate/"

FILLED_IN = {
    "matter": MATTER,
    "category": "",
    "community": "",
    "place": "凤鸣路菜场东门",
    "name": "王女士",
    "phone": PHONE,
    "age_band": "60-79",
    "of_age": "on",
}


def blank_form(client: Client) -> dict[str, Any]:
    """Open the form and return what it sends with, the answers filled in."""
    return FILLED_IN | {"submission_key": page_of(client.get(FORM)).form_with("matter").value("submission_key")}


def send(client: Client, **changes: Any) -> Any:
    """Open the form, fill it in with these changes, and send it."""
    return client.post(FORM, blank_form(client) | changes)


def shown_code(client: Client) -> str:
    """Return the code on the page after submitting."""
    return client.get(RECEIVED).context["code"]


def look_up(client: Client, code: str, tail: str = PHONE[-4:], **extra: Any) -> Any:
    return client.post(LOOKUP, {"code": code, "phone_tail": tail}, **extra)


def as_shown(form: Form) -> dict[str, str]:
    """Return what a form would send as it stands."""
    return {name: form.value(name) for name in form.values}


def sentences(response: Any, name: str | None = None) -> list[str]:
    """Return the sentences the form shows at a field; with None those above the form."""
    form = response.context["form"]
    return list(form.errors.get(name or "__all__", []))
