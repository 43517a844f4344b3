"""Tracking codes: what a resident keeps to ask how things stand.

A code is 11 random characters and a check character from an alphabet of 24, which is 50.4 random bits. The alphabet has
no pair that looks or sounds alike in Chinese telephone spelling (no 0/O, 1/I/L, B/D/V, S/Z, U, G).

The database keeps only a keyed digest of a code. The code itself follows from the random key of the form that was
submitted and the site's secret, so the same form always gives the same code, and nobody reads one out of a backup.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata

from django.conf import settings

ALPHABET = "23456789ACEFHJKMNPQRTWXY"
RANDOM_LENGTH = 11
CODE_LENGTH = RANDOM_LENGTH + 1
_KEY = re.compile(r"[A-Za-z0-9_-]{22}")


def new_submission_key() -> str:
    """Return the random key (128 bits) that one blank form carries."""
    return secrets.token_urlsafe(16)


def is_submission_key(value: str) -> bool:
    return _KEY.fullmatch(value) is not None


def code_for(submission_key: str) -> str:
    """Return the tracking code, without hyphens, that belongs to a form's key."""
    number = int.from_bytes(_keyed(b"tracking-code", submission_key), "big")
    body = ""
    for _ in range(RANDOM_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        body += ALPHABET[index]
    return body + check_character(body)


def digest(code: str) -> str:
    """Return what the database stores of a normalised code (64 hex digits)."""
    return digests(code)[0]


def digests(code: str) -> list[str]:
    """Return the digests a code may be stored under: the secret in use first, then the retired ones."""
    secrets_in_use = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_keyed(b"tracking-digest", code, secret).hex() for secret in secrets_in_use]


def submission_digest(submission_key: str) -> str:
    """Return what the database stores of a form's key, so that a second click finds the first one's case."""
    return _keyed(b"submission-key", submission_key).hex()


def display(code: str) -> str:
    """Write a code in three groups of four, as it is printed and read aloud: 7K2M-94QW-XH3T."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def normalise(text: str) -> str:
    """Bring what somebody typed to the stored form: full-width letters, spaces, dashes and case do not matter."""
    text = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s\-\u2010-\u2015\u2212_·.]", "", text)


def is_well_formed(code: str) -> bool:
    """Tell whether a normalised code has the right length, letters and check character."""
    return (
        len(code) == CODE_LENGTH
        and all(character in ALPHABET for character in code)
        and check_character(code[:-1]) == code[-1]
    )


def check_character(body: str) -> str:
    """Return the Luhn mod 24 check character: it finds every single wrong character and nearly every swapped pair."""
    total = 0
    for position, character in enumerate(reversed(body)):
        value = ALPHABET.index(character)
        if position % 2 == 0:
            value = sum(divmod(value * 2, len(ALPHABET)))
        total += value
    return ALPHABET[-total % len(ALPHABET)]


def _keyed(purpose: bytes, text: str, secret: str = "") -> bytes:
    return hmac.digest((secret or settings.SECRET_KEY).encode(), purpose + b"\0" + text.encode(), hashlib.sha256)
