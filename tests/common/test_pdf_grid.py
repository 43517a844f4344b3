"""The official page, measured on the PDF itself: 22 lines of 28 characters in the type area of 156 by 225 mm."""

import itertools

import pytest
from django.template import engines
from fontTools.ttLib import TTFont

from congress_portal.common.pdf import render_pdf
from tests.common.pdf_reading import embedded_fonts, lines_of, pages_of

pytestmark = pytest.mark.usefixtures("can_make_pdf")

MM = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 210 * MM, 297 * MM
PITCH = 29.6
WORDS = "街道人大工委今年以来坚持和发展全过程人民民主密切联系群众认真办理代表建议"

PAGE = (
    '{% extends "pdf/official_page.html" %}{% block document_title %}总结{% endblock %}'
    "{% block title %}云禾街道人大工委工作总结{% endblock %}{% block body %}BODY{% endblock %}"
)


def official_pdf(body):
    return render_pdf(engines["django"].from_string(PAGE.replace("BODY", body)).render())


def characters(count):
    return "".join(itertools.islice(itertools.cycle(WORDS), count))


def text_lines(page):
    return [line for line in lines_of(page) if "—" not in line.text]


@pytest.fixture(scope="module")
def full_pages(can_make_pdf):
    # The title and the blank line below it take two lines of the first page.
    return pages_of(official_pdf(f'<p class="flush">{characters(28 * (20 + 22 + 22))}</p>'))


def test_full_page_has_22_lines_of_28_characters(full_pages):
    counts = [[len(line.text) for line in text_lines(page)] for page in full_pages]

    assert counts[0][1:] == [28] * 20
    assert counts[1:] == [[28] * 22, [28] * 22]


def test_full_page_fills_the_type_area(full_pages):
    lines = text_lines(full_pages[1])
    face = {"ascent": 0.88, "descent": 0.12}  # of the em square in all Fandol faces

    assert {line.size for line in lines} == {16}
    assert [line.x for line in lines] == pytest.approx([28 * MM] * 22, abs=0.05)
    assert [a.y - b.y for a, b in itertools.pairwise(lines)] == pytest.approx([PITCH] * 21, abs=0.02)
    assert PAGE_HEIGHT - lines[0].y - face["ascent"] * 16 == pytest.approx(37 * MM, abs=0.3)
    assert lines[-1].y - face["descent"] * 16 == pytest.approx(35 * MM, abs=0.3)


def test_pages_share_one_grid(full_pages):
    second, third = (text_lines(page) for page in full_pages[1:])

    assert [line.y for line in second] == [line.y for line in third]


def test_page_numbers_stand_outside_one_character_in(full_pages, settings):
    numbers = [line for page in full_pages for line in lines_of(page) if "—" in line.text]
    song = TTFont(settings.FONT_DIR / "FandolSong-Regular.otf")
    names = song.getBestCmap()
    width = sum(song["hmtx"][names[ord(character)]][0] for character in "— 1 —") / 1000 * 14

    assert [line.text for line in numbers] == ["— 1 —", "— 2 —", "— 3 —"]
    assert {(line.fonts, line.size) for line in numbers} == {(("FandolSong",), 14)}
    right = PAGE_WIDTH - 26 * MM - 14 - width
    left = 28 * MM + 14
    assert [line.x for line in numbers] == pytest.approx([right, left, right], abs=0.3)
    # The dashes, 0.3 em above the baseline in FandolSong, lie 7 mm below the type area.
    assert [line.y + 0.3 * 14 for line in numbers] == pytest.approx([28 * MM] * 3, abs=0.5)


def test_each_part_is_printed_in_its_intended_font():
    pdf = official_pdf(
        "<h2>一、办理情况</h2><h3>（一）总体情况</h3><h4>1. 受理</h4><p>喆昇堃珺䶮</p><p>𠮷𬍛</p><p>共收到建议</p>"
    )

    fonts = {line.text.strip(): line.fonts for line in lines_of(pages_of(pdf)[0])}

    assert fonts == {
        "云禾街道人大工委工作总结": ("FandolSong-Bold",),
        "一、办理情况": ("FandolHei",),
        "（一）总体情况": ("FandolKai",),
        "1. 受理": ("FandolFang",),
        "喆昇堃珺䶮": ("AR-PL-UMing-CN-Light",),
        "𠮷𬍛": ("BabelStone-Han",),
        "共收到建议": ("FandolFang",),
        "— 1 —": ("FandolSong",),
    }
    assert embedded_fonts(pdf) == {font for used in fonts.values() for font in used}


def test_title_is_centred_in_size_2():
    title = lines_of(pages_of(official_pdf("<p>正文</p>"))[0])[0]

    assert (title.text, title.size) == ("云禾街道人大工委工作总结", 22)
    assert title.x + 12 * 22 / 2 == pytest.approx(28 * MM + 78 * MM, abs=0.3)


def test_headings_and_paragraphs_start_two_characters_in():
    page = pages_of(official_pdf("<h2>一、情况</h2><h3>（一）总体</h3><h4>1. 受理</h4><p>正文</p>"))[0]

    assert [line.x for line in text_lines(page)[1:]] == pytest.approx([28 * MM + 2 * 15.79] * 4, abs=0.1)


def test_text_after_a_table_is_on_the_grid_again():
    row = "<tr><td>联络站</td><td class='number'>20</td><td class='text'>" + characters(60) + "</td></tr>"
    table = f"<table class='narrow'><thead><tr><th>渠道</th><th>件数</th><th>说明</th></tr></thead>{row * 2}</table>"
    page = pages_of(official_pdf(f"<p>表前</p>{table}<p>表后</p>"))[0]
    before, after = (next(line for line in lines_of(page) if line.text == text) for text in ("表前", "表后"))

    lines_between = (before.y - after.y) / PITCH

    assert lines_between == pytest.approx(round(lines_between), abs=0.01)
    assert lines_between > 4


def test_rare_characters_do_not_cost_the_page_a_line():
    names = "喆昇堃珺䶮代表" * 4
    body = f'<p class="flush">{characters(28 * 20)}{names * 8}{characters(28 * 14)}{characters(28)}</p>'

    pages = pages_of(official_pdf(body))

    assert [len(text_lines(page)) for page in pages] == [21, 22, 1]


def test_links_of_the_screen_leave_no_trace():
    pdf = official_pdf('<p>办结<a href="/suggestions/">396</a><a href="http://a.example/">件</a></p>')
    inside = official_pdf('<p id="here">办结<a href="#here">396</a>件</p>')

    assert "/Annots" in pages_of(inside)[0]
    assert "/Annots" not in pages_of(pdf)[0]
    assert b"a.example" not in pdf
