"""Sign in, sign out, change one's password. Accounts are opened by the system administrator, never by oneself."""

import unicodedata
from typing import Any

from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from congress_portal.accounts.forms import PasswordChangeForm, SignInForm
from congress_portal.common import ratelimit
from congress_portal.common.client import client_address

# 等保 GB/T 22239-2019: lock by account and by source after at most ten failures.
FAILURES, FAILURE_WINDOW = 10, 15 * 60


@method_decorator(sensitive_post_parameters(), name="dispatch")
class SignInView(auth_views.LoginView):
    authentication_form = SignInForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        counters = (
            ("sign-in-account", _as_the_form_reads_it(request.POST.get("username", ""))),
            ("sign-in-source", client_address(request)),
        )
        if any(ratelimit.too_many(scope, key, limit=FAILURES, seconds=FAILURE_WINDOW) for scope, key in counters):
            # Not bound: while it is locked the right password is no more told from a wrong one.
            form = self.authentication_form(request, initial={"username": request.POST.get("username", "")[:40]})
            context = self.get_context_data(form=form, is_locked=True)
            return self.render_to_response(context, status=429)
        response = super().post(request, *args, **kwargs)
        if not request.user.is_authenticated:
            for scope, key in counters:
                ratelimit.count(scope, key, seconds=FAILURE_WINDOW)
        return response


def _as_the_form_reads_it(username: str) -> str:
    """Return the name that is counted: another spelling of it, or spaces around it, is not another ten tries."""
    # No account's name is longer, and the form normalises nothing longer either: of a megabyte it would take seconds.
    return unicodedata.normalize("NFKC", username.strip()[:40]).strip().lower()


class PasswordChangeView(auth_views.PasswordChangeView):
    form_class = PasswordChangeForm
    template_name = "accounts/password_change_form.html"
    success_url = reverse_lazy("accounts:password_change_done")
