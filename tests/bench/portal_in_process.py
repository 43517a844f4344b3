"""Requests through the whole of Django in this process: middleware, view, template, without socket or test client.

The test client copies the context of every template that is rendered, which is most of what it would measure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse
from django.test import RequestFactory

from congress_portal.accounts.models import User


class InProcess:
    """Django with all its middleware, loaded once."""

    def __init__(self) -> None:
        self._handler = BaseHandler()
        self._handler.load_middleware()
        self._factory = RequestFactory()

    def sign_in(self, user: User) -> dict[str, str]:
        """Return the cookies of somebody signed in."""
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = f"{ModelBackend.__module__}.{ModelBackend.__name__}"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        return {"session": str(session.session_key)}

    def ask(
        self,
        path: str,
        fields: Mapping[str, Any] | None = None,
        *,
        cookies: Mapping[str, str] | None = None,
        urlconf: str = "congress_portal.urls",
    ) -> HttpResponse:
        """GET a path, or POST the fields to it, at our addresses or at those of another list."""
        headers = {"HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())}
        make = self._factory.get if fields is None else self._factory.post
        request = make(path, fields, **headers)
        request.urlconf = urlconf
        request._dont_enforce_csrf_checks = True  # as for the test client: no token is fetched first
        return self._handler.get_response(request)
