"""What a table is expected to hold: the description from which it is read and from which its template is written."""

import enum
import functools
import re
import unicodedata
from dataclasses import dataclass

from congress_portal.common.text import without_refused_characters

_BRACKETED = re.compile(r"\([^()]*\)$")
# Spaces and line breaks, also those without a width, and the marks that offices put beside a title or a word.
_NOT_PART_OF_A_WORD = re.compile(r"[\s\u00ad\u200b\u2060\ufeff*:※★]")
MAX_WORD = 100


class Kind(enum.Enum):
    """How the cells of a column are understood, and the Python type that comes out."""

    TEXT = "text"  # str, on one line
    NAME = "name"  # str, a person's name without the spaces that only spread it out
    DAY = "day"  # date
    PHONE = "phone"  # str: 13800000000, or 0551-62345678 with the area code
    NUMBER = "number"  # int
    CHOICE = "choice"  # str, one of ``allowed``
    YES_NO = "yes_no"  # bool


@dataclass(frozen=True)
class Column:
    """One column, found by its title or an alias wherever it stands in the sheet.

    ``allowed`` are the words of a CHOICE; ``empty_words`` are further words that mean "nothing here" (至今 for a last
    day). ``hint`` is one sentence for the template, ``example`` what a filled cell may look like. ``months_apart``: who
    reads the table does not take a month alone for its first day, see `Row.months`.
    """

    title: str
    kind: Kind = Kind.TEXT
    required: bool = False
    aliases: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    empty_words: tuple[str, ...] = ()
    months_apart: bool = False
    max_length: int = 200
    example: str = ""
    hint: str = ""
    width: int = 16

    @property
    def keys(self) -> set[str]:
        """The forms under which the title may be met, see `word_key`."""
        return {word_key(title) for title in (self.title, *self.aliases)}


@functools.lru_cache(maxsize=4_096)  # a column says the same few words again and again
def word_key(word: str) -> str:
    """Return a title or a word of a list as it is compared: without spaces, asterisks, colons, width and case."""
    # Longer texts are none of the words that are looked for, and one character may unfold to eighteen.
    word = unicodedata.normalize("NFKC", without_refused_characters(word.strip()[:MAX_WORD]))
    return _NOT_PART_OF_A_WORD.sub("", word).lower()


def title_keys(title: str) -> tuple[str, ...]:
    """Return the key of a title and, where it ends in brackets (出生日期（必填）), also the key without them."""
    key = word_key(title)
    return tuple(dict.fromkeys((key, _BRACKETED.sub("", key))))
