"""How names are sorted and kept: surnames that are read otherwise, names in parts, characters few fonts have."""

from __future__ import annotations

import pytest

from deputies.models import Person
from deputies.names import clean_sort_key, new_card_code, sort_key_of
from tests.factories import PersonFactory
from tests.import_door import PEOPLE, choose_rows
from tests.pages import page_of

RARE = ("杨䶮", "周喆", "吴𠮷")
FRESHER_THAN_THE_DICTIONARY = "\U0002ebf0"  # 2023; Unicode gives it no reading


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("陈雅文", "chen ya wen"),
        ("单雄信", "shan xiong xin"),
        ("单于明", "chan yu ming"),
        ("曾小平", "zeng xiao ping"),
        ("解放", "xie fang"),
        ("查良", "zha liang"),
        ("区伯", "ou bo"),
        ("尉迟恭", "yu chi gong"),
        ("万俟雅", "mo qi ya"),
        ("长孙顺", "zhang sun shun"),
        ("欧阳修", "ou yang xiu"),
        ("令狐冲", "ling hu chong"),
        ("吕布", "lv bu"),
        ("覃文", "qin wen"),
        ("卜安", "bu an"),
        ("阚泽", "kan ze"),
        ("阿依古丽·买买提", "a yi gu li mai mai ti"),
        ("查干•巴特尔", "cha gan ba te er"),  # no surname: 查 is read as it usually is
        ("杨䶮", "yang yan"),
        ("周喆", "zhou zhe"),
        ("吴𠮷", "wu ji"),
        ("Anna Maria", "anna maria"),
        ("O'Neil", "o neil"),
        ("", ""),
    ],
)
def test_key_is_the_pinyin_with_the_surname_read_as_one(name, key):
    assert sort_key_of(name) == key


def test_composed_and_decomposed_letters_have_one_key():
    assert sort_key_of("Andre\u0301·李") == sort_key_of("André·李") == "andre li"


def test_character_that_nobody_can_read_for_us_comes_last_and_is_told_apart():
    unread = FRESHER_THAN_THE_DICTIONARY
    names = ["左宗", f"{unread}明", "阿福", f"阿{unread}", "阿珠"]

    in_order = sorted(names, key=sort_key_of)

    assert in_order == ["阿福", "阿珠", f"阿{unread}", "左宗", f"{unread}明"]
    assert sort_key_of(f"阿{unread}") != sort_key_of("阿\U0002ebf1")


def test_people_come_out_of_the_database_in_that_order(db):
    for name in ("左宗", f"{FRESHER_THAN_THE_DICTIONARY}明", "曾文", "单雄", "察文", "阿珠"):
        PersonFactory(name=name)

    names = Person.objects.order_by("sort_key", "pk").values_list("name", flat=True)

    assert list(names) == ["阿珠", "察文", "单雄", "曾文", "左宗", f"{FRESHER_THAN_THE_DICTIONARY}明"]


@pytest.mark.parametrize(
    ("typed", "kept"), [(" Shàn  Xióng ", "shan xiong"), ("Lǚ Bù", "lv bu"), ("LÜ bu", "lv bu"), ("", "")]
)
def test_key_typed_by_hand_is_kept_as_the_others_are(typed, kept):
    assert clean_sort_key(typed) == kept


def test_key_fits_its_column():
    assert len(sort_key_of("庄" * 40)) <= Person._meta.get_field("sort_key").max_length


def test_codes_of_cards_differ_and_hold_nothing_that_is_mistaken():
    codes = {new_card_code() for _ in range(50)}

    assert len(codes) == 50
    assert not set("".join(codes)) & set("01loi")


# ---- through the front door


def form_of(clerk, address: str) -> dict[str, str]:
    form = page_of(clerk.get(address)).form_with("sort_key")
    return {name: values[0] for name, values in form.values.items() if "__prefix__" not in name}


@pytest.mark.parametrize("name", RARE)
def test_rare_character_typed_in_the_admin_is_kept_and_shown(name, committee, signed_in, zhao):
    clerk = signed_in(zhao)

    clerk.post(f"{PEOPLE}add/", form_of(clerk, f"{PEOPLE}add/") | {"name": name})

    person = Person.objects.get()
    assert person.name == name
    assert name in page_of(clerk.get(PEOPLE)).text
    assert form_of(clerk, f"{PEOPLE}{person.pk}/change/")["name"] == name


def test_rare_characters_come_in_by_a_table_unchanged(clock, committee, signed_in, zhao):
    rows = [{"姓名": name, "职务": "居民议事员", "任职日期": "2024-05-20"} for name in (*RARE, "阿依古丽·买买提")]

    choose_rows(signed_in(zhao), *rows).confirm()

    assert set(Person.objects.values_list("name", flat=True)) == {*RARE, "阿依古丽·买买提"}
    assert Person.objects.get(name="吴𠮷").sort_key == "wu ji"


def test_key_is_filled_in_and_follows_the_name_until_somebody_corrects_it(committee, signed_in, zhao):
    clerk = signed_in(zhao)
    person = PersonFactory(name="陈雅文")
    address = f"{PEOPLE}{person.pk}/change/"

    def send(**values: str) -> str:
        clerk.post(address, form_of(clerk, address) | values)
        person.refresh_from_db()
        return person.sort_key

    assert send(name="程雅文") == "cheng ya wen"
    assert send(sort_key="Chéng Ya Wén") == "cheng ya wen"
    assert send(name="乐雅文", sort_key="le ya wen") == "le ya wen"
    assert send(name="乐雅闻") == "le ya wen"
    assert send(sort_key="") == "yue ya wen"
