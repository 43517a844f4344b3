"""The public form through the front door: what it takes in, what it refuses, and that nothing typed is lost."""

import io
import re
import struct

import pytest
import segno
from django.core.files.storage import FileSystemStorage
from django.test import Client
from django.urls import reverse, reverse_lazy
from PIL import Image

from suggestions.choices import Channel
from suggestions.models import Attachment, Category, Suggestion
from tests.common.pictures import opened, picture, upload
from tests.factories import CommunityFactory
from tests.pages import page_of
from tests.suggestions.front_door import (
    FILLED_IN,
    FORM,
    LOOKUP,
    RECEIVED,
    as_shown,
    blank_form,
    send,
    sentences,
    shown_code,
)
from tests.suggestions.story import MATTER, PHONE, Office

pytestmark = pytest.mark.usefixtures("office", "media")

RARE = "𠮷䶮㐀𠀀𪜀𫝀𫠠𬺰𮯰𰀀𱍐"  # Extensions A to H, and the compatibility block
PDF_AS_JPG = b"%PDF-1.7\n%%EOF"
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<html><script>alert(1)</script></html>"


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def test_form_sent_leads_to_the_code_and_stores_what_was_typed(visitor, community):
    category = Category.objects.get(name="道路与照明")

    answer = send(visitor, category=category.pk, community=community.pk, place="")

    assert (answer.status_code, answer["Location"]) == (302, RECEIVED)
    case = Suggestion.objects.get()
    assert (case.matter, case.category, case.community, case.place) == (MATTER, category, community, "")
    assert (case.contact_name, case.contact_phone, case.age_band) == ("王女士", PHONE, "60-79")
    assert case.channel == Channel.WEB


def test_code_is_shown_with_qr_code_and_slip_and_again_on_reload(visitor):
    send(visitor)

    first, second = visitor.get(RECEIVED), visitor.get(RECEIVED)

    code = first.context["code"]
    assert second.context["code"] == code
    html = first.content.decode()
    assert html.count(code) == 2  # on the page and on the slip
    assert html.count('class="qr"') == 4  # each time a frame with the drawing in it
    assert "<style" not in html


def drawn(address: str) -> str:
    """Return the path that draws an address as a QR code."""
    return path_of(segno.make(address, error="m").svg_inline(scale=4, border=4))


def path_of(svg: str) -> str:
    return re.search(r' d="([^"]+)"', svg)[1]


def test_qr_code_carries_the_code_where_no_server_sees_it(visitor):
    send(visitor)

    answer = visitor.get(RECEIVED)

    code = answer.context["code"]
    assert path_of(answer.context["qr_svg"]) == drawn(f"http://testserver{LOOKUP}#{code}")
    assert path_of(answer.context["qr_svg"]) != drawn(f"http://testserver{LOOKUP}?code={code}")
    page = page_of(answer)
    assert LOOKUP in page.links
    for address in (*page.links, *(form.action for form in page.forms)):
        assert code not in address


def test_slip_names_the_office_and_where_to_look_up(visitor):
    send(visitor)

    answer = visitor.get(RECEIVED)

    slip = page_of(answer).text.partition("意见建议查询单")[2]
    assert '<p class="issuer">云禾街道人大工作委员会</p>' in answer.content.decode()
    assert f"查进度 http://testserver{LOOKUP}" in slip
    for words in ("编号 2026-0001", "受理期限 3月9日（周一）", "0579-5550100", "安澜区云禾街道凤鸣路 1 号"):
        assert words in slip
    assert "查进度要填查询码和手机号后四位。请不要把查询码给别人。" in slip


def test_code_page_without_a_form_sent_leads_to_the_lookup(visitor):
    answer = visitor.get(RECEIVED)

    assert (answer.status_code, answer["Location"]) == (302, "/suggestions/lookup/")


def test_code_page_of_another_browser_does_not_show_the_code(visitor, client):
    send(visitor)

    assert client.get(RECEIVED).status_code == 302


# ---- stored and shown exactly

