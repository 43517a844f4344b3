"""What comes in as a file: recognised by content, re-encoded, or refused with a sentence that names it."""

import io
import itertools
import struct
import threading
import time
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from congress_portal.common import uploads
from congress_portal.common.uploads import UploadRefused, accept_document, accept_photo
from tests.common.pictures import XLSX_MAIN, half_and_half, office_file, opened, picture, upload


def refusal_of(accept, content, name):
    with pytest.raises(UploadRefused) as refusal:
        accept(upload(content, name))
    return str(refusal.value)


# ---- photos ----


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "MPO"])
def test_photo_of_each_format_becomes_a_jpeg(format):
    prepared = accept_photo(upload(half_and_half(format), "路灯.dat"))

    assert opened(prepared.content).format == "JPEG"
    assert (prepared.content_type, prepared.name) == ("image/jpeg", "路灯.jpg")
    assert (prepared.width, prepared.height) == opened(prepared.content).size == (80, 40)
    assert prepared.size == len(prepared.content)
    assert len(prepared.sha256) == 64


def test_photo_with_transparency_becomes_a_png():
    prepared = accept_photo(upload(picture("PNG", mode="RGBA", color=(1, 2, 3, 100)), "图.png"))

    assert (opened(prepared.content).format, prepared.content_type) == ("PNG", "image/png")
    assert opened(prepared.content).getpixel((0, 0)) == (1, 2, 3, 100)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_opaque_photo_of_any_mode_becomes_a_jpeg(mode):
    white = {"LA": (255, 255), "RGBA": (255, 255, 255, 255), "I;16": 65535, "1": 1}.get(mode, 255)
    content = picture("PNG", mode=mode, color=white) if mode != "P" else picture("GIF", color=(255, 255, 255))

    prepared = accept_photo(upload(content))

    assert prepared.content_type == "image/jpeg"
    assert min(opened(prepared.content).getpixel((5, 5))) > 250


def test_cmyk_photo_keeps_its_colours():
    prepared = accept_photo(upload(picture("JPEG", mode="CMYK", color=(0, 255, 255, 0))))

    red, green, blue = opened(prepared.content).getpixel((5, 5))
    assert (red > 200, green < 60, blue < 60) == (True, True, True)


@pytest.mark.parametrize(("size", "shown"), [((3000, 1500), (2000, 1000)), ((1000, 4000), (500, 2000))])
def test_big_photo_is_made_smaller(size, shown):
    prepared = accept_photo(upload(picture(size=size)))

    assert (prepared.width, prepared.height) == shown


@pytest.mark.parametrize(
    ("orientation", "size", "corner_is_red"),
    [
        (1, (80, 40), True),
        (2, (80, 40), False),
        (3, (80, 40), False),
        (4, (80, 40), True),
        (5, (40, 80), True),
        (6, (40, 80), True),
        (7, (40, 80), False),
        (8, (40, 80), False),
        (99, (80, 40), True),
    ],
)
def test_photo_stands_upright(orientation, size, corner_is_red):
    exif = Image.Exif()
    exif[0x0112] = orientation

    prepared = accept_photo(upload(half_and_half(exif=exif)))

    red, _green, blue = opened(prepared.content).getpixel((3, 3))
    assert (prepared.width, prepared.height) == size
    assert (red > blue) is corner_is_red


def test_photo_loses_all_metadata():
    exif = Image.Exif()
    exif[0x010F] = "SECRET maker"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (31.0, 40.0, 12.0)
    jpeg = half_and_half(exif=exif, comment=b"SECRET comment", icc_profile=b"SECRET profile", xmp=b"SECRET xmp")
    webp = half_and_half("WEBP", exif=exif, xmp=b"SECRET xmp", icc_profile=b"SECRET profile")
    png = picture("PNG", mode="RGBA", color=(1, 1, 1, 9), exif=exif, icc_profile=b"SECRET profile")
    assert opened(jpeg).getexif().get_ifd(0x8825)[1] == "N"
    assert b"SECRET" in jpeg
    assert b"SECRET" in webp
    assert opened(png).getexif()

    for content in (jpeg, webp, png):
        shown = accept_photo(upload(content)).content
        image = opened(shown)
        image.load()
        assert b"SECRET" not in shown
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")  # Pillow's remark, only logged in real life
def test_photo_with_damaged_exif_is_still_taken():
    content = half_and_half(exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")

    assert accept_photo(upload(content)).content_type == "image/jpeg"


def test_polyglot_loses_what_follows_the_picture():
    content = half_and_half() + b"<script>alert(1)</script>"

    assert b"script" not in accept_photo(upload(content)).content


def test_only_the_first_frame_is_kept():
    output = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue", "lime")]
    frames[0].save(output, "GIF", save_all=True, append_images=frames[1:])

    shown = opened(accept_photo(upload(output.getvalue(), "动图.gif")).content)

    assert getattr(shown, "n_frames", 1) == 1
    assert shown.getpixel((4, 4))[0] > 200


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(%stdout) (w) file\nshowpage\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "content",
    [
        EPS,
        SVG,
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"MZ\x90\0" + bytes(500),
        picture("BMP"),
        picture("TIFF"),
        picture("ICO"),
        b"GIF89a" + SVG,
        b"no picture at all",
    ],
)
def test_file_that_is_no_photo_is_refused(content):
    refusal = refusal_of(accept_photo, content, "路灯.jpg")

    assert refusal in {
        "“路灯.jpg”不是照片。请上传 JPG、PNG、WebP 或 GIF 格式的照片。",
        "“路灯.jpg”不完整或已损坏，打不开。请重新保存这张照片后再上传。",
    }


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_truncated_photo_is_refused(format):
    content = Image.effect_noise((200, 200), 80).convert("RGB")
    output = io.BytesIO()
    content.save(output, format)
    whole = output.getvalue()
    assert accept_photo(upload(whole))

    refusal = refusal_of(accept_photo, whole[: len(whole) // 2], "路灯.jpg")

    assert refusal == "“路灯.jpg”不完整或已损坏，打不开。请重新保存这张照片后再上传。"


def png_that_claims(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(999))) + chunk(b"IEND", b"")
    )


