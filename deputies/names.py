"""What follows from a name: the key it is sorted by, and the code of a card. Knows no rows."""

import secrets
import unicodedata
from functools import cache
from typing import Any

# Without letters and digits that are taken for one another.
_CARD_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_CARD_LENGTH = 8

# Surnames whose reading differs from the character's usual one, and compound ones that begin with one of these. Where
# it is another reading in a family, it is corrected by hand: the key is a field.
_SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "朴": "piao", "查": "zha", "盖": "ge",
    "任": "ren", "华": "hua", "召": "shao", "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "秘": "bi",
    "乐": "yue", "员": "yun", "燕": "yan", "纪": "ji", "种": "chong", "冼": "xian", "翟": "zhai", "折": "she",
    "缪": "miao", "晁": "chao", "逄": "pang", "佴": "nai", "牟": "mu", "黑": "he", "覃": "qin", "洗": "xian",
    "祭": "zhai", "隽": "juan", "繁": "po", "都": "du", "能": "nai", "那": "na", "过": "guo", "澹台": "tan tai",
    "单于": "chan yu", "乐正": "yue zheng", "子车": "zi ju", "解批": "xie pi", "卜": "bu", "薄": "bo", "蔚": "yu",
    "句": "gou", "阚": "kan", "郇": "xun", "乜": "nie", "么": "yao", "颉": "xie", "会": "kuai", "适": "kuo",
}  # fmt: skip

# What the dictionary of readings does not know, though people are called so.
_READINGS = {"𠮷": "ji"}

# Between the parts of a name such as 阿依古丽·买买提: the middle dot, and what keyboards give for it.
_DOTS = "·•‧∙⋅・･"

# Before a character that nobody can read for us: after every syllable there is, in whatever order a database sorts.
_UNREAD = "zzz"


@cache
def sort_key_of(name: str) -> str:
    """Return a name's pinyin without tones, one syllable after another with spaces between, the surname read as one.

    A name in parts (阿依古丽·买买提) has no surname of the table. A character without a reading comes last.
    """
    # Imported here: the dictionary is large, and most processes never sort a new name.
    from pypinyin import lazy_pinyin

    name = unicodedata.normalize("NFC", name.strip())
    surname = ""
    if not any(dot in name for dot in _DOTS):
        surname = next((name[:length] for length in (2, 1) if name[:length] in _SURNAMES), "")
    syllables = [_SURNAMES[surname]] if surname else []
    syllables += lazy_pinyin(name[len(surname) :], errors=_each_without_reading)
    return clean_sort_key(_joined(syllables))


def clean_sort_key(text: str) -> str:
    """Return a key as the keys are kept, however somebody types it: small letters without tones, ü as v."""
    text = unicodedata.normalize("NFD", text.strip().lower())
    text = text.replace("u\u0308", "v")
    text = unicodedata.normalize("NFC", "".join(sign for sign in text if not _is_tone(sign)))
    return " ".join(text.split())[:120].rstrip()


def _joined(syllables: list[str]) -> str:
    """Put spaces between syllables, but none into a word of letters, which comes one by one."""
    key, was_letter = "", False
    for syllable in syllables:
        is_letter = len(syllable) == 1 and syllable.isascii()
        key += syllable if is_letter and was_letter else f" {syllable}"
        was_letter = is_letter
    return key


def _each_without_reading(run: str) -> Any:
    """Return what stands for each character of a run; the library takes a list here, though its types say a text."""
    return [_without_reading(sign) for sign in run]


def _without_reading(sign: str) -> str:
    if sign in _READINGS:
        return _READINGS[sign]
    plain = unicodedata.normalize("NFKD", sign)[0]
    if plain.isascii():
        return plain if plain.isalnum() else " "
    category = unicodedata.category(sign)
    if sign in _DOTS or (category[0] in "PZC" and category != "Cn"):  # Cn: a character newer than this Python
        return " "
    return f"{_UNREAD}{sign}"


def _is_tone(sign: str) -> bool:
    return unicodedata.category(sign) == "Mn"


def new_card_code() -> str:
    """Return a fresh code, one of 31⁸."""
    return "".join(secrets.choice(_CARD_ALPHABET) for _ in range(_CARD_LENGTH))
