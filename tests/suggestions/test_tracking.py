"""Tracking codes: hard to guess, hard to mistype, and nowhere in the database."""

import math

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from suggestions import selectors, tracking
from tests.suggestions.story import PHONE

keys = st.integers(min_value=0, max_value=2**64).map(lambda number: f"key-{number}")
places = st.integers(min_value=0, max_value=tracking.CODE_LENGTH - 1)
LOOK_ALIKE = ("0O", "1IL", "BDV", "SZ", "UG")


def test_code_carries_at_least_50_random_bits():
    assert len(set(tracking.ALPHABET)) == len(tracking.ALPHABET)
    assert tracking.RANDOM_LENGTH * math.log2(len(tracking.ALPHABET)) >= 50


def test_submission_key_carries_128_bits_and_is_never_the_same():
    drawn = {tracking.new_submission_key() for _ in range(1000)}

    assert len(drawn) == 1000
    assert all(tracking.is_submission_key(key) for key in drawn)


@pytest.mark.parametrize(
    "forged", ["", "short", "a" * 23, "钥" * 22, "a" * 21 + "\n", "a" * 21 + "\0", "a" * 22 + "\n"]
)
def test_forged_submission_key_is_not_one(forged):
    assert not tracking.is_submission_key(forged)


@pytest.mark.parametrize("alike", LOOK_ALIKE)
def test_alphabet_has_no_letters_that_look_or_sound_alike(alike):
    assert set(alike).isdisjoint(tracking.ALPHABET)


@given(keys)
def test_code_is_well_formed_and_reads_back_from_its_printed_form(key):
    code = tracking.code_for(key)

    assert tracking.is_well_formed(code)
    assert tracking.code_for(key) == code
    assert tracking.normalise(tracking.display(code)) == code


@given(keys, places, st.sampled_from(tracking.ALPHABET))
def test_check_character_finds_every_single_wrong_letter(key, place, letter):
    code = tracking.code_for(key)
    wrong = code[:place] + letter + code[place + 1 :]

    assert tracking.is_well_formed(wrong) == (letter == code[place])


def test_check_character_finds_all_swaps_of_neighbours_but_one_pair():
    missed = {
        frozenset((left, right))
        for left in tracking.ALPHABET
        for right in tracking.ALPHABET
        if left < right
        and tracking.check_character("3" * 9 + left + right) == tracking.check_character("3" * 9 + right + left)
    }

    pairs = len(tracking.ALPHABET) * (len(tracking.ALPHABET) - 1) // 2
    assert len(missed) <= 1, f"{len(missed)} of {pairs}"


@pytest.mark.parametrize(
    "typed",
    [
        "7k2m-94qw-xh3t",
        " 7K2M 94QW XH3T ",
        "７Ｋ２Ｍ－９４ｑｗ－ｘｈ３ｔ",  # noqa: RUF001
        "7K2M—94QW–XH3T",  # noqa: RUF001
        "7K2M‐94QW−XH3T\n",  # noqa: RUF001
        "7K2M.94QW·XH3T",
        "7K2M\u300094QW\u00a0XH3T",
        "7K2M_94QW_XH3T",
    ],
)
def test_code_is_understood_however_it_was_typed(typed):
    assert tracking.normalise(typed) == "7K2M94QWXH3T"


@pytest.mark.parametrize("typed", ["", "7K2M94QWXH3", "7K2M94QWXH3TT", "OOOOOOOOOOOO", "七七七七七七七七七七七七"])
def test_code_of_wrong_length_or_letters_is_not_well_formed(typed):
    assert not tracking.is_well_formed(typed)


def test_code_is_found_after_the_secret_was_changed(office, settings):
    received = office.submit()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new secret, fifty characters long, for the tests only"

    assert selectors.find_by_code(code=received.code, phone_tail=PHONE[-4:]) == received.suggestion


def test_code_is_lost_with_its_secret(office, settings):
    received = office.submit()
    settings.SECRET_KEY = "a new secret, fifty characters long, for the tests only"

    assert selectors.find_by_code(code=received.code, phone_tail=PHONE[-4:]) is None


def test_code_and_key_stand_nowhere_in_the_database(office, visitor):
    key = tracking.new_submission_key()
    received = office.submit(key=key)

    everything = _dump()

    assert PHONE in everything  # the search would find it
    assert tracking.digest(received.code) in everything
    for secret in (received.code, tracking.display(received.code), received.code.lower(), key):
        assert secret not in everything


def _dump() -> str:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    lines = []
    with connection.cursor() as cursor:
        existing = tables & set(connection.introspection.table_names(cursor))
        for table in sorted(existing):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names of our own tables
            lines += [repr(row) for row in cursor.fetchall()]
    return "\n".join(lines)
