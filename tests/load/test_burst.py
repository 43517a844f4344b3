"""200 residents submit in the same instant, to gunicorn on PostgreSQL; Redis goes away; web workers are killed.

Each request is sent but for its last byte, then all are let go together. Needs DATABASE_URL of a PostgreSQL and the
program redis-server.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from congress_portal.machine.console import say
from tests.load.servers import RedisServer, Web, web
from tests.load.visitor import Answer, Visitor
from tests.suggestions.front_door import FILLED_IN, FORM, RECEIVED
from tests.worker import Portal, service_environment, wait_until

pytestmark = pytest.mark.load

RESIDENTS, TWICE = 200, 20  # of the residents, so many send their form twice
ONE_BY_ONE = 20  # the first after Redis went away: they are the ones who may meet a timeout
PATIENCE = 10  # seconds in which a resident has the code although Redis is down: what security.md promises
CLERKS = 2
OFFICE = f"""
from congress_portal.accounts.models import Committee, User
Committee.objects.create(name="云禾街道人大工委", full_name="云禾街道人大工作委员会", district_name="安澜区",
    street_name="云禾街道", seal_char="云", council_started_on="2024-05-20", wechat_started_on="2023-09-01")
for number in range({CLERKS}):
    User.objects.create_user(f"jing{{number}}", display_name="经办", role="clerk", email=f"jing{{number}}@example.test")
