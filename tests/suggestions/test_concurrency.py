"""What happens in the same instant: one form sent ten times, and numbers taken by several at once.

Requests are held back until all are complete but for the last byte, then let go together: threads alone rarely
meet inside the gap between a check and an insert.
"""

import http.client
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from django.db import connection

from suggestions import tracking, workflow
from suggestions.choices import Rating
from suggestions.models import Evaluation, NumberSequence, Suggestion, SuggestionEvent
from suggestions.selectors import reply_to_evaluate
from tests.pages import Page
from tests.suggestions.front_door import FILLED_IN, FORM, RECEIVED
from tests.suggestions.story import TODAY, moment

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

BURST = 10


class Browser:
    """A browser on a real socket, with the cookies it was given."""

    def __init__(self, address: str) -> None:
        self.host, self.port = address.removeprefix("http://").split(":")
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> str:
        connection = http.client.HTTPConnection(self.host, int(self.port), timeout=60)
        connection.request("GET", path, headers={"Cookie": self._cookie()})
        answer = connection.getresponse()
        self.take_cookies(answer)
        html = answer.read().decode()
        connection.close()
        return html

    def take_cookies(self, answer: http.client.HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value

    def hold_back(self, path: str, fields: dict[str, str]) -> tuple[socket.socket, bytes]:
        """Send a POST but for its last byte."""
        body = urlencode(fields).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nCookie: {self._cookie()}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n"
        )
        held = socket.create_connection((self.host, int(self.port)), timeout=60)
        held.sendall(head.encode() + body[:-1])
        return held, body[-1:]

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def answer_on(held: socket.socket) -> http.client.HTTPResponse:
    answer = http.client.HTTPResponse(held)
    answer.begin()
    answer.read()
    held.close()
    return answer


def test_form_sent_ten_times_in_one_instant_is_one_case_with_one_code(live_server, committee, zhao):
    browser = Browser(live_server.url)
    form = Page(browser.get(FORM)).form_with("matter")
    fields = FILLED_IN | {name: form.value(name) for name in ("submission_key", "csrfmiddlewaretoken")}

    waiting = [browser.hold_back(FORM, fields) for _ in range(BURST)]
    for held, last_byte in waiting:
        held.sendall(last_byte)
    answers = [answer_on(held) for held, _ in waiting]

    assert [(answer.status, answer.headers["Location"]) for answer in answers] == [(302, RECEIVED)] * BURST
    case = Suggestion.objects.get()
    assert case.number.endswith("-0001")
    assert [event.kind for event in case.events.all()] == ["submitted"]
    assert zhao.portal_messages.count() == 1
    codes = set()
    for answer in answers:
        one = Browser(live_server.url)
        one.take_cookies(answer)
        codes.add(one.get(RECEIVED).partition('class="code-big">')[2].partition("<")[0])
    assert len(codes) == 1
    assert len(codes.pop()) == 14


def in_the_same_instant(work, count: int) -> list[object]:
    """Do it in several threads, each with a connection of its own; return what each returned or raised."""
    together = threading.Barrier(count)

    def one(number: int) -> object:
        try:
            together.wait()
            return work(number)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_numbers_taken_in_the_same_instant_are_all_different(office):
    outcomes = in_the_same_instant(lambda number: office.submit().suggestion.number, BURST)

    assert sorted(outcomes) == [f"2026-{number:04d}" for number in range(1, BURST + 1)]
    assert NumberSequence.objects.get().last == BURST


def test_first_numbers_of_a_new_year_taken_together_are_all_different(office):
    outcomes = in_the_same_instant(
        lambda number: office.submit(now=moment(1, 1, 0, 0, year=2027)).suggestion.number, BURST
    )

    assert sorted(outcomes) == [f"2027-{number:04d}" for number in range(1, BURST + 1)]


def test_double_click_across_new_year_is_one_case_with_one_code(office):
    # The two clicks take their numbers from two sequences, so neither waits for the other.
    before_and_after = [moment(12, 31, 23, 59, second=59), moment(1, 1, 0, 0, year=2027)]
    for _ in range(BURST):
        key = tracking.new_submission_key()

        outcomes = in_the_same_instant(lambda number, key=key: office.submit(now=before_and_after[number], key=key), 2)

        assert [outcome.is_new for outcome in outcomes].count(True) == 1
        assert outcomes[0].code == outcomes[1].code
    assert Suggestion.objects.count() == BURST


def test_case_assigned_by_two_clerks_in_the_same_instant_is_assigned_once(office, accepted):
    outcomes = in_the_same_instant(lambda number: office.assign(accepted), 2)

    assert {type(outcome) for outcome in outcomes} == {Suggestion, workflow.MoveNotAllowed}
    assert accepted.assignments.count() == 1
    assert SuggestionEvent.objects.filter(kind="assigned").count() == 1


def test_evaluation_pressed_five_times_counts_once(office, replied):
    outcomes = in_the_same_instant(
        lambda number: workflow.evaluate_reply(
            replied,
            reply_pk=reply_to_evaluate(replied),
            process=Rating.SATISFIED,
            result=Rating.DISSATISFIED,
            reason="还有一盏不亮。",
            by=None,
            now=TODAY,
        ),
        5,
    )

    assert [type(outcome) for outcome in outcomes].count(Suggestion) == 1
    assert [type(outcome) for outcome in outcomes].count(workflow.MoveNotAllowed) == 4
    assert Evaluation.objects.count() == 1
    replied.refresh_from_db()
    assert replied.round_no == 2
