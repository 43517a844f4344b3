"""What every answer carries, and how the site starts: strict headers, nothing inline, no weak default."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from congress_portal.views.pages import HomeView
from tests.addresses import routes
from tests.factories import PASSWORD
from tests.pages import Page, page_of
from tests.suggestions.front_door import CASE, LOOKUP, RECEIVED, look_up, send, shown_code
from tests.suggestions.story import PHONE

ROOT = Path(__file__).resolve().parent.parent
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
# The documented environment (docs/deploy.md); the key is of the tests.
DEPLOYED = {
    "SECRET_KEY": "tests-only-" + "aB3$xY7-" * 8,
    "ALLOWED_HOSTS": "portal.example.org",
    "CSRF_TRUSTED_ORIGINS": "https://portal.example.org",
    "BEHIND_PROXY": "True",
}


def policy_of(answer) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";") if part.strip()]
    return {name: sources for name, _, sources in parts}


# ---- every page


@pytest.mark.parametrize("name", ["visitor", "admin", "fang", "shen", "wu", "chen"])
def test_every_page_is_strict_and_holds_nothing_inline(cast, signed_in, address, name):
    browser = signed_in(cast[name]) if name in cast else Client()
    pages = 0

    for route in routes():
        answer = browser.get(address(route))
        if answer.streaming:
            answer.getvalue()
            continue
        assert {header: answer[header] for header in HEADERS} == HEADERS, route
        assert policy_of(answer) == POLICY, route
        if answer["Content-Type"].startswith("text/html") and answer.content:
            pages += 1
            page = page_of(answer)
            assert page.blocked_by_csp == [], route
            assert len(set(page.ids)) == len(page.ids), route
            for form in page.forms:
                assert form.method == "get" or form.value("csrfmiddlewaretoken"), route

    assert pages >= 10


@pytest.mark.parametrize(
    "address",
    [
        "/nothing/",
        "/admin/suggestions/suggestion/%00/",
        "/suggestions/department/999/",
        "/static/nothing.css",
        "/%ff",
        "/.env",
    ],
)
def test_page_that_does_not_exist_is_strict_and_in_the_portals_words(committee, visitor, address):
    answer = visitor.get(address, follow=True)

    assert answer.status_code in (200, 404)
    assert policy_of(answer) == POLICY
    assert page_of(answer).blocked_by_csp == []
    assert "Traceback" not in answer.content.decode()


def test_page_of_an_error_shows_no_detail_and_nothing_inline(committee, monkeypatch):
    def fail(self, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(HomeView, "get_context_data", fail)

    answer = Client(raise_request_exception=False).get("/")

    assert answer.status_code == 500
    assert "secret detail" not in answer.content.decode()
    assert page_of(answer).blocked_by_csp == []


def test_form_far_too_long_for_any_of_ours_is_still_answered_by_the_form(committee, visitor):
    answer = visitor.post("/accounts/login/", {"username": "x" * 9_000_000, "password": "x"})

    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_form_past_what_is_read_at_all_says_that_what_was_typed_is_not_lost(committee, visitor):
    answer = visitor.post("/accounts/login/", {"username": "x" * 11_000_000, "password": "x"})

    assert answer.status_code == 400
    assert "请退回上一页，您写的内容一般还在" in page_of(answer).text


def test_filled_pages_of_residents_hold_nothing_inline(office, visitor):
    pages = [send(visitor, phone="1"), look_up(visitor, "x", "1")]
    send(visitor)
    look_up(visitor, shown_code(visitor))
    pages += [visitor.get(address) for address in (RECEIVED, CASE, LOOKUP)]

    assert [answer.status_code for answer in pages] == [200] * 5
    assert [page_of(answer).blocked_by_csp for answer in pages] == [[]] * 5


def test_reader_of_pages_sees_what_the_policy_would_block():
    html = """<p style="x">a</p><script>1</script><style>b{}</style><a onclick="x" href="javascript:1">b</a>
    <script src="https://cdn.test/x.js"></script><script src="/static/x.js"></script>"""

    assert len(Page(html).blocked_by_csp) == 6


# ---- cookies


def test_cookies_are_kept_from_scripts_and_other_sites(zhao, committee, visitor):
    visitor.get("/accounts/login/")
    visitor.post("/accounts/login/", {"username": "zhao", "password": PASSWORD})
    visitor.post("/elder/", {"next": "/"})

    assert set(visitor.cookies) >= {"session", "csrf", "elder"}
    for name in ("session", "csrf", "elder"):
        cookie = visitor.cookies[name]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", ""), (
            name
        )


# ---- how the site starts


def run(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command with nothing in the environment but this."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "congress_portal.settings"}
        | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_site_does_not_start_without_a_secret(tmp_path):
    done = run("manage.py", "check", folder=tmp_path)

    assert done.returncode != 0
    assert "SECRET_KEY is missing" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("HTTPS", "Ture"),
        ("SESSION_HOURS", "long"),
    ],
)
def test_site_refuses_odd_values(tmp_path, name, value):
    done = run("manage.py", "check", folder=tmp_path, **DEPLOYED, **{name: value})

    assert done.returncode != 0


def test_deploy_check_is_clean_with_the_documented_environment(tmp_path):
    done = run("manage.py", "check", "--deploy", folder=tmp_path, **DEPLOYED)

    assert done.returncode == 0, done.stderr
    found = [line for line in done.stderr.splitlines() if ": (" in line]
    assert [line for line in found if "portal.W001" not in line] == []  # a machine that cannot print may say so


def test_deployed_site_is_safe_by_default(tmp_path):
    script = """
