"""What follows from a name: the key it is sorted by, and the code of a card. Knows no rows."""

import secrets
import unicodedata
from functools import cache

# Without letters and digits that are taken for one another.
_CARD_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_CARD_LENGTH = 8

# Surnames whose reading differs from the character's usual one. Where it is another one in a family, it is corrected
# by hand: the key is a field.
_SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "朴": "piao", "查": "zha", "盖": "ge",
    "任": "ren", "华": "hua", "召": "shao", "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "秘": "bi",
    "乐": "yue", "员": "yun", "燕": "yan", "纪": "ji", "种": "chong", "冼": "xian", "翟": "zhai", "折": "she",
    "缪": "miao", "晁": "chao", "逄": "pang", "佴": "nai", "牟": "mu", "黑": "he", "覃": "qin", "洗": "xian",
    "祭": "zhai", "隽": "juan", "繁": "po", "都": "du", "能": "nai", "那": "na", "过": "guo", "澹台": "tan tai",
}  # fmt: skip


@cache
def sort_key_of(name: str) -> str:
    """Return a name's pinyin without tones, one syllable after another with spaces between, the surname read as one."""
    # Imported here: the dictionary is large, and most processes never sort a new name.
    from pypinyin import lazy_pinyin

    name = unicodedata.normalize("NFC", name.strip())
    surname = next((name[:length] for length in (2, 1) if name[:length] in _SURNAMES), "")
    syllables = [_SURNAMES[surname]] if surname else []
    syllables += lazy_pinyin(name[len(surname) :])
    return " ".join(" ".join(syllables).split())[:120]


def new_card_code() -> str:
    """Return a fresh code, one of 31⁸."""
    return "".join(secrets.choice(_CARD_ALPHABET) for _ in range(_CARD_LENGTH))
