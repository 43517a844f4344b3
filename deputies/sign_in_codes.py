"""The code on the screen by which people sign in: who can read it is in the room.

It follows from the activity and the minute alone, so nothing is stored and no clock is started: a keyed hash (HMAC) of
both. A new one is shown each minute, and each is accepted for three, because finding a phone takes time. Six digits are
short enough to guess at; the verb counts wrong ones.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.crypto import salted_hmac

CHANGES_EVERY = timedelta(seconds=60)
ACCEPTED_FOR = timedelta(minutes=3)
DIGITS = 6

_SLOT = int(CHANGES_EVERY.total_seconds())
_SALT = "deputies.sign_in_codes"
# A conference of several days has as many codes as minutes; further back nobody asks when a code was valid.
_OLDEST = timedelta(days=2)


@dataclass(frozen=True)
class SignInCode:
    """What the screen shows in one minute.

    ``code`` is six digits to type. ``url_path`` is the path of this portal that the QR code leads to; it carries a
    token nobody can guess. Both are accepted from ``valid_from`` until just before ``valid_until``.
    """

    code: str
    url_path: str
    valid_from: datetime
    valid_until: datetime


def sign_in_code(activity_pk: int, *, now: datetime) -> SignInCode:
    """Return the code of this minute."""
    slot = _slot(now)
    valid_from, valid_until = _validity(slot, now)
    path = reverse("deputies:activity_sign_in", args=(activity_pk,))
    return SignInCode(_digits(activity_pk, slot), f"{path}?code={_token(activity_pk, slot)}", valid_from, valid_until)


def is_accepted(activity_pk: int, code: str, *, now: datetime) -> bool:
    """Say whether a code, typed or scanned, belongs to this minute or to the two before. Takes equally long for all."""
    newest = _slot(now)
    slots = range(newest - int(ACCEPTED_FOR / CHANGES_EVERY) + 1, newest + 1)
    matches = [_is_code_of(activity_pk, slot, code) for slot in slots]  # all of them: no early end tells one apart
    return any(matches)


def was_valid(activity_pk: int, code: str, *, since: datetime, now: datetime) -> tuple[datetime, datetime] | None:
    """Return from when until when a code was accepted that no longer is; None for one never shown since then."""
    newest = _slot(now) - int(ACCEPTED_FOR / CHANGES_EVERY)
    for slot in range(newest, _slot(max(since, now - _OLDEST)) - 1, -1):
        if _is_code_of(activity_pk, slot, code):
            return _validity(slot, now)
    return None


def _slot(moment: datetime) -> int:
    return int(moment.timestamp()) // _SLOT


def _validity(slot: int, now: datetime) -> tuple[datetime, datetime]:
    begin = datetime.fromtimestamp(slot * _SLOT, tz=now.tzinfo)
    return begin, begin + ACCEPTED_FOR


def _is_code_of(activity_pk: int, slot: int, code: str) -> bool:
    right = _digits(activity_pk, slot) if len(code) == DIGITS else _token(activity_pk, slot)
    return hmac.compare_digest(right.encode(), code.encode())


def _digits(activity_pk: int, slot: int) -> str:
    number = int.from_bytes(_digest("digits", activity_pk, slot)[:8], "big")
    return f"{number % 10**DIGITS:0{DIGITS}}"


def _token(activity_pk: int, slot: int) -> str:
    # A letter in front, so that it is never taken for digits.
    return f"t{_digest('token', activity_pk, slot).hex()[:32]}"


def _digest(use: str, activity_pk: int, slot: int) -> bytes:
    return salted_hmac(f"{_SALT}.{use}", f"{activity_pk}:{slot}", algorithm="sha256").digest()