EXACT = {
    "4-byte and rare Han": f"请修路灯，{RARE}路口，谢谢。",
    "emoji with joiners and selectors": "路灯坏了👨‍👩‍👧‍👦，请修🏮️，谢谢大家。",
    "middle dots and marks": "阿依古丽·买买提说：“路灯”《坏了》——请修！",
    "looks like HTML": "<script>alert(1)</script>路灯坏了请修 & <b>谢谢</b>",
    "looks like a template": "{{ settings.SECRET_KEY }}{% debug %}路灯坏了请修",
    "looks like a formula": '=HYPERLINK("http://example.test")路灯坏了请修',
    "several lines": "第一行路灯坏了\n\n第三行请修\n\t缩进",
    "combining marks kept apart": "e\u0301 与 \u00e9 两种写法都是一个字请保留",
}


@pytest.mark.parametrize("kind", EXACT)
def test_text_is_stored_exactly_and_shown_escaped(visitor, kind):
    text = EXACT[kind]

    assert send(visitor, matter=text).status_code == 302

    assert Suggestion.objects.get().matter == text
    assert "<script>alert(1)" not in visitor.get(RECEIVED).content.decode()


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("139 5550 1234", "13955501234"),
        ("139-5550-1234", "13955501234"),
        ("１３９５５５０１２３４", "13955501234"),  # noqa: RUF001
        (" 13955501234 ", "13955501234"),
    ],
)
def test_phone_is_understood_however_it_was_typed(visitor, typed, stored):
    assert send(visitor, phone=typed).status_code == 302

    assert Suggestion.objects.get().contact_phone == stored


@pytest.mark.parametrize("length", [10, 5000])
def test_matter_may_have_10_to_5000_characters(visitor, length):
    assert send(visitor, matter="𠮷" * length).status_code == 302

    assert len(Suggestion.objects.get().matter) == length


# ---- refused with a sentence at the field, everything typed kept

