"""Codes that somebody without an account keeps, and the random keys of the forms they come from.

A code is so many random characters and a check character from an alphabet of 24, 4.6 random bits each. The alphabet has
no pair that looks or sounds alike in Chinese telephone spelling (no 0/O, 1/I/L, B/D/V, S/Z, U, G).

The database keeps only a keyed digest of a code. The code itself follows from the random key of the form that was
submitted and the site's secret, so the same form always gives the same code, and nobody reads one out of a backup.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass

from django.conf import settings

ALPHABET = "23456789ACEFHJKMNPQRTWXY"
_KEY = re.compile(r"[A-Za-z0-9_-]{22}")


def new_form_key() -> str:
    """Return the random key (128 bits) that one blank form carries."""
    return secrets.token_urlsafe(16)


def is_form_key(value: str) -> bool:
    return _KEY.fullmatch(value) is not None


def form_digest(form_key: str) -> str:
    """Return what the database stores of a form's key, so that a second click finds what the first one made."""
    return _keyed(b"submission-key", form_key).hex()


@dataclass(frozen=True)
class CodeKind:
    """What the codes of one kind look like. The name keeps those of two kinds apart, whatever form they come from."""

    name: str
    random_length: int
    group: int  # how many characters stand together in print

    @property
    def length(self) -> int:
        return self.random_length + 1

    def code_for(self, form_key: str) -> str:
        """Return the code, without hyphens, that belongs to a form's key."""
        number = int.from_bytes(_keyed(f"{self.name}-code".encode(), form_key), "big")
        body = ""
        for _ in range(self.random_length):
            number, index = divmod(number, len(ALPHABET))
            body += ALPHABET[index]
        return body + check_character(body)

    def digest(self, code: str) -> str:
        """Return what the database stores of a normalised code (64 hex digits)."""
        return self.digests(code)[0]

    def digests(self, code: str) -> list[str]:
        """Return the digests a code may be stored under: the secret in use first, then the retired ones."""
        secrets_in_use = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        return [_keyed(f"{self.name}-digest".encode(), code, secret).hex() for secret in secrets_in_use]

    def display(self, code: str) -> str:
        """Write a code in groups, as it is printed and read aloud: 7K2M-94QW-XH3T."""
        return "-".join(code[start : start + self.group] for start in range(0, len(code), self.group))

    def is_well_formed(self, code: str) -> bool:
        """Tell whether a normalised code has the right length, letters and check character."""
        return (
            len(code) == self.length
            and all(character in ALPHABET for character in code)
            and check_character(code[:-1]) == code[-1]
        )


def normalise(text: str) -> str:
    """Bring what somebody typed to the stored form: full-width letters, spaces, dashes and case do not matter."""
    text = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s\-\u2010-\u2015\u2212_·.]", "", text)


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
