"""How pages write icons, statuses, dates and sizes."""

from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
import time_machine
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string

from congress_portal.common.templatetags import portal
from congress_portal.common.workdays import WorkCalendar
from suggestions import due_days

pytestmark = pytest.mark.usefixtures("on_24_november")

STATIC = Path(settings.BASE_DIR) / "static" / "portal"


@pytest.fixture
def on_24_november():
    with time_machine.travel(datetime(2026, 11, 24, 4, tzinfo=UTC), tick=False):
        yield


def render(source: str, **context: object) -> str:
    return Template("{% load portal %}" + source).render(Context(context))


def sprite_names() -> set[str]:
    root = ElementTree.parse(STATIC / "icons.svg").getroot()  # noqa: S314 -- our own file
    return {symbol.get("id", "") for symbol in root}


def test_icon_points_into_the_sprite_and_is_hidden_from_readers():
    html = render('{% icon "clock" %}')

    assert html.startswith('<svg class="i" aria-hidden="true"><use href="/static/portal/icons')
    assert html.endswith('.svg#i-clock"></use></svg>')


def test_chip_shows_icon_and_word_and_escapes_the_word():
    html = render("{% chip code label %}", code="doing", label="<办理中>")

    assert html == f'<span class="chip chip-doing">{portal.icon("doing")}&lt;办理中&gt;</span>'


def test_chip_refuses_an_unknown_code():
    with pytest.raises(KeyError):
        render("{% chip code label %}", code="lost", label="丢了")


@pytest.mark.parametrize("code", sorted(portal.CHIP_CODES))
def test_chip_has_its_own_icon_and_colour(code):
    assert f"i-{code}" in sprite_names()
    assert f".chip-{code} {{" in (STATIC / "css" / "theme.css").read_text()


@pytest.mark.parametrize(
    ("value", "day", "with_weekday"),
    [
        (date(2026, 11, 24), "11月24日", "11月24日（周二）"),
        (date(2025, 2, 2), "2025年2月2日", "2025年2月2日（周日）"),
        (datetime(2026, 11, 23, 16, 30, tzinfo=UTC), "11月24日", "11月24日（周二）"),
        (datetime(2025, 12, 31, 16, tzinfo=UTC), "1月1日", "1月1日（周四）"),
        (datetime(2026, 12, 31, 16, tzinfo=UTC), "2027年1月1日", "2027年1月1日（周五）"),
        (None, "", ""),
        ("12月4日前", "12月4日前", "12月4日前"),
    ],
)
def test_day_is_the_committees_day_and_names_other_years(value, day, with_weekday):
    assert portal.cn_day(value) == day
    assert portal.cn_date(value) == with_weekday


def test_year_is_left_out_by_the_committees_clock():
    """At 16:00 UTC on 31 December the new year has begun in the street."""
    with time_machine.travel(datetime(2026, 12, 31, 16, tzinfo=UTC), tick=False):
        assert portal.cn_day(date(2027, 1, 1)) == "1月1日"
        assert portal.cn_day(date(2026, 12, 31)) == "2026年12月31日"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 11, 20, 7, 10, tzinfo=UTC), "11月20日 15:10"),
        (datetime(2026, 11, 20, 1, 5, tzinfo=UTC), "11月20日 9:05"),
        (datetime(2025, 12, 31, 15, 59, tzinfo=UTC), "2025年12月31日 23:59"),
        (date(2026, 12, 4), "12月4日"),
        ("12月4日前", "12月4日前"),
        (None, ""),
    ],
)
def test_moment_is_written_in_local_time(value, text):
    assert portal.cn_datetime(value) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 字节"),
        (1023, "1023 字节"),
        (1024, "1 KB"),
        (317_000, "310 KB"),
        (1024**2 - 1, "1.0 MB"),
        (2_516_582, "2.4 MB"),
        (None, ""),
    ],
)
def test_file_size_is_written_as_people_say_it(size, text):
    assert portal.filesize_cn(size) == text


def test_paragraphs_keep_line_breaks_and_escape_markup():
    html = render("{{ text|paragraphs }}", text="路灯不亮。\r\n<b>三盏</b>\n\n请修好。")

    assert html == "<p>路灯不亮。<br>&lt;b&gt;三盏&lt;/b&gt;</p>\n\n<p>请修好。</p>"


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (date(2026, 12, 2), "12月2日（周三）前答复，还有 6 个工作日"),
        (date(2026, 11, 25), "明天到期 11月25日（周三）前答复"),
        (date(2026, 11, 24), "今天到期 11月24日（周二）前答复"),
        (date(2026, 11, 19), "逾期 3 个工作日 应于 11月19日（周四）前答复"),
    ],
)
def test_due_line_says_the_day_and_the_distance(due_on, words):
    due = due_days.due("答复", due_on, today=date(2026, 11, 24), calendar=WorkCalendar(known_years=frozenset({2026})))

    html = render_to_string("components/due_line.html", {"due": due})

    assert words_of(html) == words


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "words"),
    [
        # In UTC; Shanghai is eight hours ahead.
        (
            datetime(2026, 11, 26, 1, tzinfo=UTC),
            datetime(2026, 11, 26, 3, 30, tzinfo=UTC),
            "11月26日（周四）上午 9:00—11:30",
        ),
        (
            datetime(2026, 11, 26, 4, tzinfo=UTC),
            datetime(2026, 11, 26, 9, 5, tzinfo=UTC),
            "11月26日（周四）下午 12:00—17:05",
        ),
        (datetime(2026, 11, 26, 16, tzinfo=UTC), datetime(2026, 11, 26, 16, tzinfo=UTC), "11月27日（周五）上午 0:00"),
        (
            datetime(2026, 12, 31, 10, tzinfo=UTC),
            datetime(2027, 1, 1, 2, tzinfo=UTC),
            "12月31日（周四）晚上 18:00至2027年1月1日（周五） 10:00",
        ),
    ],
)
def test_from_when_to_when_is_written_in_the_time_of_the_portal(starts_at, ends_at, words):
    assert render("{% time_span a b %}", a=starts_at, b=ends_at) == words
    assert words.endswith(render("{% hours a b %}", a=starts_at, b=ends_at))


def test_weekday_is_the_one_in_the_time_of_the_portal():
    assert render("{{ a|weekday }}", a=datetime(2026, 11, 26, 16, tzinfo=UTC)) == "周五"
    assert render("{{ a|weekday }}", a=date(2026, 11, 26)) == "周四"


@pytest.mark.parametrize(
    ("answered_on", "words"),
    [
        (date(2026, 11, 20), "11月20日已答复，晚于期限 期限 11月19日（周四）"),
        (date(2026, 11, 19), "11月19日已答复 期限 11月19日（周四）"),
    ],
)
def test_due_line_of_an_answered_round_says_when_and_whether_late(answered_on, words):
    due = due_days.due(
        "答复",
        date(2026, 11, 19),
        today=date(2026, 11, 24),
        calendar=WorkCalendar(known_years=frozenset({2026})),
        answered_on=answered_on,
    )

    html = render_to_string("components/due_line.html", {"due": due})

    assert words_of(html) == words


def words_of(html: str) -> str:
    root = ElementTree.fromstring(f"<r>{html}</r>")  # noqa: S314 -- our own template
    return " ".join("".join(root.itertext()).split())