TOO_MANY_PIXELS = "的像素太多。JPG 照片最多 4000 万像素，其他格式最多 1600 万像素。请缩小后再上传。"


def claiming(content: bytes, width: int, height: int) -> bytes:
    """Write another size into the header of a JPEG or GIF: the data is too short for it, which decoding finds out."""
    if content.startswith(b"GIF"):
        return content[:6] + struct.pack("<HH", width, height) + content[10:]
    frame = content.index(b"\xff\xc0") + 5
    return content[:frame] + struct.pack(">HH", height, width) + content[frame + 4 :]


@pytest.mark.parametrize("size", [(5000, 3201), (8000, 5000), (10_000, 10_000), (60_000, 60_000)])
def test_picture_bomb_is_refused_before_it_is_decoded(size):
    assert refusal_of(accept_photo, png_that_claims(*size), "炸弹.png") == f"“炸弹.png”{TOO_MANY_PIXELS}"


@pytest.mark.parametrize(
    ("format", "size"),
    [("JPEG", (8000, 5001)), ("MPO", (8000, 5001)), ("GIF", (5000, 3201)), ("GIF", (8000, 5000))],
)
def test_picture_of_too_many_pixels_is_refused_in_each_format(format, size):
    content = claiming(half_and_half(format), *size)

    assert refusal_of(accept_photo, content, "照片.dat") == f"“照片.dat”{TOO_MANY_PIXELS}"


def test_big_webp_is_refused():
    assert refusal_of(accept_photo, half_and_half("WEBP", size=(5000, 3201)), "照片.webp").endswith(TOO_MANY_PIXELS)


@pytest.mark.parametrize("content", [png_that_claims(5000, 3200), claiming(half_and_half(), 8000, 5000)[:-60]])
def test_picture_at_the_pixel_limit_is_decoded(content):
    # The data is too short for the size it claims: only decoding can find that out.
    assert "不完整或已损坏" in refusal_of(accept_photo, content, "照片")


def test_jpeg_of_40_megapixels_is_taken():
    prepared = accept_photo(upload(picture(size=(8000, 5000))))

    assert (prepared.width, prepared.height) == (2000, 1250)


class ReadSlowly(io.BytesIO):
    """A file that notes who reads from it, and lets others come in between."""

    def __init__(self, content, log):
        super().__init__(content)
        self.log = log

    def read(self, size=-1):
        self.log.append(id(self))
        time.sleep(0.001)
        return super().read(size)


def test_only_one_picture_is_decoded_at_a_time():
    noise = Image.effect_noise((600, 600), 80).convert("RGB")
    output = io.BytesIO()
    noise.save(output, "PNG")
    log, all_here = [], threading.Barrier(4)

    def hand_in(number):
        file = upload(b"", f"{number}.png")
        file.file, file.size = ReadSlowly(output.getvalue(), log), len(output.getvalue())
        all_here.wait()
        return accept_photo(file)

    with ThreadPoolExecutor(4) as pool:
        assert [prepared.width for prepared in pool.map(hand_in, range(4))] == [600] * 4

    # The first reading of each file only looks at its head; what follows is decoding.
    decoding = [reader for position, reader in enumerate(log) if reader in log[:position]]
    assert len(decoding) > 40
    assert [reader for reader, _ in itertools.groupby(decoding)] == list(dict.fromkeys(decoding))


