"""The poster and the cards with the codes: who may ask, what is printed, and in which letters."""

import base64
import io

import pytest
import segno
from PIL import Image

from congress_portal.common import jobs
from congress_portal.common.models import Job, JobState
from deputies import portraits
from deputies.admin import board as board_admin
from deputies.choices import MandateKind
from deputies.models import Mandate, Person
from deputies.tasks import board as tasks
from tests.common.pdf_reading import embedded_fonts, lines_of, pages_of
from tests.common.pictures import picture
from tests.factories import DeputyGroupFactory
from tests.pages import page_of
from tests.suggestions.front_door import sentences

PAGE = "/admin/deputies/person/board/"
A3, A4 = (841.89, 1190.55), (595.28, 841.89)
RARE = {"张䶮": "AR-PL-UMing-CN-Light", "李喆": "AR-PL-UMing-CN-Light", "吉野𠮷": "BabelStone-Han"}


@pytest.fixture
def with_fonts(monkeypatch):
    """As on a machine that can print; these tests do not."""
    monkeypatch.setattr(board_admin, "missing_for_pdf", list)


@pytest.fixture
def printed(can_make_pdf, private_files, zhao):
    """Print as a worker does, and return the PDF."""

    def make(handler=tasks.print_poster, *, kind=MandateKind.DEPUTY, group=None, base="https://renda.example.test/"):
        params = {"kind": kind.value, "group": group and group.pk, "base": base}
        job = jobs.enqueue(kind=handler.name, title="公示栏", params=params, by=zhao)
        handler(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.DONE, job.error
        with job.result_file.open("rb") as file:
            return file.read()

    return make


def lines(pdf):
    return [line for page in pages_of(pdf) for line in lines_of(page)]


def text_of(pdf) -> str:
    return "".join(line.text for line in lines(pdf)).replace(" ", "").replace("\n", "")


def size_of(pdf) -> tuple[float, float]:
    box = pages_of(pdf)[0].mediabox
    return float(box.width), float(box.height)


# ---- asking for it


def test_list_of_people_has_a_button_for_who_may_print(office, signed_in, zhao, shen):
    people = "/admin/deputies/person/"

    assert PAGE in page_of(signed_in(zhao).get(people)).links
    assert PAGE not in page_of(signed_in(shen).get(people)).links
    assert signed_in(shen).get(PAGE).status_code == 403
    assert signed_in(shen).post(PAGE, {"what": "poster", "kind": "deputy"}).status_code == 403


@pytest.mark.parametrize(
    ("what", "handler", "title"),
    [("poster", tasks.PRINT_POSTER, "人大代表公示栏 PDF"), ("codes", tasks.PRINT_CODES, "人大代表代表码 PDF")],
)
def test_asking_writes_a_job_with_the_address_staff_are_at(seated, signed_in, zhao, with_fonts, what, handler, title):
    seated("王敏")

    answer = signed_in(zhao).post(PAGE, {"what": what, "kind": "deputy", "group": ""}, headers={"host": "localhost"})

    job = Job.objects.get()
    assert answer["Location"] == f"/admin/jobs/{job.pk}/"
    assert (job.kind, job.title, job.requested_by) == (handler, title, zhao)
    assert job.params == {"kind": "deputy", "group": None, "base": "http://localhost/"}


def test_asking_for_one_group_keeps_the_group(seated, signed_in, zhao, with_fonts):
    group = DeputyGroupFactory(name="桥东小组")
    seated("王敏", group=group)

    signed_in(zhao).post(PAGE, {"what": "poster", "kind": "deputy", "group": group.pk})

    assert (Job.objects.get().params["group"], Job.objects.get().title) == (group.pk, "桥东小组的人大代表公示栏 PDF")


def test_asking_without_a_choice_or_where_nobody_is_says_so(seated, signed_in, zhao, with_fonts):
    seated("王敏")
    browser = signed_in(zhao)

    nothing = browser.post(PAGE, {"what": "", "kind": "", "group": ""})
    nobody = browser.post(PAGE, {"what": "poster", "kind": "councillor", "group": ""})

    assert sentences(nothing, "what") == ["请选择印公示栏还是代表码。"]
    assert sentences(nothing, "kind") == ["请选择人大代表或居民议事员。"]
    assert sentences(nobody, "group") == ["现在没有在任的居民议事员，没有可以印的。请另选小组，或者先登记任职。"]
    assert not Job.objects.exists()


def test_too_many_at_once_are_printed_by_group(seated, signed_in, zhao, with_fonts, monkeypatch):
    monkeypatch.setattr(board_admin, "MAX_PRINTED", 1)
    seated("王敏")
    seated("李强")

    answer = signed_in(zhao).post(PAGE, {"what": "poster", "kind": "deputy", "group": ""})

    assert sentences(answer, "group") == ["一次最多印 1 人，人大代表有 2 人。请按小组分开印。"]
    assert not Job.objects.exists()


def test_page_says_what_is_missing_for_print(seated, signed_in, zhao, monkeypatch):
    monkeypatch.setattr(board_admin, "missing_for_pdf", lambda: ["公文字体，请执行 make setup"])
    seated("王敏")

    answer = signed_in(zhao).post(PAGE, {"what": "poster", "kind": "deputy", "group": ""})

    assert "还不能生成 PDF：公文字体，请执行 make setup" in page_of(answer).text
    assert not Job.objects.exists()


def test_job_for_people_who_left_since_says_why(seated, zhao):
    seated("王敏")
    job = jobs.enqueue(
        kind=tasks.PRINT_POSTER, title="公示栏", params={"kind": "deputy", "group": None, "base": "http://x/"}, by=zhao
    )
    Mandate.objects.update(ends_on="2026-03-04")

    tasks.print_poster(job.pk)

    job.refresh_from_db()
    assert (job.state, job.error) == (
        JobState.FAILED,
        "现在没有在任的人大代表，没有可以印的。请先在名册里登记任职。",
    )


# ---- what is printed


def test_poster_shows_names_of_36_points_or_more(seated, with_photo, printed):
    group = DeputyGroupFactory(name="桥东小组")
    for name in ("王敏", "欧阳文华", "阿依古丽·买买提"):
        seated(name, group=group, district="东桥路选区")
    with_photo(Person.objects.get(name="王敏"), size=(1200, 1440))

    pdf = printed()

    assert size_of(pdf) == pytest.approx(A3, abs=1)
    text = text_of(pdf)
    for words in (
        "云禾街道人大代表公示栏",
        "桥东小组",
        "安澜区第十七届人大代表",
        "东桥路选区",
        "0579-5550100",
        "第1/1页",
    ):
        assert words in text
    by_name = {}
    for line in lines(pdf):
        for part in ("王敏", "欧阳文华", "阿依古丽", "买买提"):
            if part in line.text:
                by_name[part] = line.size
    assert set(by_name) == {"王敏", "欧阳文华", "阿依古丽", "买买提"}
    assert min(by_name.values()) >= 36


def test_poster_holds_photos_scaled_for_print(seated, with_photo, printed):
    with_photo(seated("王敏"), size=(1200, 1440))

    pictures = [image.image.size for page in pages_of(printed()) for image in page.images]

    assert pictures == [portraits.PRINTED]


def test_poster_without_a_photo_or_its_file_is_printed_all_the_same(seated, with_photo, printed):
    seated("李无照")
    lost = seated("王失照")
    with_photo(lost).file.delete(save=False)

    text = text_of(printed())

    assert "李无照" in text
    assert "王失照" in text


def test_poster_tells_no_private_phone(seated, printed):
    person = seated("王敏")
    assert person.phone not in text_of(printed())

    Person.objects.filter(pk=person.pk).update(public_phone="13955501111", phone_agreed_on="2026-03-01")

    text = text_of(printed())
    assert "13955501111" in text
    assert person.phone not in text


def test_poster_of_one_group_and_of_councillors(seated, printed):
    east, west = DeputyGroupFactory(name="桥东小组"), DeputyGroupFactory(name="桥西小组")
    seated("王敏", group=east)
    seated("李强", group=west)
    seated("何议", kind=MandateKind.COUNCILLOR)

    text = text_of(printed(group=east))
    assert "桥东小组人大代表公示栏" in text
    assert ("王敏" in text, "李强" in text, "何议" in text) == (True, False, False)
    assert "何议" in text_of(printed(kind=MandateKind.COUNCILLOR))


@pytest.mark.parametrize("handler", [tasks.print_poster, tasks.print_codes], ids=["poster", "codes"])
def test_rare_characters_are_in_an_embedded_font(seated, printed, handler):
    for name in RARE:
        seated(name)

    pdf = printed(handler)

    names = [line for line in lines(pdf) if any(character in line.text for character in "䶮喆𠮷")]
    assert {character for line in names for character in line.text if character in "䶮喆𠮷"} == set("䶮喆𠮷")
    # A missing glyph would still extract, but from Fandol: these come from the fonts that have them.
    assert set(RARE.values()) <= {font for line in names for font in line.fonts}
    assert set(RARE.values()) <= embedded_fonts(pdf)
    assert not [line for line in names if any("Fandol" in font for font in line.fonts)]


def test_codes_are_ten_a_page_each_leading_to_its_own_page(seated, printed, monkeypatch):
    for number in range(11):
        seated(f"代表{number:02}")
    drawn = []
    monkeypatch.setattr(tasks, "qr_svg", lambda address: drawn.append(address) or "")

    pdf = printed(tasks.print_codes)

    assert size_of(pdf) == pytest.approx(A4, abs=1)
    assert len(pages_of(pdf)) == 2
    codes = Person.objects.order_by("sort_key").values_list("card_code", flat=True)
    assert drawn == [f"https://renda.example.test/board/{code}/" for code in codes]
    assert text_of(pdf).count("用手机扫一扫，给代表写信") == 11


def test_code_is_drawn_as_squares(seated, printed):
    person = seated("王敏")
    modules = segno.make(f"https://renda.example.test/board/{person.card_code}/", error="m").symbol_size(border=0)[0]

    pages = pages_of(printed(tasks.print_codes))

    assert modules >= 25
    content = pages[0].get_contents().get_data()
    assert content.count(b" re") + content.count(b" l") > modules * 4


# ---- photos for print


def test_data_url_is_a_small_jpeg():
    url = portraits.as_data_url(io.BytesIO(picture("PNG", size=(2000, 1000), mode="RGBA", color=(0, 0, 0, 0))))

    head, _, body = url.partition(",")

    image = Image.open(io.BytesIO(base64.b64decode(body)))
    assert head == "data:image/jpeg;base64"
    assert image.size == (400, 200)
    assert image.getpixel((5, 5)) == (255, 255, 255)  # what was see-through is paper


def test_damaged_picture_is_left_out():
    assert portraits.as_data_url(io.BytesIO(b"no picture")) == ""
