"""Wake a worker. The row is the truth and the queue only a doorbell, so ringing may fail, and must never be felt.

Beat sweeps the rows and finds what was not rung for.
"""

import logging
import time
from typing import Any

from celery import current_app
from kombu.exceptions import KombuError
from kombu.pools import producers

logger = logging.getLogger(__name__)

# Whoever waits for the bell is a resident in front of a form: the usual settings would retry for seconds.
_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 1, "max_retries": 0}
# A queue that did not answer is not asked again by every request that follows.
SILENCE = 30.0
EXPIRES = 60  # most rows are swept every minute, and a ring older than that has been overtaken
_silent_until = 0.0


def ring(task: str, *args: Any, expires: float | None = EXPIRES) -> bool:
    """Ask a worker to run the task; say whether the queue took it. Never raises, costs at most about a second.

    ``expires`` is None where the sweep comes so seldom that a late ring is still wanted.
    """
    global _silent_until
    if time.monotonic() < _silent_until:
        return False
    # kombu keeps one pool of open connections per set of options: opening one costs ten times the ring itself.
    pool = producers[current_app.connection(transport_options=_OPTIONS)]
    try:
        with pool.acquire(block=True, timeout=1) as producer:
            current_app.send_task(task, args=args, producer=producer, retry=False, expires=expires)
    except (KombuError, OSError) as error:
        _silent_until = time.monotonic() + SILENCE
        logger.warning("The queue does not answer (%s); the sweep will do it.", type(error).__name__)
        return False
    return True
