"""What people type: which characters are kept, which are refused, and the form field that does it.

The rule is "stored and shown exactly, or refused with a sentence": nothing is dropped in silence. Rare Han
characters of every extension, middle dots, emoji with their joiners and variation selectors stay untouched.
"""

import re

from django import forms
from django.core.exceptions import ValidationError

# Refused: control characters other than tab and newline (PostgreSQL stores no NUL), the bidi embeddings,
# overrides and isolates (they make a line read differently from what it says), lone surrogates (no encoding
# can store them) and U+FFFE/U+FFFF (illegal in XML, so DOCX and XLSX files could not carry them).
_REFUSED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0B: "+"}
_GAP = r"[ \t\u00a0\u3000\-\u2010-\u2015\u2212\uff0d]?"
_MOBILE_NUMBER = re.compile(rf"(?<![0-9])(?:(?:\+|00)?86{_GAP})?1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}(?![0-9])")
_SPACES_AND_HYPHENS = re.compile(r"[\s\-\u00ad\u200b\u2010-\u2015\u2212\ufe58\ufe63\uff0d]+")


def clean_text(value: str) -> str:
    """Return the text with newlines as ``\\n`` and nothing else changed.

    Raises ValidationError naming the place of the first character that cannot be kept.
    """
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    if found := _REFUSED.search(value):
        raise ValidationError(
            f"第 {found.start() + 1} 个字是看不见的控制字符，请删掉后再提交。", code="invisible_character"
        )
    return value


def without_refused_characters(value: str) -> str:
    """Drop what `clean_text` refuses. For file names, which nobody can correct in a form; never for text."""
    return _REFUSED.sub("", value)


def has_mobile_number(value: str) -> bool:
    """Say whether a text names an 11-digit mobile number of the mainland, in whole or in groups of 3, 4 and 4."""
    return _MOBILE_NUMBER.search(value.translate(_FULL_WIDTH)) is not None


def normalise_digits(value: str) -> str:
    """Return a phone number as typed on any keyboard, with half-width digits and no spaces or hyphens."""
    return _SPACES_AND_HYPHENS.sub("", value.translate(_FULL_WIDTH))


class CleanCharField(forms.CharField):
    """A text field that refuses invisible control characters with a sentence, and keeps what was typed."""

    def to_python(self, value):
        if value not in self.empty_values:
            # Before Django strips: str.strip() would silently eat some control characters at both ends.
            value = clean_text(str(value))
        return super().to_python(value)

    def bound_data(self, data, initial):
        # A forged charset can bring in a lone surrogate; the page with the refusal must still be encodable.
        data = super().bound_data(data, initial)
        return _SURROGATE.sub("\ufffd", data) if isinstance(data, str) else data
