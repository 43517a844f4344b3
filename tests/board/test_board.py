"""The public bulletin board: who is on it, in which order, how it is searched, and what it never shows."""

from datetime import date

import pytest

from deputies.choices import CongressLevel, MandateKind
from deputies.models import Mandate, Person
from tests.board.conftest import PHONE
from tests.factories import DeputyGroupFactory, MandateFactory
from tests.pages import page_of

BOARD = "/board/"


@pytest.fixture
def groups(db):
    return DeputyGroupFactory(name="桥东小组", position=1), DeputyGroupFactory(name="桥西小组", position=2)


def names(response) -> list[str]:
    return [card.name for card in response.context["cards"]]


def test_board_shows_who_is_in_office_today(seated, visitor):
    seated("王在任")
    seated("李昨日离任", ends_on="2026-03-04")
    seated("赵今日到期", ends_on="2026-03-05")
    seated("钱明日上任", starts_on="2026-03-06")

    assert sorted(names(visitor.get(BOARD))) == sorted(["王在任", "赵今日到期"])


def test_board_stands_by_group_and_then_by_name(seated, groups, visitor):
    east, west = groups
    seated("曾安", group=west)
    seated("安平", group=west)
    seated("周全", group=east)
    seated("白无组")

    response = visitor.get(BOARD)

    assert names(response) == ["周全", "安平", "曾安", "白无组"]
    text = page_of(response).text
    assert text.index("桥东小组 周全") < text.index("桥西小组 安平") < text.index("没有编入小组 白无组")


def test_deputies_and_councillors_are_two_views_and_a_person_with_two_mandates_one_card(seated, visitor):
    both = seated("林双任", district="东桥路选区")
    MandateFactory(person=both, kind=MandateKind.COUNCILLOR, term="第二届")
    MandateFactory(person=both, level=CongressLevel.CITY, term="第九届")
    seated("何议事", kind=MandateKind.COUNCILLOR, term="")

    deputies, councillors = visitor.get(BOARD), visitor.get(BOARD, {"kind": "councillor"})

    assert (names(deputies), sorted(names(councillors))) == (["林双任"], sorted(["林双任", "何议事"]))
    (card,) = deputies.context["cards"]
    assert [(office.name, office.seat) for office in card.offices] == [
        ("第九届市人大代表", ""),
        ("安澜区第十七届人大代表", "东桥路选区"),
        ("第二届居民议事员", ""),
    ]
    assert [(kind["label"], kind["count"]) for kind in deputies.context["kinds"]] == [
        ("人大代表", 1),
        ("居民议事员", 2),
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["王一", "李二", "赵三"]),
        ({"text": "李"}, ["李二"]),
        ({"text": "凤鸣"}, ["王一"]),
        ({"text": "临河"}, ["赵三"]),
        ({"text": " 王一 "}, ["王一"]),
        ({"text": "没有这个人"}, []),
        ({"group": "east"}, ["李二"]),
        ({"community": "community"}, ["王一"]),
        ({"group": "east", "text": "王"}, []),
        ({"group": "99999999999999999999", "community": "x", "kind": "nobody"}, ["王一", "李二", "赵三"]),
    ],
)
def test_board_is_searched_by_name_community_and_district(seated, groups, community, visitor, asked, found):
    seated("王一", community=community)
    seated("李二", group=groups[0])
    seated("赵三", district="临河选区")
    keys = {"east": groups[0].pk, "community": community.pk}

    response = visitor.get(BOARD, {name: keys.get(value, value) for name, value in asked.items()})

    assert response.status_code == 200
    assert sorted(names(response)) == sorted(found)


def test_a_filter_holds_for_the_mandate_of_that_kind(seated, groups, visitor):
    person = seated("林双任", group=groups[0])
    MandateFactory(person=person, kind=MandateKind.COUNCILLOR, group=groups[1])

    assert names(visitor.get(BOARD, {"group": groups[1].pk})) == []
    assert names(visitor.get(BOARD, {"group": groups[1].pk, "kind": "councillor"})) == ["林双任"]


def test_nothing_found_leads_back_to_everybody(seated, visitor):
    seated("王一")

    page = page_of(visitor.get(BOARD, {"text": "没有这个人"}))

    assert "没有找到符合条件的人。" in page.text
    assert "/board/" in page.links


def test_only_an_agreed_phone_is_public(seated, visitor):
    person = seated("王敏")
    assert (person.phone, person.born_on) == (PHONE, "1980-04-17")

    pages = [visitor.get(BOARD), visitor.get(f"/board/{person.card_code}/")]
    for response in pages:
        assert response.status_code == 200
        for secret in (PHONE, PHONE[-4:], "1980", "04-17"):
            assert secret not in response.content.decode()

    Person.objects.filter(pk=person.pk).update(public_phone="13955501111", phone_agreed_on=date(2026, 3, 1))
    for response in (visitor.get(BOARD), visitor.get(f"/board/{person.card_code}/")):
        assert "13955501111" in response.content.decode()
        assert PHONE not in response.content.decode()


def test_a_photo_is_shown_or_a_drawing_in_its_place(seated, with_photo, visitor):
    photo = with_photo(seated("王有照"))
    seated("李无照")

    html = visitor.get(BOARD).content.decode()

    assert f'src="/deputies/portraits/{photo.pk}/"' in html
    assert "王有照的照片" in html
    assert "李无照，还没有照片" in html


def test_sixty_people_make_a_page(seated, visitor):
    for number in range(61):
        seated(f"代表{number:02}")

    assert len(names(visitor.get(BOARD))) == 60
    second = visitor.get(BOARD, {"page": 2})
    assert len(names(second)) == 1
    assert "第 61—61 名，共 61 名" in page_of(second).text


@pytest.mark.parametrize("count", [1, 3])
def test_board_query_budget(seated, with_photo, groups, community, visitor, count, django_assert_num_queries):
    for number in range(count):
        person = seated(f"代表{number}", group=groups[number % 2], community=community)
        MandateFactory(person=person, kind=MandateKind.COUNCILLOR, group=groups[1])
        with_photo(person)

    # two lists of filters, the page, its mandates, how many, the tabs, the committee
    with django_assert_num_queries(7):
        response = visitor.get(BOARD)

    assert len(response.context["cards"]) == count
    assert Mandate.objects.count() == 2 * count


def test_board_is_in_the_navigation_and_in_the_footer(seated, visitor):
    assert page_of(visitor.get("/")).links.count(BOARD) == 2