def test_heic_says_what_to_do():
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)

    assert refusal_of(accept_photo, heic, "IMG_1.HEIC") == (
        "“IMG_1.HEIC”是 HEIC 格式，本网站打不开。请在手机上存成 JPG 后再上传。"
    )


@pytest.mark.parametrize("accept", [accept_photo, accept_document])
def test_file_over_20_megabytes_is_refused(accept):
    content = half_and_half() + bytes(uploads.MAX_SIZE)

    assert refusal_of(accept, content, "大.jpg") == "“大.jpg”超过 20 MB。请压缩或缩小后再上传。"


@pytest.mark.parametrize("accept", [accept_photo, accept_document])
def test_empty_file_is_refused(accept):
    assert refusal_of(accept, b"", "空.jpg") == "“空.jpg”是空文件。请重新选择后再上传。"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("社区 路灯（一）.JPG", "社区 路灯（一）.JPG"),
        ("𠮷 喆·昇.jpeg", "𠮷 喆·昇.jpeg"),
        ("C:\\fakepath\\IMG_01.PNG", "IMG_01.jpg"),
        ("photo\u202egpj.exe", "photogpj.jpg"),
        ("a\nb\x1f\ud800.jpg", "a b.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("字" * 200 + ".jpg", "字" * 80 + ".jpg"),
    ],
)
def test_shown_name_is_safe(given, shown):
    file = upload(half_and_half())
    file._name = given

    assert accept_photo(file).name == shown


# ---- documents ----


ONLY_OFFICE = "的内容不是可以接收的格式。请上传 PDF、DOCX、XLSX 文件或照片。"
NOT_OFFICE = "不是 Word 或 Excel 文件。请上传 PDF、DOCX、XLSX 文件或照片。"
OLD_OFFICE = "是旧版办公文件或已加密。请另存为不加密的 DOCX、XLSX 或 PDF 后再上传。"
DAMAGED = "不完整或已损坏，打不开。请重新保存后再上传。"
MACROS = "含有宏，不能接收。请另存为不含宏的 DOCX 或 XLSX 后再上传。"
TOO_BIG = "解开后过大，不能接收。请删减内容或改成 PDF 后再上传。"
PDF_BYTES = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.mark.parametrize(
    ("content", "given", "shown", "content_type"),
    [
        (PDF_BYTES, "答复.pdf", "答复.pdf", uploads.PDF),
        (PDF_BYTES, "答复", "答复.pdf", uploads.PDF),
        (office_file(), "答复.docx", "答复.docx", uploads.DOCX),
        (office_file(XLSX_MAIN), "清单.exe", "清单.xlsx", uploads.XLSX),
    ],
)
def test_document_is_recognised_by_content_and_kept_as_it_is(content, given, shown, content_type):
    prepared = accept_document(upload(content, given))

    assert (prepared.content, prepared.name, prepared.content_type) == (content, shown, content_type)


def test_photo_handed_in_as_a_document_is_re_encoded():
    prepared = accept_document(upload(half_and_half("PNG"), "现场.png"))

    assert (prepared.content_type, prepared.name) == ("image/jpeg", "现场.jpg")


def encrypted_zip():
    content = bytearray(office_file())
    for marker, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(marker)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(marker, place + 1)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (PDF_BYTES[:30], "不完整，可能没有传完。请重新生成 PDF 后再上传。"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), OLD_OFFICE),
        (b"<html>", ONLY_OFFICE),
        (SVG, ONLY_OFFICE),
        (office_file()[:-30], DAMAGED),
        (office_file("text/plain"), NOT_OFFICE),
        (office_file(parts={"word/vbaProject.bin": "x"}), MACROS),
        (office_file(parts={"xl/macrosheets/a.xml": "x"}), MACROS),
        (office_file("application/vnd.ms-word.document.macroEnabled.main+xml"), MACROS),
        (office_file(parts={"OFD.xml": "x"}), "是 OFD 格式。请转成 PDF 后再上传。"),
        (office_file(parts={"../../etc/x": "x"}), DAMAGED),
        (office_file(parts={f"{n}.xml": "x" for n in range(2100)}), TOO_BIG),
        (office_file(parts={"main.xml": bytes(30 * uploads.MEGABYTE)}), TOO_BIG),
        (office_file('"/><!DOCTYPE x'), DAMAGED),
        (encrypted_zip(), "加了密码。请去掉密码后再上传。"),
    ],
)
def test_document_is_refused_with_what_to_do(content, sentence):
    assert refusal_of(accept_document, content, "答复.docx") == f"“答复.docx”{sentence}"


def test_zip_without_office_parts_is_refused():
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("run.exe", "MZ")

    assert "不是 Word 或 Excel 文件" in refusal_of(accept_document, output.getvalue(), "答复.docx")
