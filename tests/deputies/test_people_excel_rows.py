"""People by Excel, row by row: what is wrong with a row, and whom and which mandate it means."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError

from congress_portal.common import import_plan
from deputies.choices import CongressLevel, MandateKind
from deputies.models import Mandate, Person
from tests.factories import CommunityFactory, DeputyGroupFactory, MandateFactory, PersonFactory
from tests.import_door import TITLES, choose_rows

DEPUTY = {
    "姓名": "刘思源",
    "职务": "人大代表",
    "人大层级": "县（市、区）",
    "届次": "第十七届",
    "任职日期": date(2022, 1, 10),
}
COUNCILLOR = {"姓名": "马立", "职务": "居民议事员", "任职日期": date(2024, 5, 20)}
BORN = date(1978, 3, 5)


@pytest.fixture(autouse=True)
def places(clock, committee, community) -> None:
    CommunityFactory(name="老街社区", is_active=False)
    CommunityFactory(name="东桥社区")
    DeputyGroupFactory(name="第一小组")


@pytest.fixture
def clerk(signed_in, zhao):
    return signed_in(zhao)


def deputy(person: Person | str = "刘思源", **fields) -> Mandate:
    person = PersonFactory(name=person) if isinstance(person, str) else person
    return MandateFactory(person=person, **fields)


# ---- what is wrong with a row by itself

WRONG = [
    (DEPUTY | {"姓名": None}, "A 列（姓名）", "请填写姓名。"),
    (DEPUTY | {"姓名": "长" * 41}, "A 列（姓名）", "最多 40 个字"),
    (DEPUTY | {"出生日期": date(2026, 3, 6)}, "B 列（出生日期）", "出生日期不能晚于今天（2026年3月5日），请核对。"),
    (DEPUTY | {"出生日期": "1899-12-31"}, "B 列（出生日期）", "1899"),
    (DEPUTY | {"出生日期": "昨天"}, "B 列（出生日期）", "“昨天”"),
    (DEPUTY | {"联系电话": "1380000000"}, "C 列（联系电话）", "“1380000000”有 10 位，手机号应为 11 位，请核对后改正。"),
    (DEPUTY | {"职务": "主任"}, "D 列（职务）", "“主任”不在可选项里，请填写其中一个：人大代表、居民议事员"),
    (DEPUTY | {"职务": None}, "D 列（职务）", "请填写职务：人大代表或居民议事员。没有职务的，后面各列也不填。"),
    (DEPUTY | {"人大层级": None}, "E 列（人大层级）", "人大代表要写人大层级：全国、省、设区的市、县（市、区）、乡镇。"),
    (COUNCILLOR | {"人大层级": "乡镇"}, "E 列（人大层级）", "居民议事员没有人大层级，这一格请留空。"),
    (DEPUTY | {"人大层级": "村"}, "E 列（人大层级）", "“村”不在可选项里"),
    (DEPUTY | {"届次": "届" * 21}, "F 列（届次）", "最多 20 个字"),
    (DEPUTY | {"选区": "区" * 41}, "G 列（选区）", "最多 40 个字"),
    (DEPUTY | {"代表类别": "明星"}, "H 列（代表类别）", "“明星”不在可选项里"),
    (
        DEPUTY | {"代表小组": "第二小组"},
        "I 列（代表小组）",
        "没有“第二小组”这个小组。最接近的是“第一小组”。请照现有的名称填写；确实没有的，请先在“代表小组”里新增。",
    ),
    (
        DEPUTY | {"所在社区": "凤鸣"},
        "J 列（所在社区）",
        "没有“凤鸣”这个社区。最接近的是“凤鸣社区”。请照现有的名称填写；确实没有的，请先在“社区”里新增。",
    ),
    (
        DEPUTY | {"所在社区": "abc"},
        "J 列（所在社区）",
        "没有“abc”这个社区。请照现有的名称填写；确实没有的，请先在“社区”里新增。",
    ),
    (DEPUTY | {"所在社区": "老街社区"}, "J 列（所在社区）", "“老街社区”已经停用，请换成在用的。"),
    (DEPUTY | {"任职日期": None}, "K 列（任职日期）", "档案里没有这项任职，新增时请填写任职日期。"),
    (
        DEPUTY | {"离任日期": date(2021, 12, 31)},
        "L 列（离任日期）",
        "离任日期早于任职日期（2022年1月10日），请核对。",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "place", "sentence"), WRONG, ids=[f"{place} {words[:12]}" for _, place, words in WRONG]
)
def test_wrong_row_is_told_by_row_column_and_sentence(row, place, sentence, clerk, everything):
    before = everything()

    preview = choose_rows(clerk, COUNCILLOR, row)

    ((number, found_place, found_sentence),) = preview.faults
    assert (number, found_place) == (3, place)
    assert sentence in found_sentence
    assert preview.counts == (1, 0, 1, 0)
    assert not preview.can_be_confirmed
    assert everything() == before


def test_row_with_several_faults_names_each_and_what_was_typed(clerk):
    row = DEPUTY | {"出生日期": "2030.1.1", "所在社区": "南塘", "离任日期": "2021年5月"}

    preview = choose_rows(clerk, row)

    assert [place for _, place, _ in preview.faults] == ["B 列（出生日期）", "J 列（所在社区）", "L 列（离任日期）"]
    assert "表格里写的是：2030.1.1" in preview.text
    assert "表格里写的是：2021年5月" in preview.text


def test_fault_in_a_column_the_file_has_not_got_is_told_too(clerk):
    titles = [title for title in TITLES if title != "出生日期"]
    PersonFactory(name="刘思源", born_on=BORN)
    PersonFactory(name="刘思源", born_on=date(1990, 1, 1))

    preview = choose_rows(clerk, DEPUTY, titles=titles)

    assert preview.faults == [
        (2, "文件里没有的一列（出生日期）", "有 2 位“刘思源”，请写上出生日期，才能分清是哪一位。")
    ]


# ---- two rows that cannot both be


def test_same_mandate_twice_is_told_at_the_second_row(clerk):
    preview = choose_rows(clerk, DEPUTY, COUNCILLOR, DEPUTY)

    assert preview.faults == [(4, "A 列（姓名）", "和第 2 行重复：同一个人的同一项任职只写一行，请删掉其中一行。")]


def test_person_without_a_mandate_twice_is_told_at_the_second_row(clerk):
    preview = choose_rows(clerk, {"姓名": "刘思源"}, {"姓名": "刘思源"})

    assert preview.faults == [(3, "A 列（姓名）", "和第 2 行重复：同一个人不写职务的只要一行，请删掉其中一行。")]


def test_two_rows_of_one_person_that_disagree_on_the_telephone_are_told(clerk):
    too = {"姓名": "刘思源", "职务": "居民议事员", "任职日期": date(2024, 5, 20)}

    preview = choose_rows(clerk, DEPUTY | {"联系电话": "13800000001"}, too | {"联系电话": "13800000002"})

    assert preview.faults == [
        (3, "C 列（联系电话）", "和第 2 行同一个人的联系电话（13800000001）不一样，请核对后写成一样的。")
    ]
    assert choose_rows(clerk, DEPUTY | {"联系电话": "13800000001"}, too).counts == (0, 0, 2, 0)


def test_more_rows_of_one_name_than_anybody_has_are_refused(clerk):
    rows = [
        COUNCILLOR | {"任职日期": date(1900 + year, 1, 1), "离任日期": date(1900 + year, 2, 1)} for year in range(101)
    ]

    preview = choose_rows(clerk, *rows)

    assert preview.counts == (101, 0, 0, 0)
    assert preview.faults[0] == (2, "A 列（姓名）", "“马立”写了 101 行，同一姓名最多 100 行，请核对。")


def test_overlapping_mandates_of_one_kind_and_level_are_told(clerk):
    deputy(term="第十六届", starts_on=date(2017, 1, 10))

    on_file = choose_rows(clerk, DEPUTY).faults
    in_file = choose_rows(clerk, COUNCILLOR, COUNCILLOR | {"届次": "第二届", "任职日期": date(2025, 1, 1)}).faults

    words = "同一级的同一种职务前后两项不能重叠，请核对任职日期和离任日期。"
    assert on_file == [
        (2, "K 列（任职日期）", f"和档案里的“县（市、区）人大代表，第十六届，2017年1月10日起”的任职时间重叠。{words}")
    ]
    assert in_file == [(3, "K 列（任职日期）", f"和第 2 行的任职时间重叠。{words}")]


def test_what_overlaps_on_file_already_is_not_held_against_the_table(clerk):
    person = PersonFactory(name="刘思源")
    deputy(person, term="第十六届", starts_on=date(2017, 1, 10))
    deputy(person, term="第十七届", starts_on=date(2022, 1, 10))

    preview = choose_rows(
        clerk, DEPUTY, DEPUTY | {"届次": "第十六届", "任职日期": date(2017, 1, 10), "选区": "第 1 选区"}
    )

    assert preview.counts == (0, 1, 0, 1)


def test_other_levels_and_kinds_at_the_same_time_are_no_overlap(clerk):
    deputy(level=CongressLevel.CITY)

    preview = choose_rows(clerk, DEPUTY, COUNCILLOR | {"姓名": "刘思源"})

    assert preview.counts == (0, 0, 2, 0)


def test_while_a_row_of_a_name_is_wrong_the_others_are_not_judged_without_it(clerk):
    deputy(term="第十六届", starts_on=date(2017, 1, 10))
    left = DEPUTY | {"届次": "第十六届", "任职日期": date(2017, 1, 10), "离任日期": date(2022, 1, 9)}

    assert choose_rows(clerk, left, DEPUTY).counts == (0, 1, 1, 0)
    assert choose_rows(clerk, left | {"所在社区": "abc"}, DEPUTY).counts == (1, 0, 1, 0)


def test_nearest_names_are_looked_for_once_for_each_word_and_not_without_end(clerk, monkeypatch):
    asked = []
    monkeypatch.setattr(import_plan, "get_close_matches", lambda word, among, **how: asked.append(word) or ["凤鸣社区"])
    words = [f"社区{number}" for number in range(60)]

    preview = choose_rows(
        clerk, *(COUNCILLOR | {"姓名": f"人{chr(0x4E00 + n)}", "所在社区": word} for n, word in enumerate(words * 2))
    )

    assert preview.counts == (120, 0, 0, 0)
    assert asked == words[: import_plan.MOST_GUESSES]
    sentences = [outcome.problems[0].sentence for outcome in preview.response.context["plan"].outcomes]
    assert sentences[0] == sentences[60]
    assert "没有“社区0”这个社区。最接近的是“凤鸣社区”。请照" in sentences[0]
    assert "没有“社区59”这个社区。请照" in sentences[59]


# ---- whom a row means


def test_same_name_with_another_birth_date_is_another_person(clerk):
    deputy(PersonFactory(name="刘思源", born_on=BORN), term="第十七届")

    preview = choose_rows(clerk, DEPUTY | {"出生日期": date(1990, 1, 1)})

    assert preview.counts == (0, 0, 1, 0)
    assert "已有 1 位同名的人，出生日期不同，这一位另建档案。" in preview.text
    preview.confirm()
    assert sorted(Person.objects.filter(name="刘思源").values_list("born_on", flat=True)) == [BORN, date(1990, 1, 1)]


def test_row_without_a_birth_date_means_the_only_one_of_that_name(clerk):
    mandate = deputy(PersonFactory(name="刘思源", born_on=BORN), term="第十七届")

    choose_rows(clerk, DEPUTY | {"选区": "第 3 选区"}).confirm()

    mandate.refresh_from_db()
    assert (mandate.district, mandate.person.born_on, Person.objects.count()) == ("第 3 选区", BORN, 1)


def test_row_without_a_birth_date_is_refused_where_several_have_that_name(clerk):
    for day in (BORN, date(1990, 1, 1)):
        PersonFactory(name="刘思源", born_on=day)

    preview = choose_rows(clerk, DEPUTY, DEPUTY | {"出生日期": BORN, "届次": "第十六届"})

    assert preview.faults == [(2, "B 列（出生日期）", "有 2 位“刘思源”，请写上出生日期，才能分清是哪一位。")]


def test_birth_date_is_filled_in_for_the_only_one_of_that_name_who_has_none(clerk):
    person = deputy(term="第十七届").person

    preview = choose_rows(clerk, DEPUTY | {"出生日期": BORN})

    assert preview.changes == {2: [("出生日期", "", "1978年3月5日")]}
    preview.confirm()
    person.refresh_from_db()
    assert person.born_on == BORN


UNDATED = "档案里有一位“刘思源”没有出生日期，分不清是不是这一位。请先在档案里补上出生日期。"


def test_birth_date_is_refused_where_one_of_several_of_that_name_has_none(clerk):
    for day in (None, date(1990, 1, 1)):
        PersonFactory(name="刘思源", born_on=day)

    preview = choose_rows(clerk, DEPUTY | {"出生日期": BORN})

    assert preview.faults == [(2, "B 列（出生日期）", UNDATED)]


def test_nobody_guesses_which_of_two_in_the_table_is_the_one_without_a_birth_date(clerk):
    deputy(term="第十七届")

    preview = choose_rows(
        clerk, DEPUTY | {"出生日期": BORN}, COUNCILLOR | {"姓名": "刘思源", "出生日期": date(1990, 1, 1)}
    )

    assert preview.faults == [(2, "B 列（出生日期）", UNDATED), (3, "B 列（出生日期）", UNDATED)]


def month_only(*people: str) -> str:
    """What is said where a month does not tell who is meant."""
    count = f"有 {len(people)} 位" if people else "没有"
    return f"{count}这个月出生的“刘思源”，只写年月分不清是哪一位，请写到日，例如 1978年3月5日。"


@pytest.mark.parametrize("column", ["出生日期", "出生年月"])
@pytest.mark.parametrize("written", ["1978-03", "1978年3月", "197803"])
def test_month_of_birth_means_the_only_one_of_that_name_born_in_it_whose_date_stays(column, written, clerk):
    deputy(PersonFactory(name="刘思源", born_on=BORN), term="第十七届")
    deputy(PersonFactory(name="刘思源", born_on=date(1978, 4, 1)), term="第十七届")
    titles = [column if title == "出生日期" else title for title in TITLES]

    preview = choose_rows(clerk, DEPUTY | {column: written, "选区": "第 3 选区"}, titles=titles)

    assert preview.changes == {2: [("选区", "", "第 3 选区")]}
    assert "出生日期只写了年月，认作1978年3月5日出生的这一位。" in preview.show("changed").text
    assert "按当月 1 日读取" not in preview.text
    preview.confirm()
    assert Mandate.objects.get(district="第 3 选区").person.born_on == BORN
    assert Person.objects.count() == 2


@pytest.mark.parametrize(
    "on_file",
    [[], [None], [date(1978, 4, 1)], [BORN, date(1978, 3, 6)]],
    ids=["nobody", "no birth date", "another month", "two in that month"],
)
def test_month_of_birth_that_does_not_tell_who_is_meant_asks_for_the_day(on_file, clerk):
    for day in on_file:
        PersonFactory(name="刘思源", born_on=day)
    in_month = [str(day) for day in on_file if day and day.month == 3]

    preview = choose_rows(clerk, DEPUTY | {"出生日期": "1978-03"})

    assert preview.faults == [(2, "B 列（出生日期）", month_only(*in_month))]


def test_month_of_birth_may_mean_the_person_whom_another_row_adds(clerk):
    preview = choose_rows(
        clerk, COUNCILLOR | {"姓名": "刘思源", "出生日期": "1978-03"}, DEPUTY | {"出生日期": "1978-03-01"}
    )
    preview.confirm()

    assert (Person.objects.get().born_on, Mandate.objects.count()) == (date(1978, 3, 1), 2)


def test_month_and_day_of_birth_of_one_person_are_not_taken_for_two_people(clerk):
    person = PersonFactory(name="刘思源")

    choose_rows(clerk, COUNCILLOR | {"姓名": "刘思源", "出生日期": "1978-03"}, DEPUTY | {"出生日期": BORN}).confirm()

    person.refresh_from_db()
    assert (person.born_on, person.mandates.count()) == (BORN, 2)


def test_two_mandates_of_a_new_person_make_one_person(clerk):
    too = {"姓名": "刘思源", "职务": "居民议事员", "任职日期": date(2024, 5, 20)}

    preview = choose_rows(clerk, too, DEPUTY | {"出生日期": BORN})
    preview.confirm()

    assert (Person.objects.count(), Mandate.objects.count()) == (1, 2)
    assert [outcome.adds for outcome in preview.response.context["plan"].outcomes] == [
        "新增人员和任职“居民议事员”",
        "新增任职“县（市、区）人大代表”",
    ]


def test_new_mandate_and_new_telephone_of_a_known_person_are_both_told(clerk):
    PersonFactory(name="马立", phone="13800000009")

    preview = choose_rows(clerk, COUNCILLOR | {"联系电话": "13800000001"})

    assert preview.counts == (0, 0, 1, 0)
    assert "联系电话 13800000009 → 改为 13800000001 任职日期 2024年5月20日" in preview.text
    preview.confirm()
    assert LogEntry.objects.get().change_message == "用表格导入：新增任职“居民议事员”，修改联系电话。"


def test_spaces_that_spread_a_name_out_mean_nothing(clerk):
    deputy(PersonFactory(name="马立"), kind=MandateKind.COUNCILLOR, term="", starts_on=date(2024, 5, 20))

    assert choose_rows(clerk, COUNCILLOR | {"姓名": " 马\u3000立 "}).counts == (0, 0, 0, 1)


def test_person_without_a_mandate_can_be_kept_too(clerk):
    preview = choose_rows(clerk, {"姓名": "刘思源", "联系电话": "13800000001"})
    preview.confirm()

    assert preview.response.context["plan"].outcomes[0].adds == "新增人员"
    person = Person.objects.get()
    assert (person.phone, person.mandates.count()) == ("13800000001", 0)


# ---- which mandate a row means


def test_mandate_of_another_term_is_another_mandate(clerk):
    deputy(term="第十六届", starts_on=date(2017, 1, 10), ends_on=date(2022, 1, 9))

    preview = choose_rows(clerk, DEPUTY)
    preview.confirm()

    assert preview.counts == (0, 0, 1, 0)
    assert Mandate.objects.count() == 2


def test_corrected_days_change_the_mandate(clerk):
    mandate = deputy(term="第十七届", starts_on=date(2022, 1, 1))

    preview = choose_rows(clerk, DEPUTY | {"离任日期": date(2025, 12, 31)})

    assert preview.changes == {2: [("任职日期", "2022年1月1日", "2022年1月10日"), ("离任日期", "", "2025年12月31日")]}
    preview.confirm()
    mandate.refresh_from_db()
    assert (mandate.starts_on, mandate.ends_on) == (date(2022, 1, 10), date(2025, 12, 31))


def test_last_day_before_the_first_day_on_file_is_refused(clerk):
    deputy(term="第十七届")

    preview = choose_rows(clerk, DEPUTY | {"任职日期": None, "离任日期": date(2021, 1, 1)})

    assert preview.faults == [(2, "L 列（离任日期）", "离任日期早于任职日期（2022年1月10日），请核对。")]


def test_who_left_and_came_back_in_the_same_term_has_two_mandates(clerk):
    deputy(term="第十七届", ends_on=date(2023, 6, 30))

    preview = choose_rows(clerk, DEPUTY | {"任职日期": date(2024, 9, 1)})
    preview.confirm()

    assert preview.counts == (0, 0, 1, 0)
    again = choose_rows(clerk, DEPUTY, DEPUTY | {"任职日期": date(2024, 9, 1)})
    assert again.counts == (0, 0, 0, 2)


def test_who_leaves_and_comes_back_in_one_table_may_have_the_rows_in_any_order(clerk):
    mandate = deputy(term="第十七届")
    back, left = DEPUTY | {"任职日期": date(2024, 9, 1)}, DEPUTY | {"离任日期": date(2023, 6, 30)}

    preview = choose_rows(clerk, back, left)
    preview.confirm()

    assert preview.counts == (0, 1, 1, 0)
    mandate.refresh_from_db()
    assert mandate.ends_on == date(2023, 6, 30)
    assert Mandate.objects.get(starts_on=date(2024, 9, 1)).ends_on is None


def test_row_without_days_is_refused_where_the_same_mandate_was_held_twice(clerk):
    person = PersonFactory(name="刘思源")
    deputy(person, term="第十七届", ends_on=date(2023, 6, 30))
    deputy(person, term="第十七届", starts_on=date(2024, 9, 1))

    preview = choose_rows(clerk, DEPUTY | {"任职日期": None})

    assert preview.faults == [(2, "K 列（任职日期）", "这个人有 2 段这样的任职，请写上任职日期，才能分清是哪一段。")]


def test_term_is_filled_in_where_none_is_on_file_and_may_be_left_open(clerk):
    mandate = deputy(term="")

    choose_rows(clerk, DEPUTY).confirm()
    mandate.refresh_from_db()
    left_open = choose_rows(clerk, DEPUTY | {"届次": None})
    neither = choose_rows(clerk, DEPUTY | {"届次": None, "任职日期": None})

    assert mandate.term == "第十七届"
    assert left_open.counts == neither.counts == (0, 0, 0, 1)


def test_term_typed_by_hand_in_other_digits_is_the_same_term(clerk):
    """One from before the form kept it as tables are read."""
    mandate = deputy(term="第１７届")

    same_day = choose_rows(clerk, DEPUTY | {"届次": "第１７届"})
    no_day = choose_rows(clerk, DEPUTY | {"届次": "第17届", "任职日期": None})
    other_day = choose_rows(clerk, DEPUTY | {"届次": "第17届", "任职日期": date(2022, 1, 11)})

    assert same_day.counts == no_day.counts == (0, 0, 0, 1)
    assert other_day.changes == {2: [("任职日期", "2022年1月10日", "2022年1月11日")]}
    mandate.district = " 第３\u3000选区 "
    mandate.full_clean()
    assert (mandate.term, mandate.district) == ("第17届", "第3 选区")
    mandate.term = "第\u202e17届"
    with pytest.raises(ValidationError, match="控制字符"):
        mandate.full_clean()


def test_of_two_mandates_that_began_on_one_day_the_one_of_that_term_is_meant(clerk):
    person = PersonFactory(name="刘思源")
    deputy(person, term="", district="甲区")
    deputy(person, term="第１７届", district="乙区")

    assert choose_rows(clerk, DEPUTY | {"届次": "第17届", "选区": "乙区"}).counts == (0, 0, 0, 1)


def test_place_that_is_out_of_use_may_stay_where_it_is(clerk):
    old = CommunityFactory(name="拆迁社区", is_active=False)
    deputy(term="第十七届", community=old)

    assert choose_rows(clerk, DEPUTY | {"所在社区": "拆迁社区"}).counts == (0, 0, 0, 1)


@pytest.mark.parametrize(
    ("word", "level"),
    [
        ("区", CongressLevel.COUNTY),
        ("县(市、区)", CongressLevel.COUNTY),
        ("市", CongressLevel.CITY),
        ("镇", CongressLevel.TOWNSHIP),
        ("国家", CongressLevel.NATIONAL),
    ],
)
def test_levels_are_understood_the_way_offices_write_them(word, level, clerk):
    choose_rows(clerk, DEPUTY | {"人大层级": word, "职务": "代表"}).confirm()

    assert Mandate.objects.get().level == level
