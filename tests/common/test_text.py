"""Typed text: stored exactly, or refused with the place of the character."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from congress_portal.common.text import CleanCharField, clean_text, normalise_digits

INVISIBLE = ["\0", "\x01", "\x0b", "\x1b", "\x1f", "\x7f", "\x85", "\x9f", "\u202a", "\u202e", "\u2066", "\u2069"]
INVISIBLE += ["\ud800", "\udfff", "\ufffe", "\uffff"]

kept = st.text(
    st.characters(
        exclude_categories=["Cc", "Cs"],
        exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff",
    )
    | st.sampled_from("\t\n")
)


class MatterForm(forms.Form):
    matter = CleanCharField(max_length=10)


@given(kept)
def test_text_of_any_other_characters_is_kept_exactly(text):
    assert clean_text(text) == text


@given(before=kept, character=st.sampled_from(INVISIBLE), after=kept)
def test_text_with_an_invisible_character_is_refused_with_its_place(before, character, after):
    with pytest.raises(ValidationError) as refusal:
        clean_text(before + character + after)

    assert refusal.value.message == f"第 {len(before) + 1} 个字是看不见的控制字符，请删掉后再提交。"


@pytest.mark.parametrize(
    "text",
    [
        "㐀䶿",  # Ext A
        "𠀀𠮷𪛟",  # Ext B
        "𪜀𫝀𫠠",  # Ext C, D, E
        "\U0002ceb0\U00030000\U00031350",  # Ext F, G, H
        "古丽·买买提 阿依古丽‧艾山 玛丽•安",  # three middle dots in use, all kept apart
        "👩‍👩‍👧‍👦👍🏽葛\U000e0100",  # joiners, skin tones, variation selectors
        "שלום \u200f",  # right-to-left text with its harmless mark
    ],
)
def test_rare_characters_dots_and_emoji_are_kept(text):
    assert clean_text(text) == text


def test_newlines_are_normalised_and_count_as_one():
    assert clean_text("一\r\n二\r三\n四") == "一\n二\n三\n四"
    assert MatterForm({"matter": "一\r\n二\r\n三\r\n四\r\n五"}).is_valid()


def test_field_refuses_with_a_sentence_and_keeps_what_was_typed():
    form = MatterForm({"matter": "路灯\u202e不亮"})

    assert form.errors["matter"] == ["第 3 个字是看不见的控制字符，请删掉后再提交。"]
    assert "路灯\u202e不亮" in form.as_p()


@pytest.mark.parametrize("edge", ["\x1c路灯", "路灯\x1f", "路灯\x85"])
def test_field_does_not_strip_control_characters_in_silence(edge):
    assert not MatterForm({"matter": edge}).is_valid()


def test_field_shows_a_lone_surrogate_without_breaking_the_page():
    form = MatterForm({"matter": "路\ud800灯"})

    assert form.errors["matter"] == ["第 2 个字是看不见的控制字符，请删掉后再提交。"]
    assert "路\ufffd灯".encode() in form.as_p().encode()


@pytest.mark.parametrize("empty", ["", "   ", None])
def test_field_still_asks_for_a_missing_text(empty):
    assert MatterForm({"matter": empty}).errors["matter"] == ["请填写这一项。"]


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("13800000000", "13800000000"),
        ("１３８ ００００ ００００", "13800000000"),  # noqa: RUF001 -- what phones' keyboards type
        ("0555-123 4567", "05551234567"),
        ("＋86－138—0000‑0000", "+8613800000000"),  # noqa: RUF001 -- what phones' keyboards type
        ("转８０１\u3000室", "转801室"),
        ("٣٨", "٣٨"),  # other digits are no phone number here; the phone's own check refuses them
    ],
)
def test_digits_are_normalised(typed, digits):
    assert normalise_digits(typed) == digits
