"""What our pages cost beside a bare Django view of the same queries and weight, and our PDF beside bare WeasyPrint.

Ratios of two things measured in alternating rounds of one run, as the design promises them; nothing is asserted about
time. Above 1 means slower than the bare one. Requests go through the whole of Django in this process, without a socket.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from congress_portal.accounts.choices import Role
from congress_portal.annual_summary.document import compose
from congress_portal.annual_summary.render import to_html
from congress_portal.common.pdf import missing_for_pdf, render_pdf
from congress_portal.machine.console import say
from suggestions import tracking
from suggestions.choices import Status
from suggestions.models import Suggestion
from tests.bench.portal_in_process import InProcess
from tests.factories import CommitteeFactory, CommunityFactory, DepartmentFactory, PersonFactory, UserFactory
from tests.load.many_cases import Street
from tests.suggestions.front_door import FILLED_IN, FORM, LOOKUP, RECEIVED

pytestmark = [pytest.mark.bench, pytest.mark.django_db]

BARE = "tests.bench.bare"
CASES = 2_000
ROUNDS, REQUESTS = 7, 8
PDF_ROUNDS = 5
WRITES = ("INSERT", "UPDATE")
FRAME = ("SAVEPOINT", "RELEASE")  # come with every transaction, on both sides

Request = Callable[[], Any]


@dataclass
class Pair:
    """A page of ours and the bare one like it."""

    name: str
    ours: Request
    bare: Request


@pytest.fixture
def street(db: None) -> Street:
    CommitteeFactory()
    departments = DepartmentFactory.create_batch(12)
    street = Street(
        clerk=UserFactory(role=Role.CLERK),
        officers={each: UserFactory(role=Role.OFFICER, department=each) for each in departments},
        communities=CommunityFactory.create_batch(8),
        raisers=PersonFactory.create_batch(20),
        today=timezone.localdate(),
    )
    street.fill_up_to(CASES)
    # The officer's list is to be a full page.
    waiting = Suggestion.objects.filter(status=Status.CLOSED).order_by("-pk")[:40]
    Suggestion.objects.filter(pk__in=waiting.values("pk")).update(
        status=Status.ASSIGNED, closed_on=None, department=departments[0]
    )
    return street


def queries_of(request: Request) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        request()
    return [query["sql"].lstrip("( ").split()[0] for query in captured.captured_queries]


class Pairs:
    """Makes the pairs: for each page of ours a bare one that asks as often and weighs as much."""

    def __init__(self, street: Street) -> None:
        self.site = InProcess()
        self.code, self.pk = street.codes[Status.CLOSED]
        self.tail = Suggestion.objects.get(pk=self.pk).contact_phone[-4:]
        self.officer = self.site.sign_in(street.officers[street.departments[0]])
        self.clerk = self.site.sign_in(street.clerk)

    def all(self) -> list[Pair]:
        look_up = {"code": self.code, "phone_tail": self.tail}
        return [
            self.page("home", "/"),
            self.page("public form", FORM),
            self.page("department's list", "/suggestions/department/", rows=20, cookies=self.officer),
            self.page("staff list", "/admin/suggestions/suggestion/", rows=25, cookies=self.clerk),
            self.page("staff first page", "/admin/", rows=10, cookies=self.clerk),
            self.form("submit", FORM, self.new_form, goes_to=RECEIVED),
            self.form("look up", LOOKUP, lambda: look_up, goes_to="/suggestions/case/"),
        ]

    def new_form(self) -> dict[str, Any]:
        return FILLED_IN | {"submission_key": tracking.new_submission_key()}

    def page(self, name: str, path: str, *, rows: int = 0, cookies: dict[str, str] | None = None) -> Pair:
        wanted = {
            "queries": int(bool(rows)),
            "rows": rows,
            "signed_in": int(bool(cookies)),
            "pk": self.pk,
            "filling": 0,
        }

        def ours() -> Any:
            answer = self.site.ask(path, cookies=cookies)
            assert answer.status_code == 200
            return answer

        def bare() -> Any:
            answer = self.site.ask(f"/page/?{urlencode(wanted)}", cookies=cookies, urlconf=BARE)
            assert answer.status_code == 200
            return answer

        ours()
        wanted["queries"] += len(queries_of(ours)) - len(queries_of(bare))
        wanted["filling"] = (len(ours().content) - len(bare().content)) // len("路".encode())
        assert len(queries_of(ours)) == len(queries_of(bare))
        assert abs(len(ours().content) - len(bare().content)) < 20
        return Pair(name, ours, bare)

    def form(self, name: str, path: str, fields: Callable[[], dict[str, Any]], *, goes_to: str) -> Pair:
        """A form that a new browser sends; ``fields`` makes what is typed, anew each time."""
        wanted = {"queries": 0, "writes": 0, "pk": self.pk}

        def ours() -> Any:
            cache.clear()  # the limit on attempts
            answer = self.site.ask(path, fields())
            assert (answer.status_code, answer["Location"]) == (302, goes_to)
            return answer

        def bare() -> Any:
            cache.clear()
            answer = self.site.ask(f"/post/?{urlencode(wanted)}", FILLED_IN, urlconf=BARE)
            assert answer.status_code == 302
            return answer

        def number(queries: list[str], *, writes: bool) -> int:
            return sum((each in WRITES) == writes for each in queries if each not in FRAME)

        ours()
        asked, frame = queries_of(ours), queries_of(bare)
        wanted["writes"] = number(asked, writes=True) - number(frame, writes=True)
        wanted["queries"] = number(asked, writes=False) - number(frame, writes=False)
        return Pair(name, ours, bare)


def seconds_of(request: Request) -> float:
    began = time.perf_counter()
    request()
    return time.perf_counter() - began


def test_pages_beside_a_bare_view(street):
    say(f"\n\n{CASES} cases, {connection.vendor}; time of ours / time of the bare view, {ROUNDS} rounds of {REQUESTS}")
    say(f"{'page':<20}{'queries':>8}{'kB':>7}{'ms':>8}{'bare ms':>9}{'median':>8}{'range':>14}{'p95':>7}")
    for pair in Pairs(street).all():
        queries = len(queries_of(pair.ours))
        ours: list[float] = []
        bare: list[float] = []
        ratios = []
        for _ in range(ROUNDS):
            for times, request in ((ours, pair.ours), (bare, pair.bare)):
                times += [seconds_of(request) for _ in range(REQUESTS)]
            ratios.append(median(ours[-REQUESTS:]) / median(bare[-REQUESTS:]))
        p95 = quantiles(ours, n=20)[-1] / quantiles(bare, n=20)[-1]
        say(
            f"{pair.name:<20}{queries:>8}{len(pair.ours().content) / 1000:>7.1f}{median(ours) * 1000:>8.1f}"
            f"{median(bare) * 1000:>9.1f}{median(ratios):>8.2f}{min(ratios):>8.2f}-{max(ratios):.2f}{p95:>8.2f}"
        )


FONTS = "<fontconfig><dir>{}</dir><dir>/usr/share/fonts</dir><cachedir>{}</cachedir></fontconfig>"


def test_summary_as_pdf_beside_bare_weasyprint(street, tmp_path: Path):
    if missing := missing_for_pdf():
        pytest.skip("".join(missing))
    html = to_html(compose(year=street.today.year, today=street.today))
    source, target, conf = (tmp_path / name for name in ("summary.html", "summary.pdf", "fonts.conf"))
    source.write_text(html, encoding="utf-8")
    # The same fonts, or the two would not set the same pages.
    conf.write_text(FONTS.format(escape(str(settings.FONT_DIR)), escape(str(tmp_path / "cache"))), encoding="utf-8")
    environment = {"HOME": str(tmp_path), "LANG": "C.UTF-8", "FONTCONFIG_FILE": str(conf)}

    def bare() -> None:
        subprocess.run([sys.executable, "-m", "weasyprint", source, target], env=environment, check=True)
        assert target.read_bytes().startswith(b"%PDF")

    def ours() -> None:
        assert render_pdf(html).startswith(b"%PDF")

    ours()  # fills the font cache, as the next line does
    bare()
    times = [(seconds_of(ours), seconds_of(bare)) for _ in range(PDF_ROUNDS)]
    ratios = [each[0] / each[1] for each in times]
    own, other = (median(each[side] for each in times) for side in (0, 1))
    say(f"\n\nPDF, {PDF_ROUNDS} rounds: ours {own:.2f} s, bare {other:.2f} s, ratio {median(ratios):.2f}")
    say(f"range {min(ratios):.2f}-{max(ratios):.2f}")
