"""One cell: from what stands in it to a value, or a sentence that says what to write instead. Pure functions."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time

from django.core.exceptions import ValidationError

from congress_portal.common.spreadsheets.columns import Column, Kind, word_key
from congress_portal.common.spreadsheets.days import parse_day
from congress_portal.common.spreadsheets.stored import (
    MAX_TEXT,
    SAFE_NUMBER,
    WIDTHLESS,
    CellRefused,
    ErrorValue,
    Formula,
    Stored,
    as_text,
    is_blank,
    quoted,
)
from congress_portal.common.text import clean_text, normalise_digits, without_refused_characters

Value = str | date | int | bool | None

# Digits and Latin letters typed full-width, and nothing else: NFKC would change rare characters of names.
_HALF_WIDTH = {half + 0xFEE0: half for first, last in ("09", "AZ", "az") for half in range(ord(first), ord(last) + 1)}
# An apostrophe is how people, and some programs, mark a number as text.
_BEFORE_AND_BEHIND = re.compile(r"^[\s']+|\s+$")
_PLACEHOLDERS = {"-", "--", "—", "——", "/", "无"}
_CHOICES_NAMED = 12

_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d\d))([2-9]\d{6,7})(转\d{1,6})?")
_LOCAL_OR_SERVICE = re.compile(r"[2-9]\d{6,7}(转\d{1,6})?|[48]00\d{7}")
_YES = {"是", "y", "yes", "true", "1", "√", "✓", "✔"}
_NO = {"否", "n", "no", "false", "0", "x", "\u00d7"}


def parse(column: Column, stored: Stored | None, *, since_1904: bool = False) -> Value:
    """Return what the cell means in this column, None when it is empty. Raises CellRefused.

    ``since_1904``: the workbook counts days as old Macs did. Whether the column is required is not asked here.
    """
    if stored is None:
        return None
    if isinstance(stored, str) and len(stored) > MAX_TEXT:
        raise _too_long(column)
    if is_empty(column, stored):
        return None
    if isinstance(stored, Formula):
        raise CellRefused("这一格是公式，请改成数值（复制—选择性粘贴—数值）。")
    if isinstance(stored, ErrorValue):
        raise CellRefused(f"这一格是错误值{quoted(stored)}，请改正后再导入。")
    if isinstance(stored, bool) and column.kind is not Kind.YES_NO:
        raise CellRefused(f"这一格是逻辑值 {as_text(stored)}，请改成要填的内容。")
    if column.kind is Kind.DAY:
        return parse_day(stored, since_1904=since_1904)
    if isinstance(stored, datetime | time):
        # 3-5, typed for a district, has become the fifth of March.
        raise CellRefused(f"这一格存成了日期或时间（{as_text(stored)}），请设成文本格式后重新填写。")
    return _PARSERS[column.kind](column, stored)


def is_empty(column: Column, stored: Stored) -> bool:
    """Say whether nothing is meant: blanks, or a dash or 无 in a column whose values are no free text."""
    if is_blank(stored):
        return True
    if not isinstance(stored, str) or isinstance(stored, Formula | ErrorValue):
        return False
    word = word_key(stored)
    if column.kind not in (Kind.TEXT, Kind.NAME) and word in _PLACEHOLDERS:
        return word not in map(word_key, column.allowed)
    return word in map(word_key, column.empty_words)


def _text(column: Column, stored: Stored) -> str:
    if isinstance(stored, int | float) and abs(stored) >= SAFE_NUMBER:
        raise CellRefused("这一格的数字超过 15 位，末尾几位已经被表格软件改掉，请设成文本格式后重新填写。")
    return _short(column, " ".join(_kept(as_text(stored)).split()))


def _name(column: Column, stored: Stored) -> str:
    text = _kept(WIDTHLESS.sub("", as_text(stored)))
    if text.isdigit():
        raise CellRefused(f"{quoted(text)}是数字，请填写姓名。")
    return _short(column, re.sub(r"\s+", _space_between, text))


def _space_between(found: re.Match[str]) -> str:
    """Keep one space between two words of letters (Anna Maria); those that spread out 王　芳 go."""
    return " " if _is_letter(found.string[found.start() - 1]) and _is_letter(found.string[found.end()]) else ""


def _is_letter(character: str) -> bool:
    return character in ".,'" or (character.isalpha() and unicodedata.east_asian_width(character) not in "WF")


def _kept(text: str) -> str:
    """Return the text with half-width digits and letters. Raises CellRefused for characters that cannot be kept."""
    try:
        text = clean_text(text)
    except ValidationError as refusal:
        raise CellRefused(refusal.message) from None
    return _BEFORE_AND_BEHIND.sub("", text).translate(_HALF_WIDTH)


def _short(column: Column, text: str) -> str:
    if len(text) > column.max_length:
        raise _too_long(column)
    return text


def _too_long(column: Column) -> CellRefused:
    return CellRefused(f"这一格的字太多，最多 {min(column.max_length, MAX_TEXT)} 个字，请删减后再导入。")


def _phone(column: Column, stored: Stored) -> str:
    typed = as_text(stored)
    # Numbers copied from a phone's address book come wrapped in direction marks.
    text = _plain(typed)
    if re.fullmatch(r"[\d.]+E\+?\d+", text, re.IGNORECASE):
        raise CellRefused(f"{quoted(typed)}没有写全号码，请设成文本格式后重新填写。")
    if re.search(r"[/、,;或]", text):
        raise CellRefused(f"{quoted(typed)}不止一个号码，请只留一个。")
    digits = normalise_digits(re.sub("[()]", "", text))
    if found := _MOBILE.fullmatch(digits):
        return found[1]
    if found := _LANDLINE.fullmatch(digits):
        return f"{found[1]}-{found[2]}{found[3] or ''}"
    if _LOCAL_OR_SERVICE.fullmatch(digits):
        return digits
    if not isinstance(stored, str) and _LANDLINE.fullmatch(f"0{digits}"):
        raise CellRefused(f"{quoted(typed)}存成了数字，区号前的 0 丢了，请设成文本格式后重新填写。")
    if digits.isdigit() and digits.startswith("1") and len(digits) != 11:
        raise CellRefused(f"{quoted(typed)}有 {len(digits)} 位，手机号应为 11 位，请核对后改正。")
    raise CellRefused(f"{quoted(typed)}不是电话号码，请写成 13800000000 或 0551-62345678。")


def _number(column: Column, stored: Stored) -> int:
    text = re.sub(r"\s", "", _plain(as_text(stored)))
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+", text):
        text = text.replace(",", "")
    if text.isascii() and re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    raise CellRefused(f"{quoted(as_text(stored))}不是整数，请只填数字，例如 15。")


def _choice(column: Column, stored: Stored) -> str:
    word = word_key(as_text(stored))
    for allowed in column.allowed:
        if word_key(allowed) == word:
            return allowed
    if len(column.allowed) > _CHOICES_NAMED:
        raise CellRefused(f"{quoted(as_text(stored))}不在可选项里，请从模板的“可选项”里选一个。")
    raise CellRefused(f"{quoted(as_text(stored))}不在可选项里，请填写其中一个：{'、'.join(column.allowed)}。")


def _yes_no(column: Column, stored: Stored) -> bool:
    word = word_key(as_text(stored))
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellRefused(f"{quoted(as_text(stored))}看不出是或否，请填写“是”或“否”。")


def _plain(text: str) -> str:
    """Return what should be a number in plain characters, without what cannot be seen."""
    return _BEFORE_AND_BEHIND.sub("", unicodedata.normalize("NFKC", without_refused_characters(text)))


_PARSERS: dict[Kind, Callable[[Column, Stored], Value]] = {
    Kind.TEXT: _text,
    Kind.NAME: _name,
    Kind.PHONE: _phone,
    Kind.NUMBER: _number,
    Kind.CHOICE: _choice,
    Kind.YES_NO: _yes_no,
}