import json
from django.conf import settings
from django.test import Client
plain = Client().get("/health/", headers={"host": "portal.example.org"})
over_proxy = Client().post("/elder/", headers={"host": "portal.example.org", "x-forwarded-proto": "https"})
names = ("DEBUG", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME",
         "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH", "SECRET_KEY_FALLBACKS")
print(json.dumps({name: getattr(settings, name) for name in names} | {
    "plain": [plain.status_code, plain["Location"]], 
    "hsts": over_proxy["Strict-Transport-Security"], "elder": over_proxy.cookies["elder"]["secure"]}))
"""

    done = run(
        "manage.py", "shell", "--verbosity", "0", "--command", script,
        folder=tmp_path, LOG_LEVEL="CRITICAL", SECRET_KEY_FALLBACKS="older,oldest", **DEPLOYED,
    )  # fmt: skip

    assert json.loads(done.stdout) == {
        "DEBUG": False,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "SESSION_COOKIE_DOMAIN": None,
        "SESSION_COOKIE_PATH": "/",
        "SECRET_KEY_FALLBACKS": ["older", "oldest"],
        "plain": [301, "https://portal.example.org/health/"],
        "hsts": "max-age=31536000; includeSubDomains; preload",
        "elder": True,
    }, done.stderr


def test_request_for_another_host_is_refused(committee, visitor):
    answer = visitor.get("/", headers={"host": "evil.test"})

    assert answer.status_code == 400
    assert "evil.test" not in answer.content.decode()


def test_site_does_not_believe_forwarded_headers_without_a_proxy(tmp_path):
    script = """
from django.test import Client
print(Client().get("/health/", headers={"host": "portal.example.org", "x-forwarded-proto": "https"}).status_code)
"""

    done = run(
        "manage.py", "shell", "--verbosity", "0", "--command", script,
        folder=tmp_path, LOG_LEVEL="CRITICAL", **DEPLOYED | {"BEHIND_PROXY": "False"},
    )  # fmt: skip

    assert done.stdout.strip() == "301", done.stderr


def test_no_tracking_code_and_no_phone_number_is_logged(office, visitor, caplog):
    caplog.set_level("INFO")
    caplog.set_level("INFO", logger="django.request")  # more than is written otherwise
    send(visitor)
    code = shown_code(visitor)
    look_up(visitor, code, "0000")
    look_up(visitor, code)
    visitor.get("/nothing/")

    assert "/nothing/" in caplog.text  # the log is being read
    for secret in (code, code.replace("-", ""), PHONE):
        assert secret not in caplog.text
