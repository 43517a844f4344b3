"""What a cell may hold, how a person would read it, and the refusal of one cell."""

import re
from datetime import datetime, time

from congress_portal.common.refusal import Refusal
from congress_portal.common.text import without_refused_characters

# Excel keeps 15 digits of a number and turns the rest into noughts: an identity number is ruined by then.
SAFE_NUMBER = 10**15
# No cell of these tables holds more, whatever its column allows.
MAX_TEXT = 2_000
QUOTED_LENGTH = 30
# Blanks without a width, which come along from web pages.
WIDTHLESS = re.compile("[\u00ad\u200b\u2060\ufeff]")


class CellRefused(Refusal):
    """One cell could not be understood; the sentence says what to write instead."""


class Formula(str):
    """What stands in a cell whose value Excel computes; the value kept in the file is not trusted."""


class ErrorValue(str):
    """#REF!, #N/A and their like."""


# A number that is shown as a day or a time comes as one.
Stored = str | int | float | bool | datetime | time


def as_text(stored: Stored | None) -> str:
    """Return what stands in the cell as a person would read it."""
    if stored is None:
        return ""
    if isinstance(stored, bool):
        return "TRUE" if stored else "FALSE"
    if isinstance(stored, datetime):
        return f"{stored:%Y-%m-%d}" if stored.time() == time() else f"{stored:%Y-%m-%d %H:%M}"
    if isinstance(stored, time):
        return f"{stored:%H:%M}"
    if isinstance(stored, float):
        return str(int(stored)) if stored.is_integer() and abs(stored) < SAFE_NUMBER else f"{stored:.15g}"
    return str(stored)


def is_blank(stored: Stored) -> bool:
    """Say whether nothing can be seen in the cell."""
    return isinstance(stored, str) and not WIDTHLESS.sub("", stored).strip()


def quoted(text: str) -> str:
    """Return the text in quotation marks, short, on one line, without characters that could turn the line round."""
    line = " ".join(without_refused_characters(text).split())
    return f"“{line[:QUOTED_LENGTH]}…”" if len(line) > QUOTED_LENGTH else f"“{line}”"
