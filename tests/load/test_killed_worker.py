"""A worker killed in the middle of 500 messages, and a broker that was down for all of them."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from tests.notifications.test_real_worker import ALL_IDS, CLOSED_BROKER, IMPORT_MESSAGE, WRITE
from tests.worker import MESSAGE_ID, Portal, wait_until

pytestmark = pytest.mark.load

MESSAGES = 500
THREADS = 2
KILL_AT = (100, 200, 300)
# The claims of a dead worker end five minutes later; nobody waits for that here.
LET_CLAIMS_END = "Message.objects.exclude(claimed_until=None).update(claimed_until='2000-01-01T00:00+00:00')"
RING = "from congress_portal.notifications.outbox import ring_doorbell; ring_doorbell()"


class MailServer(socketserver.ThreadingTCPServer):
    """Takes every mail and notes its id. `before_answer` runs when a mail is taken and the sender not yet told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.ids: list[str] = []
        self.before_answer: Callable[[int], None] = lambda count: None
        self._one_at_a_time = threading.Lock()

    def take(self, mail: str) -> None:
        with self._one_at_a_time:
            self.ids += MESSAGE_ID.findall(mail)
            self.before_answer(len(self.ids))


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        with suppress(ConnectionError):  # the sender was killed
            self._say("220 ready")
            for line in self.rfile:
                match line.strip().upper():
                    case b"DATA":
                        self._say("354 go on")
                        self.server.take(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                        self._say("250 taken")
                    case b"QUIT":
                        self._say("221 bye")
                        return
                    case _:
                        self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def assert_500_arrive_through_three_kills(portal: Portal, mail_server: MailServer) -> None:
    portal.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{mail_server.server_address[1]}"
    portal.shell(WRITE.format(count=MESSAGES))

    for goal in KILL_AT:
        with portal.worker(threads=THREADS) as worker:
            # The worst moment: the mail is out, and the worker does not live to know it.
            mail_server.before_answer = lambda count, goal=goal, worker=worker: worker.kill() if count == goal else None
            for _ in range(THREADS):
                portal.shell(RING)
            wait_until(lambda worker=worker: not worker.is_alive(), what=f"e-mail {goal}")
        portal.shell(f"{IMPORT_MESSAGE}; {LET_CLAIMS_END}")

    with portal.worker(threads=THREADS):
        portal.shell(RING)
        wait_until(
            lambda: portal.answer("Message.objects.filter(state='pending').count()", IMPORT_MESSAGE) == 0,
            what="an empty outbox",
        )

    ids = portal.answer(ALL_IDS, IMPORT_MESSAGE)
    assert len(ids) == MESSAGES
    assert set(mail_server.ids) == set(ids)
    assert len(KILL_AT) <= len(mail_server.ids) - MESSAGES <= len(KILL_AT) * THREADS


def test_worker_killed_three_times_loses_none_of_500_messages(embedded_portal, mail_server):
    assert_500_arrive_through_three_kills(embedded_portal, mail_server)


@pytest.mark.services
def test_worker_killed_three_times_loses_none_of_500_messages_on_redis(service_portal, mail_server):
    assert_500_arrive_through_three_kills(service_portal, mail_server)


def test_beat_delivers_without_any_doorbell(embedded_portal):
    embedded_portal.shell(WRITE.format(count=3), REDIS_URL=CLOSED_BROKER)

    with embedded_portal.worker(beat=True):
        wait_until(lambda: len(embedded_portal.mail_ids()) == 3, what="the sweep of beat", ceiling=180)