TOO_SHORT = "写清楚是什么事，至少 10 个字。例如“凤鸣路菜场东门 3 盏路灯不亮”。"
INVISIBLE = "第 {} 个字是看不见的控制字符，请删掉后再提交。"
BAD = {
    "matter missing": ({"matter": ""}, "matter", TOO_SHORT),
    "matter only blanks": ({"matter": "  \u3000\n "}, "matter", TOO_SHORT),
    "matter of 9": ({"matter": "𠮷" * 9}, "matter", TOO_SHORT),
    "matter of 5001": ({"matter": "好" * 5001}, "matter", "最多写 5000 个字，现在是 5001 个字。请删减后再提交。"),
    "NUL in matter": ({"matter": "路灯坏了\0请修好谢谢大家"}, "matter", INVISIBLE.format(5)),
    "NUL in name": ({"name": "\0王"}, "name", INVISIBLE.format(1)),
    "NUL in phone": ({"phone": "139555\x0001234"}, "phone", INVISIBLE.format(7)),
    "bidi override": ({"matter": "路灯\u202e坏了请修好谢谢大家"}, "matter", INVISIBLE.format(3)),
    "bidi isolate in place": ({"place": "东门\u2066"}, "place", INVISIBLE.format(3)),
    "escape character": ({"matter": "\x1b[31m路灯坏了请修好谢谢"}, "matter", INVISIBLE.format(1)),
    "phone missing": ({"phone": ""}, "phone", "请填手机号。查进度要用它的后四位，需要时工委打电话问您。"),
    "phone short": ({"phone": "1395550123"}, "phone", "手机号应为 11 位，现在是 10 位。"),
    "phone with letters": ({"phone": "139555O1234"}, "phone", "手机号只有数字，请检查是不是多打了别的字。"),
    "phone of other digits": ({"phone": "1٣٩٥٥٥٠١٢٣٤"}, "phone", "手机号只有数字，请检查是不是多打了别的字。"),  # noqa: RUF001
    "phone of another country": ({"phone": "23955501234"}, "phone", "手机号以 1 开头，请再核对一遍。"),
    "phone very long": ({"phone": "1" * 5000}, "phone", "手机号应为 11 位，现在是 5000 位。"),
    "name of 41": ({"name": "王" * 41}, "name", "最多写 40 个字，现在是 41 个字。请删减后再提交。"),
    "name of 5000": ({"name": "䶮" * 5000}, "name", "最多写 40 个字，现在是 5000 个字。请删减后再提交。"),
    "place of 101": ({"place": "东" * 101}, "place", "最多写 100 个字，现在是 101 个字。请删减后再提交。"),
    "neither community nor place": ({"place": ""}, "place", "请选择社区，或者写明具体位置，两样填一样就行。"),
    "age not confirmed": ({"of_age": ""}, "of_age", "请确认您已满 14 周岁；未满 14 周岁的，请监护人代填后勾选。"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_with_a_sentence_and_everything_typed_is_kept(visitor, everything, community, case):
    changes, field, sentence = BAD[case]
    category = Category.objects.get(name="其他")
    typed = blank_form(visitor) | {"category": str(category.pk)} | changes
    before = everything()

    answer = visitor.post(FORM, typed)

    assert answer.status_code == 200
    assert sentences(answer, field) == [sentence]
    assert everything() == before
    page = page_of(answer)
    assert sentence in page.text
    shown = page.form_with("matter")
    for name, value in typed.items():
        # HTML itself knows no NUL: a browser shows the replacement character in its place.
        assert shown.value(name).replace("\ufffd", "\0") == value, name


# ---- forged and repeated

FORGED = {
    "category of nobody": ({"category": "999999"}, "category"),
    "category no number": ({"category": "1 OR 1=1"}, "category"),
    "category beyond any integer": ({"category": "9" * 40}, "category"),
    "category beyond python's limit": ({"category": "9" * 5000}, "category"),
    "category NUL": ({"category": "\0"}, "category"),
    "category no longer in use": ({"category": "ended"}, "category"),
    "community of nobody": ({"community": "999999"}, "community"),
    "community no longer in use": ({"community": "ended"}, "community"),
    "age band unknown": ({"age_band": "200+"}, "age_band"),
}


@pytest.mark.parametrize("case", FORGED)
def test_forged_choice_is_refused_at_its_field(visitor, case):
    changes, field = FORGED[case]
    ended = {
        "category": Category.objects.create(name="停用的类别", is_active=False).pk,
        "community": CommunityFactory(is_active=False).pk,
    }
    changes = {name: ended[name] if value == "ended" else value for name, value in changes.items()}

    answer = send(visitor, **changes)

    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {field}
    assert page_of(answer).form_with("matter").value("matter") == MATTER
    assert not Suggestion.objects.exists()


def test_fields_nobody_asked_for_change_nothing(visitor, chen, roads):
    forged = {
        "number": "2020-0001", "status": "closed", "channel": "council", "kind": "motion", "title": "自己写的标题",
        "department": roads.pk, "received_on": "2020-01-01", "raised_by": chen.person.pk, "entered_by": chen.pk,
        "id": "77", "referred_to": "别处", "round_no": "9",
    }  # fmt: skip

    assert send(visitor, **forged).status_code == 302

    case = Suggestion.objects.get()
    assert (case.number, case.status, case.channel, case.kind) == ("2026-0001", "submitted", "web", "opinion")
    assert (case.department, case.raised_by, case.entered_by, case.referred_to) == (None, None, None, "")
    assert case.title != "自己写的标题"


def test_repeated_field_counts_as_the_last_one_sent(visitor):
    assert send(visitor, matter=["第一次写的正文，够长了吧。", MATTER], phone=["11111111111", PHONE]).status_code == 302

    assert Suggestion.objects.get().matter == MATTER


@pytest.mark.parametrize("key", ["", "short", "a" * 23, "\0" * 22, "../../../../etc/passwd", "钥" * 22])
def test_forged_key_is_refused_once_and_the_next_try_counts(visitor, key):
    answer = send(visitor, submission_key=key)

    assert sentences(answer) == ["这一页打开得太久或不完整，没有提交成功。您写的都还在，请再点一次提交。"]
    assert not Suggestion.objects.exists()
    again = as_shown(page_of(answer).form_with("matter"))
    assert visitor.post(FORM, again).status_code == 302
    assert Suggestion.objects.get().matter == MATTER


def test_forged_clear_box_of_the_photo_input_does_no_harm(visitor):
    answer = send(visitor, **{"photos-clear": "on", "photos": upload(picture())})

    assert answer.status_code == 302
    assert Attachment.objects.count() == 1


def test_form_without_csrf_token_is_refused(db):
    answer = Client(enforce_csrf_checks=True).post(FORM, FILLED_IN)

    assert answer.status_code == 403
    assert not Suggestion.objects.exists()


def test_charset_of_the_request_is_not_obeyed_to_bring_in_surrogates(visitor):
    key = blank_form(visitor)["submission_key"]
    body = f"submission_key={key}&matter=%D8%00%D8%00&phone={PHONE}"

    answer = visitor.generic("POST", FORM, body, content_type="application/x-www-form-urlencoded; charset=utf-7")

    assert answer.status_code in (200, 400)
    assert not Suggestion.objects.exists()


# ---- pressed twice


def test_double_click_is_one_case_with_the_same_code(visitor):
    typed = blank_form(visitor)

    codes = []
    for _ in range(10):
        assert visitor.post(FORM, typed).status_code == 302
        codes.append(shown_code(visitor))

    assert Suggestion.objects.count() == 1
    assert len(set(codes)) == 1


USED = (
    "这张表已经提交过一件，编号 2026-0001，内容没有改动。"
    "如果这是另一件事，请再点一次提交；要更正已经提交的，请打电话给街道人大工委。"
)


@pytest.mark.parametrize("name", ["matter", "phone", "place", "name", "age_band", "category", "community"])
def test_other_words_under_a_used_key_are_refused_and_kept_for_another_try(visitor, community, everything, name):
    other = {
        "matter": "另外一件事：幼儿园门口没有斑马线。", "phone": "13955509999", "place": "凤鸣路菜场西门",
        "name": "李先生", "age_band": "35-59", "category": str(Category.objects.get(name="其他").pk),
        "community": str(community.pk),
    }  # fmt: skip
    typed = blank_form(visitor)
    visitor.post(FORM, typed)
    first_code, before = shown_code(visitor), everything()

    answer = visitor.post(FORM, typed | {name: other[name]})

    assert answer.status_code == 200
    assert sentences(answer) == [USED]
    assert everything() == before
    again = as_shown(page_of(answer).form_with("matter"))
    kept = {field: again[field] for field in typed if field != "submission_key"}
    assert kept == {field: typed[field] for field in kept} | {name: other[name]}
    assert again["submission_key"] != typed["submission_key"]
    assert visitor.post(FORM, again).status_code == 302
    assert Suggestion.objects.count() == 2
    assert shown_code(visitor) != first_code


def test_photos_are_asked_for_again_when_the_form_was_used_before(visitor):
    typed = blank_form(visitor)
    visitor.post(FORM, typed)

    answer = visitor.post(FORM, typed | {"place": "西门", "photos": upload(picture(), "西门.jpg")})

    assert "请重新选择上次选的 1 张：西门.jpg" in page_of(answer).text


def test_same_words_from_a_page_gone_back_to_are_one_case(visitor, client, clock):
    send(visitor)
    code = shown_code(visitor)

    answer = send(visitor)

    assert (answer.status_code, answer["Location"]) == (302, RECEIVED)
    assert Suggestion.objects.count() == 1
    assert shown_code(visitor) == code

    send(visitor, place="凤鸣路菜场西门")
    assert Suggestion.objects.count() == 2  # other words
    send(client, place="凤鸣路菜场西门")
    assert Suggestion.objects.count() == 3  # another browser
    clock.shift(30 * 60)
    send(client, place="凤鸣路菜场西门")
    assert Suggestion.objects.count() == 4  # another visit


def test_sixty_in_an_hour_from_one_address_is_enough(visitor, clock, everything):
    for number in range(60):
        assert send(visitor, matter=f"第 {number} 件：{MATTER}").status_code == 302
    before = everything()

    answer = send(visitor)

    assert answer.status_code == 429
    assert sentences(answer) == ["这个网络提交得太频繁了。请过一小时再试，或者打电话给街道人大工委。"]
    assert page_of(answer).form_with("matter").value("matter") == MATTER
    assert everything() == before
    clock.shift(3600)
    assert send(visitor).status_code == 302


def test_two_hundred_tries_in_an_hour_are_enough_and_no_more_photos_are_looked_at(visitor, clock, everything):
    bad_photo = "“坏.jpg”是空文件。请重新选择后再上传。"
    assert sentences(visitor.post(FORM, {"photos": upload(b"", "坏.jpg")}), "photos") == [bad_photo]
    for _ in range(199):
        assert visitor.post(FORM, {}).status_code == 200
    before = everything()

    answer = visitor.post(FORM, blank_form(visitor) | {"photos": upload(b"", "坏.jpg")})

    assert answer.status_code == 429
    assert sentences(answer) == ["这个网络提交得太频繁了。请过一小时再试，或者打电话给街道人大工委。"]
    assert sentences(answer, "photos") == []
    assert page_of(answer).form_with("matter").value("matter") == MATTER
    assert everything() == before
    clock.shift(3600)
    assert send(visitor).status_code == 302


# ---- photos


def test_photos_are_stored_re_encoded_under_names_nobody_can_guess(visitor, media):
    answer = send(visitor, photos=[upload(picture(), "路灯.jpg"), upload(picture("PNG"), "../../etc/路灯2.png")])

    assert answer.status_code == 302
    assert list(Attachment.objects.order_by("original_name").values_list("original_name", flat=True)) == [
        "路灯.jpg",
        "路灯2.jpg",
    ]
    stored = [path for path in media.rglob("*") if path.is_file()]
    assert len(stored) == 2
    assert all("路灯" not in path.name for path in stored)


def jpeg_with_gps() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "TestCamera"
    exif.get_ifd(0x8825)[2] = (30.0, 15.0, 42.0)
    output = io.BytesIO()
    Image.new("RGB", (80, 60), (9, 99, 9)).save(output, "JPEG", exif=exif, comment=b"home address")
    return output.getvalue()


def test_photo_is_served_without_the_place_it_was_taken_at(visitor):
    original = jpeg_with_gps()
    assert dict(opened(original).getexif().get_ifd(0x8825)) != {}
    send(visitor, photos=upload(original))
    visitor.post("/suggestions/lookup/", {"code": shown_code(visitor), "phone_tail": PHONE[-4:]})

    served = b"".join(
        visitor.get(reverse("suggestions:attachment", args=[Attachment.objects.get().pk])).streaming_content
    )

    assert b"TestCamera" in original
    assert b"TestCamera" not in served
    assert b"home address" not in served
    assert len(opened(served).getexif()) == 0


def bomb() -> bytes:
    """A PNG of a few bytes that claims 50,000 by 50,000 pixels."""
    content = bytearray(picture("PNG", size=(1, 1)))
    content[16:24] = struct.pack(">II", 50_000, 50_000)
    return bytes(content)


BAD_PHOTOS = {
    "EPS named .jpg": (EPS, "“坏.jpg”不是照片。请上传 JPG、PNG、WebP 或 GIF 格式的照片。"),
    "SVG named .jpg": (SVG, "“坏.jpg”不是照片。请上传 JPG、PNG、WebP 或 GIF 格式的照片。"),
    "HTML named .jpg": (HTML, "“坏.jpg”不是照片。请上传 JPG、PNG、WebP 或 GIF 格式的照片。"),
    "PDF named .jpg": (PDF_AS_JPG, "“坏.jpg”不是照片。请上传 JPG、PNG、WebP 或 GIF 格式的照片。"),
    "text": ("只是一段文字".encode(), "“坏.jpg”不是照片。请上传 JPG、PNG、WebP 或 GIF 格式的照片。"),
    "empty": (b"", "“坏.jpg”是空文件。请重新选择后再上传。"),
    "half a photo": (picture(size=(900, 900))[:2000], "“坏.jpg”不完整或已损坏，打不开。请重新保存这张照片后再上传。"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD_PHOTOS)
def test_photo_that_is_none_is_refused_by_name_and_the_rest_is_kept(visitor, everything, kind):
    content, sentence = BAD_PHOTOS[kind]
    before = everything()

    answer = send(visitor, photos=[upload(picture(), "好.jpg"), upload(content, "坏.jpg")])

    assert answer.status_code == 200
    assert sentences(answer, "photos") == [sentence]
    page = page_of(answer)
    assert "请重新选择上次选的 1 张：好.jpg。" in page.text
    assert answer.context["lost_photo_names"] == ["好.jpg"]
    assert page.form_with("matter").value("matter") == MATTER
    assert everything() == before


def test_photo_refused_alone_is_not_asked_for_again(visitor):
    answer = send(visitor, photos=upload(b"", "坏.jpg"))

    assert sentences(answer, "photos") == ["“坏.jpg”是空文件。请重新选择后再上传。"]
    assert "请重新选择上次选的" not in page_of(answer).text


def test_photo_bomb_is_refused_before_it_is_unpacked(visitor, everything):
    before = everything()

    answer = send(visitor, photos=upload(bomb(), "炸弹.png"))

    (sentence,) = sentences(answer, "photos")
    assert sentence.startswith("“炸弹.png”")
    assert everything() == before


def test_photo_of_40_megabytes_is_refused_by_size(visitor):
    answer = send(visitor, photos=upload(picture() + b"\0" * 40 * 1024 * 1024, "大.jpg"))

    assert sentences(answer, "photos") == ["“大.jpg”超过 20 MB。请压缩或缩小后再上传。"]


def test_big_photo_from_a_phone_is_made_smaller(visitor, media):
    answer = send(visitor, photos=upload(picture(size=(4000, 3000)), "手机.jpg"))

    assert answer.status_code == 302
    (stored,) = [path for path in media.rglob("*") if path.is_file()]
    assert opened(stored.read_bytes()).size == (2000, 1500)


def test_seventh_photo_is_one_too_many(visitor):
    answer = send(visitor, photos=[upload(picture(), f"{n}.jpg") for n in range(7)])

    assert sentences(answer, "photos") == ["最多选 6 个，现在选了 7 个。请去掉多的，重新选择。"]


def test_good_photos_are_named_for_choosing_again_when_something_else_is_wrong(visitor):
    answer = send(visitor, phone="", photos=[upload(picture(), "东门<b>.jpg"), upload(picture(), "西门.jpg")])

    assert "请重新选择上次选的 2 张：东门<b>.jpg、西门.jpg" in page_of(answer).text
    assert "东门<b>" not in answer.content.decode()


def press_with_a_full_disk(monkeypatch, browser, address, typed):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "_save", full)
        return browser.post(address, typed | {"photos": upload(picture(), "路灯.jpg")})


@pytest.mark.parametrize("who", ["resident", "clerk"])
def test_full_disk_is_a_clear_refusal_and_leaves_nothing(visitor, signed_in, zhao, everything, monkeypatch, who):
    browser, address, typed = visitor, FORM, blank_form(visitor)
    if who == "clerk":
        browser, address = signed_in(zhao), reverse("admin:suggestions_suggestion_add")
        typed |= {"channel": "phone", "kind": "opinion", "received_on": "2026-03-05", "raised_by": "", "title": ""}
    before = everything()

    answer = press_with_a_full_disk(monkeypatch, browser, address, typed)

    assert answer.status_code == 200
    assert sentences(answer, "photos") == [
        "“路灯.jpg”没有保存下来，服务器的存储空间可能已满。请稍后再试，或联系街道人大工委。"
    ]
    assert page_of(answer).form_with("matter").value("matter") == MATTER
    assert everything() == before
    again = as_shown(page_of(answer).form_with("matter"))
    assert browser.post(address, again).status_code == 302


# ---- staff enter what came in by another way

ENTRY = reverse_lazy("admin:suggestions_suggestion_add")


def enter(browser: Client, **changes):
    """Open the staff's form, fill it in with these changes, and send it."""
    typed = {
        "channel": "phone", "kind": "opinion", "received_on": "2026-03-05", "raised_by": "", "title": "",
        "matter": MATTER, "place": "东门", "name": "王女士", "phone": PHONE, "age_band": "", "category": "",
        "community": "",
    }  # fmt: skip
    key = page_of(browser.get(ENTRY)).form_with("matter").value("submission_key")
    return browser.post(ENTRY, typed | {"submission_key": key} | changes)


@pytest.mark.parametrize(
    ("received_on", "sentence"),
    [
        ("2026-03-06", "收到日期不能晚于今天，请改成实际收到的那一天。"),
        ("2015-12-31", "收到日期写成了2015年，请核对年份；最早可以登记 10 年前的。"),
        ("0206-03-05", "收到日期写成了206年，请核对年份；最早可以登记 10 年前的。"),
        ("0001-01-01", "收到日期写成了1年，请核对年份；最早可以登记 10 年前的。"),
    ],
)
def test_entry_with_a_day_that_cannot_be_meant_is_refused_at_the_day(
    signed_in, zhao, everything, received_on, sentence
):
    before = everything()

    answer = enter(signed_in(zhao), received_on=received_on)

    assert answer.status_code == 200
    assert answer.context["form"].errors == {"received_on": [sentence]}
    shown = page_of(answer).form_with("matter")
    assert (shown.value("received_on"), shown.value("matter")) == (received_on, MATTER)
    assert everything() == before


@pytest.mark.parametrize("received_on", ["2016-01-01", "2026-03-05"])
def test_entry_reaches_back_ten_years(signed_in, zhao, received_on):
    assert enter(signed_in(zhao), received_on=received_on).status_code == 302

    assert str(Suggestion.objects.get().received_on) == received_on


def test_entry_of_other_words_under_a_used_key_is_refused_and_kept(signed_in, zhao, everything):
    browser = signed_in(zhao)
    key = page_of(browser.get(ENTRY)).form_with("matter").value("submission_key")
    enter(browser, submission_key=key)
    before = everything()

    answer = enter(browser, submission_key=key, channel="letter")

    assert sentences(answer) == [USED]
    assert everything() == before
    shown = page_of(answer).form_with("matter")
    assert shown.value("channel") == "letter"
    assert shown.value("submission_key") != key


def test_entry_without_a_phone_gives_a_code_to_call_with_and_no_qr_code(signed_in, zhao):
    browser = signed_in(zhao)
    enter(browser)
    with_phone = browser.get(RECEIVED).content.decode()
    enter(browser, phone="")

    answer = browser.get(RECEIVED)

    assert 'class="qr"' in with_phone
    assert 'class="qr"' not in answer.content.decode()
    page = page_of(answer)
    assert "没有留手机号，不能在网上查进度；请凭查询码打电话或到街道人大工委查。" in page.text
    assert "请凭查询码打电话或到街道人大工委查进度。" in page.text.partition("意见建议查询单")[2]
    for words in ("扫二维码", "手机号后四位", f"http://testserver{LOOKUP}"):
        assert words in with_phone
        assert words not in page.text


def test_entry_by_staff_leads_to_the_same_code_page(signed_in, zhao, office: Office, chen):
    browser = signed_in(zhao)
    address = reverse("admin:suggestions_suggestion_add")
    key = page_of(browser.get(address)).form_with("matter").value("submission_key")

    answer = browser.post(
        address,
        {
            "submission_key": key, "channel": "council", "kind": "opinion", "received_on": "2026-03-01",
            "raised_by": chen.person.pk, "title": "东门路灯", "matter": MATTER, "place": "东门",
            "name": "", "phone": "", "age_band": "", "category": "", "community": "",
        },
    )  # fmt: skip

    assert (answer.status_code, answer["Location"]) == (302, RECEIVED)
    case = Suggestion.objects.get()
    assert (case.channel, case.title, case.entered_by, case.raised_by) == ("council", "东门路灯", zhao, chen.person)
    assert str(case.received_on) == "2026-03-01"
    event = case.events.get()
    assert (event.get_kind_display(), event.actor) == ("登记", zhao)
    assert browser.get(RECEIVED).context["code"]


def test_entry_with_mistakes_keeps_everything_typed(signed_in, zhao):
    browser = signed_in(zhao)
    address = reverse("admin:suggestions_suggestion_add")
    typed = {
        "channel": "", "kind": "proposal", "received_on": "2026-03-05", "raised_by": "", "title": "东门路灯",
        "matter": MATTER, "place": "东门", "name": "王女士", "phone": "1", "age_band": "60-79", "category": "",
        "community": "",
    }  # fmt: skip
    typed["submission_key"] = page_of(browser.get(address)).form_with("matter").value("submission_key")

    answer = browser.post(address, typed)

    assert answer.status_code == 200
    assert sentences(answer, "channel") == ["请选择是从哪个渠道来的。"]
    assert sentences(answer, "phone") == ["手机号应为 11 位，现在是 1 位。"]
    shown = page_of(answer).form_with("matter")
    assert {name: shown.value(name) for name in typed} == typed
    assert not Suggestion.objects.exists()