"""


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    if not shutil.which("redis-server"):
        pytest.skip("needs the program redis-server")
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def portal(redis_server: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        pytest.skip("needs DATABASE_URL of a real PostgreSQL")
    monkeypatch.setenv("REDIS_URL", redis_server.url)
    with service_environment() as environment:
        portal = Portal(tmp_path, **environment)
        portal.manage("migrate", "--verbosity", "0")
        portal.shell(OFFICE)
        yield portal


@dataclass
class Resident:
    """Somebody with the form filled in, at an address of their own."""

    browser: Visitor
    fields: dict[str, str]
    hold: list[tuple[socket.socket, bytes]]
    answered_after: float = 0.0
    codes: list[str] = field(default_factory=list)  # as shown after each answer


def residents_with_forms(site: Web) -> list[Resident]:
    def open_form(number: int) -> Resident:
        browser = Visitor(site.address, X_Forwarded_For=f"198.51.{number // 250}.{number % 250 + 1}")
        form = browser.page(FORM).form_with("matter")
        given = {name: form.value(name) for name in ("submission_key", "csrfmiddlewaretoken")}
        matter = {"matter": f"第 {number} 位居民：凤鸣路菜场东门路灯不亮，请尽快修好。"}
        return Resident(browser, FILLED_IN | given | matter, [])

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(open_form, range(RESIDENTS)))


def hold_forms(residents: list[Resident], *, twice: int = 0) -> None:
    for number, resident in enumerate(residents):
        resident.hold = [resident.browser.hold_back(FORM, resident.fields) for _ in range(2 if number < twice else 1)]


def let_go(residents: list[Resident]) -> list[Answer | None]:
    """Send the last bytes; return what came back to each request, None where the connection broke."""
    began = time.monotonic()
    for resident in residents:
        for held, last_byte in resident.hold:
            held.sendall(last_byte)

    def wait_for(resident: Resident, held: socket.socket) -> Answer | None:
        response = http.client.HTTPResponse(held)
        try:
            response.begin()
            answer = resident.browser.answer(response)
            # As browsers do, at once: gunicorn waits for it, up to two seconds, and serves nobody else meanwhile.
            held.close()
            if answer.location == RECEIVED:
                resident.codes.append(shown_code(resident))
        except (OSError, http.client.HTTPException):
            return None
        finally:
            held.close()
        resident.answered_after = time.monotonic() - began
        return answer

    waiting = [(resident, held) for resident in residents for held, _ in resident.hold]
    with ThreadPoolExecutor(len(waiting)) as pool:
        return list(pool.map(lambda pair: wait_for(*pair), waiting))


def shown_code(resident: Resident) -> str:
    answer = resident.browser.ask(RECEIVED)
    found = re.search(r'class="code-big">([^<]{14})<', answer.text)
    assert found, (answer.status, answer.text[:2000])
    return found[1]


def one_code_each(residents: list[Resident]) -> bool:
    """Tell whether everybody was shown a code, the same each time, and no two the same."""
    codes = [set(resident.codes) for resident in residents]
    return all(len(each) == 1 for each in codes) and len(set.union(*codes)) == len(residents)


def print_waits(title: str, residents: list[Resident]) -> None:
    waits = sorted(resident.answered_after for resident in residents)
    say(f"\n{title}: code after {waits[len(waits) // 2]:.1f} s (median), {waits[-1]:.1f} s (last)")


def facts(portal: Portal) -> dict[str, object]:
    """Read what the burst has left in the database."""
    with psycopg.connect(portal.environment["DATABASE_URL"]) as connection:

        def number(query: str) -> int:
            return connection.execute(query).fetchone()[0]

        return {
            "cases": number("SELECT count(*) FROM suggestions_suggestion"),
            "matters": number("SELECT count(DISTINCT matter) FROM suggestions_suggestion"),
            "last number": number("SELECT max(right(number, 4)::int) FROM suggestions_suggestion"),
            "events": number("SELECT count(*) FROM suggestions_suggestionevent"),
            "messages": number("SELECT count(*) FROM notifications_message"),
            "told of": number("SELECT count(DISTINCT (recipient_id, url)) FROM notifications_message"),
        }


ONE_CASE_EACH = {
    "cases": RESIDENTS, "matters": RESIDENTS, "last number": RESIDENTS, "events": RESIDENTS,
    "messages": RESIDENTS * CLERKS, "told of": RESIDENTS * CLERKS,
}  # fmt: skip


def test_200_residents_in_one_instant_get_a_case_and_a_code_each(portal):
    with web(portal) as site:
        residents = residents_with_forms(site)
        hold_forms(residents, twice=TWICE)
        answers = let_go(residents)
        log = site.log()

    print_waits("200 at once", residents)
    assert [(answer.status, answer.location) for answer in answers] == [(302, RECEIVED)] * (RESIDENTS + TWICE)
    assert one_code_each(residents)
    assert facts(portal) == ONE_CASE_EACH
    assert "Traceback" not in log


def test_redis_down_keeps_no_resident_waiting_and_each_clerk_is_told_once_after_it_returns(portal, redis_server):
    with web(portal) as site, portal.worker(beat=True):
        residents = residents_with_forms(site)
        redis_server.stop()
        for resident in residents[:ONE_BY_ONE]:
            hold_forms([resident])
            assert let_go([resident])[0].status == 302
        print_waits("one by one, Redis down", residents[:ONE_BY_ONE])
        assert max(resident.answered_after for resident in residents[:ONE_BY_ONE]) < PATIENCE
        hold_forms(residents[ONE_BY_ONE:])
        answers = let_go(residents[ONE_BY_ONE:])
        print_waits("the others at once, Redis down", residents[ONE_BY_ONE:])
        assert [answer.status for answer in answers] == [302] * (RESIDENTS - ONE_BY_ONE)
        assert one_code_each(residents)
        assert portal.mail_ids() == []

        redis_server.start()
        # Nobody helps: the worker finds Redis again, and beat rings within its minute.
        wait_until(lambda: len(portal.mail_ids()) >= RESIDENTS * CLERKS, what="the messages", ceiling=300)

    assert facts(portal) == ONE_CASE_EACH
    assert len(portal.mail_ids()) == len(set(portal.mail_ids())) == RESIDENTS * CLERKS


def test_web_workers_killed_in_the_middle_and_everybody_tries_again_makes_no_doubles(portal):
    with web(portal) as site, ThreadPoolExecutor(1) as background:
        residents = residents_with_forms(site)
        hold_forms(residents)
        first = background.submit(let_go, residents)
        wait_until(lambda: facts(portal)["cases"] >= RESIDENTS // 4, what="a quarter of the cases")
        site.kill_workers()
        unanswered = first.result().count(None)
        kept = facts(portal)["cases"]
        say(f"\nkilled: {kept} cases written, {unanswered} residents without an answer")
        assert RESIDENTS // 4 <= kept < RESIDENTS

        wait_until(site.is_ready, what="new workers")
        hold_forms(residents)
        answers = let_go(residents)

    assert [(answer.status, answer.location) for answer in answers if answer] == [(302, RECEIVED)] * RESIDENTS
    assert facts(portal) == ONE_CASE_EACH
    assert one_code_each(residents)
