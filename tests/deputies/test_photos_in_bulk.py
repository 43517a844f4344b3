"""Portraits in bulk: a ZIP as people pack it, looked at file by file, then written; and one made to do harm."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from congress_portal.common.uploads import MEGABYTE, UploadRefused
from deputies import workflow
from deputies.models import Person, PersonPhoto
from deputies.photo_zip import NamedPicture, name_in, read_photo_zip
from tests.common.pictures import opened, picture
from tests.factories import MandateFactory, PersonFactory
from tests.import_door import PEOPLE
from tests.pages import page_of
from tests.suggestions.story import TODAY

PAGE = f"{PEOPLE}photos/"
CONFIRM = f"{PAGE}confirm/"
RED = picture()


@pytest.fixture
def stored_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return lambda: [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


@pytest.fixture
def people(clock, committee, stored_files) -> dict[str, Person]:
    people = {
        "liu": PersonFactory(name="刘思源", born_on=date(1978, 3, 5)),
        "elder": PersonFactory(name="张三", born_on=date(1960, 1, 2)),
        "younger": PersonFactory(name="张三", born_on=date(1980, 5, 3)),
        "ma": PersonFactory(name="马立"),
    }
    MandateFactory(person=people["elder"], district="第 3 选区")
    MandateFactory(person=people["younger"], district="第 4 选区")
    return people


def packed(files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return output.getvalue()


def packed_raw(files: dict[bytes, bytes]) -> bytes:
    """Pack as old programs do: names in the code page of the country, and no word about that."""
    content = packed({f"{number:0{len(name)}}": data for number, (name, data) in enumerate(files.items())})
    for number, name in enumerate(files):
        content = content.replace(f"{number:0{len(name)}}".encode(), name)
    return content


def as_file(content: bytes, name: str = "照片.zip") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def read(files: dict[str, bytes]) -> dict[str, NamedPicture]:
    return {found.path: found for found in read_photo_zip(as_file(packed(files)))}


def choose(clerk, files: dict[str, bytes]):
    answer = clerk.post(PAGE, {"file": as_file(packed(files))}, follow=True)
    assert answer.status_code == 200
    return answer


def confirm(clerk, preview):
    form = page_of(preview).form_with("fingerprint")
    return clerk.post(form.action, {name: form.value(name) for name in form.values}, follow=True)


def fates(preview) -> dict[str, str]:
    return {o.picture.path: o.problem or (o.person.name, o.fate) for o in preview.context["outcomes"]}


# ---- reading the ZIP


@pytest.mark.parametrize(
    ("path", "name", "hint", "born_on"),
    [
        ("刘思源.jpg", "刘思源", "", None),
        ("照片/一组/刘 思 源.JPEG", "刘思源", "", None),
        ("张三_1980-05-03.jpg", "张三", "1980-05-03", date(1980, 5, 3)),
        ("张三_1980年5月3日.png", "张三", "1980年5月3日", date(1980, 5, 3)),
        ("张三_19800503.png", "张三", "19800503", date(1980, 5, 3)),
        ("张三\uff3f1980.5.3.png", "张三", "1980.5.3", date(1980, 5, 3)),
        ("张三_1980-05.jpg", "张三", "1980-05", None),
        ("张三_第3选区.jpg", "张三", "第3选区", None),
        ("阿依古丽·买买提.jpg", "阿依古丽·买买提", "", None),
        ("吴𠮷.jpg", "吴𠮷", "", None),
        ("1.jpg", "1", "", None),
    ],
)  # fmt: skip
def test_name_of_a_file_says_whom_it_means(path, name, hint, born_on):
    assert name_in(path) == (name, hint, born_on)


def test_folders_and_what_computers_put_in_by_themselves_are_passed_over():
    found = read(
        {
            "照片/": b"", "照片/刘思源.jpg": RED, "__MACOSX/照片/._刘思源.jpg": b"x", "照片/.DS_Store": b"x",
            "照片/Thumbs.db": b"x", "desktop.ini": b"x", "._马立.jpg": b"x",
        }
    )  # fmt: skip

    assert [(picture.path, picture.problem) for picture in found.values()] == [("照片/刘思源.jpg", "")]


@pytest.mark.parametrize(
    ("raw", "name"),
    [("刘思源.jpg".encode("gbk"), "刘思源"), ("刘思源.jpg".encode(), "刘思源"), ("杨䶮.jpg".encode("gb18030"), "杨䶮")],
)
def test_names_without_a_word_about_their_code_page_are_read(raw, name):
    (found,) = read_photo_zip(as_file(packed_raw({raw: RED})))

    assert (found.name, found.problem) == (name, "")


def test_name_kept_beside_the_code_page_is_read_where_that_has_no_such_character():
    plain, full = "wu_.jpg", "吴𠮷.jpg".encode()
    field = struct.pack("<BI", 1, zlib.crc32(plain.encode())) + full
    info = zipfile.ZipInfo(plain)
    info.extra = struct.pack("<HH", 0x7075, len(field)) + field
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr(info, RED)

    (found,) = read_photo_zip(as_file(output.getvalue()))

    assert (found.path, found.name, found.problem) == ("吴𠮷.jpg", "吴𠮷", "")


def test_pictures_come_out_small_and_as_pictures():
    found = read({"刘思源.png": picture("PNG", size=(1800, 1200)), "马立.webp": picture("WEBP")})

    assert opened(found["刘思源.png"].photo.content).size == (900, 600)
    assert found["刘思源.png"].photo.name == "刘思源.jpg"
    assert found["马立.webp"].photo.content_type == "image/jpeg"


def damaged_inside() -> dict[str, bytes]:
    content = packed({"刘思源.jpg": RED})
    at = content.index(RED) + 20
    return {"content": content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]}


def test_one_damaged_file_does_not_hold_up_the_others():
    (broken,) = read_photo_zip(as_file(damaged_inside()["content"]))
    found = read({"马立.jpg": RED[:200], "刘思源.doc": b"MZ no picture", "张三.jpg": b"", "好.jpg": RED})

    assert broken.problem == "“刘思源.jpg”不完整或已损坏，打不开。请重新保存这张照片后再上传。"
    assert found["马立.jpg"].problem == "“马立.jpg”不完整或已损坏，打不开。请重新保存这张照片后再上传。"
    assert found["刘思源.doc"].problem == "“刘思源.doc”不是照片。请上传 JPG、PNG、WebP 或 GIF 格式的照片。"
    assert found["张三.jpg"].problem == "“张三.jpg”是空文件。请重新选择后再上传。"
    assert (found["好.jpg"].problem, bool(found["好.jpg"].photo)) == ("", True)


def test_picture_beyond_the_size_of_one_photo_is_not_unpacked(monkeypatch):
    monkeypatch.setattr("deputies.photo_zip.MAX_SIZE", MEGABYTE)

    found = read({"刘思源.jpg": RED + b"\0" * MEGABYTE})

    assert found["刘思源.jpg"].problem == "“刘思源.jpg”超过 1 MB。请压缩或缩小后再上传。"


def encrypted() -> bytes:
    content = bytearray(packed({"刘思源.jpg": RED}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 0x1
    return bytes(content)


def bomb() -> bytes:
    return packed({"刘思源.jpg": b"\0" * 12 * MEGABYTE}, zipfile.ZIP_DEFLATED)


def lies_about_its_size() -> bytes:
    content = bytearray(packed({"刘思源.jpg": RED}))
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", 500 * MEGABYTE)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"Rar!\x1a\x07\x00", "这是 RAR 文件，本网站打不开。请把照片放在一个文件夹里，压缩成 ZIP 后再上传。"),
        (b"7z\xbc\xaf\x27\x1c", "这是 7Z 文件，本网站打不开。请把照片放在一个文件夹里，压缩成 ZIP 后再上传。"),
        (RED, "这个文件不是 ZIP 文件。请把照片放在一个文件夹里，压缩成 ZIP 后再上传。"),
        (packed({"刘思源.jpg": RED})[:-30], "这个 ZIP 文件不完整或已损坏，打不开。请重新压缩后再上传。"),
        (packed({"照片/": b"", ".DS_Store": b"x"}),
         "这个 ZIP 里没有照片。请把以姓名命名的照片（例如 张三.jpg）压缩后再上传。"),
        (packed({}), "这个 ZIP 里没有照片。请把以姓名命名的照片（例如 张三.jpg）压缩后再上传。"),
        (encrypted(), "这个 ZIP 加了密码。请去掉密码，重新压缩后再上传。"),
        (bomb(), "这个 ZIP 解开后过大，不能接收。请只放照片，分成几个 ZIP 文件上传。"),
        (lies_about_its_size(), "这个 ZIP 解开后过大，不能接收。请只放照片，分成几个 ZIP 文件上传。"),
        (packed({f"{n}.jpg": b"x" for n in range(201)}),
         "这个 ZIP 里有 201 张照片，一次最多 200 张。请分成几个 ZIP 文件上传。"),
        (packed({f"{n}.jpg": b"" for n in range(1001)}),
         "这个 ZIP 里有 1,001 个文件，太多了。请只放照片，一次最多 200 张。"),
        *((packed({path: RED}),
           "这个 ZIP 里有指向别处的文件名，不能接收。请把照片放在一个文件夹里，重新压缩后再上传。")
          for path in ("../刘.jpg", "照片/../../刘.jpg", "/etc/刘.jpg", "C:\\刘思源.jpg", "..\\刘思源.jpg")),
    ],
)  # fmt: skip
def test_zip_is_refused_before_anything_is_unpacked(content, sentence, monkeypatch):
    monkeypatch.setattr(zipfile.ZipFile, "open", None)

    with pytest.raises(UploadRefused) as told:
        read_photo_zip(as_file(content))

    assert str(told.value) == sentence


def test_zip_beyond_the_limit_is_refused_unread(monkeypatch):
    monkeypatch.setattr("deputies.photo_zip.MAX_ZIP", 10)

    with pytest.raises(UploadRefused, match="请分成几个 ZIP 文件，一个一个上传。"):
        read_photo_zip(as_file(packed({"刘思源.jpg": RED})))


# ---- whom each picture means, and the pages


def test_preview_says_for_each_file_whom_it_goes_to_or_why_not(people, signed_in, zhao):
    clerk = signed_in(zhao)
    confirm(clerk, choose(clerk, {"马立.jpg": RED}))

    preview = choose(
        clerk,
        {
            "刘思源.jpg": RED,
            "马立.jpg": RED,
            "张三_第3选区.jpg": RED,
            "张三_1980-05-03.jpg": RED,
            "张三.jpg": RED,
            "张三_1999-01-01.jpg": RED,
            "马立_第9选区.jpg": RED,
            "刘思缘.jpg": RED,
            "会议合影.jpg": b"no picture",
        },
    )

    assert fates(preview) == {
        "刘思源.jpg": ("刘思源", "new"),
        "马立.jpg": ("马立", "replaced"),
        "张三_第3选区.jpg": ("张三", "new"),
        "张三_1980-05-03.jpg": ("张三", "new"),
        "张三.jpg": "有 2 位“张三”。请在文件名里写上出生日期或选区，例如 张三_1980-05-03.jpg、张三_第3选区.jpg。",
        "张三_1999-01-01.jpg": "没有1999年1月1日出生的“张三”。请核对文件名，或先在档案里补上。",
        "马立_第9选区.jpg": "没有选区或社区是“第9选区”的“马立”。请核对文件名，或先在档案里补上。",
        "刘思缘.jpg": "档案里没有“刘思缘”。最接近的是“刘思源”。"
        "文件名要和姓名一样，例如 张三.jpg；还没有档案的，请先登记。",
        "会议合影.jpg": "“会议合影.jpg”不是照片。请上传 JPG、PNG、WebP 或 GIF 格式的照片。",
    }
    page = page_of(preview)
    assert all(str(fate) in page.text for fate in fates(preview).values() if isinstance(fate, str))
    assert "新上传 3 张，替换 1 张；5 个文件不能写入。" in page.text


def test_two_files_for_one_person_are_both_left_out(people, signed_in, zhao):
    preview = choose(signed_in(zhao), {"刘思源.jpg": RED, "b/刘思源.png": RED, "马立.jpg": RED})

    assert fates(preview) == {
        "刘思源.jpg": "和“b/刘思源.png”是同一个人的照片，请只留一张。",
        "b/刘思源.png": "和“刘思源.jpg”是同一个人的照片，请只留一张。",
        "马立.jpg": ("马立", "new"),
    }


def test_two_namesakes_of_one_district_need_the_birth_date(people, signed_in, zhao):
    MandateFactory(person=people["younger"], level="city", district="第3选区")

    preview = choose(signed_in(zhao), {"张三_第 3 选区.jpg": RED})

    assert fates(preview) == {
        "张三_第 3 选区.jpg": "选区或社区是“第 3 选区”的“张三”有 2 位，请改写出生日期，例如 张三_1980-05-03.jpg。"
    }
    assert "没有一个文件能写入。" in page_of(preview).text
    assert "fingerprint" not in preview.content.decode()


def test_confirmed_photos_are_written_and_the_others_left_out(
    people, signed_in, zhao, stored_files, django_capture_on_commit_callbacks
):
    clerk = signed_in(zhao)
    confirm(clerk, choose(clerk, {"马立.jpg": RED}))
    first = PersonPhoto.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        done = confirm(clerk, choose(clerk, {"刘思源.jpg": RED, "马立.jpg": RED, "张三.jpg": RED}))

    assert "已写入照片：新上传 1 张，替换 1 张，1 个文件没有写入。" in page_of(done).text
    assert {photo.person for photo in PersonPhoto.objects.all()} == {people["liu"], people["ma"]}
    assert not PersonPhoto.objects.filter(pk=first.pk).exists()
    assert len(stored_files()) == 2
    history = LogEntry.objects.order_by("pk").values_list("object_repr", "change_message")
    assert list(history) == [("马立", "上传照片。"), ("刘思源", "上传照片。"), ("马立", "更换照片。")]


@pytest.mark.parametrize("changed", ["namesake", "photo", "birth"])
def test_what_changed_since_the_preview_is_shown_anew_and_nothing_is_written(changed, people, signed_in, zhao):
    clerk = signed_in(zhao)
    preview = choose(clerk, {"刘思源.jpg": RED, "张三_1980-05-03.jpg": RED})
    if changed == "namesake":
        PersonFactory(name="刘思源")
    elif changed == "photo":
        other = signed_in(zhao)
        photo = SimpleUploadedFile("刘思源.jpg", picture(color=(0, 200, 0)))
        other.post(f"{PEOPLE}{people['liu'].pk}/photo/", {"photo": photo})
    else:
        Person.objects.filter(pk=people["younger"].pk).update(born_on=None)
    before = set(PersonPhoto.objects.values_list("pk", flat=True))

    late = confirm(clerk, preview)

    assert late.status_code == 409
    assert "预览之后，数据有了变化，所以没有写入。" in page_of(late).text
    assert set(PersonPhoto.objects.values_list("pk", flat=True)) == before
    assert confirm(clerk, late).status_code == 200
    assert PersonPhoto.objects.count() >= 1


def test_file_that_was_written_or_is_gone_is_asked_for_again(people, signed_in, zhao, sun):
    clerk = signed_in(zhao)
    preview = choose(clerk, {"刘思源.jpg": RED})
    form = page_of(preview).form_with("fingerprint")
    sent = {name: form.value(name) for name in form.values}
    gone = "这份文件已经写入过，或者放得太久、已经清除。"

    theirs = signed_in(sun).post(CONFIRM, sent, follow=True)
    assert gone in page_of(theirs).text
    assert PersonPhoto.objects.count() == 0

    clerk.post(CONFIRM, sent)
    assert PersonPhoto.objects.count() == 1
    for answer in (
        clerk.post(CONFIRM, sent, follow=True),
        clerk.get(CONFIRM, follow=True),
        clerk.get(PAGE, {"file": sent["file"]}, follow=True),
    ):
        assert gone in page_of(answer).text
    assert PersonPhoto.objects.count() == 1


def test_page_refuses_with_a_sentence_and_keeps_nothing(people, signed_in, zhao, stored_files):
    clerk = signed_in(zhao)

    assert "请选择 ZIP 文件。" in page_of(clerk.post(PAGE)).text
    assert "这个文件不是 ZIP 文件。" in page_of(clerk.post(PAGE, {"file": as_file(RED, "照片.zip")})).text
    assert stored_files() == []


@pytest.mark.parametrize("who", ["chen", "wu", "shen", "admin"])
def test_verb_refuses_who_may_not_change_people(who, people, cast):
    pictures = read_photo_zip(as_file(packed({"刘思源.jpg": RED})))

    with pytest.raises(PermissionDenied):
        workflow.store_photos(pictures, expected=workflow.plan_photos(pictures).fingerprint, by=cast[who], now=TODAY)

    assert PersonPhoto.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_preview_stays_within_its_queries(count, people, signed_in, zhao, django_assert_max_num_queries):
    clerk = signed_in(zhao)
    choose(clerk, {f"{person.name}.jpg": RED for person in PersonFactory.create_batch(count)})
    address = clerk.get(PAGE).request["PATH_INFO"]
    preview = choose(clerk, {f"{name}.jpg": RED for name in Person.objects.values_list("name", flat=True)})

    with django_assert_max_num_queries(8):
        clerk.get(address, {"file": preview.context["waiting"]["token"]})


# ---- taken away again


def test_photo_is_removed_row_and_file(people, signed_in, zhao, stored_files, django_capture_on_commit_callbacks):
    clerk, address = signed_in(zhao), f"{PEOPLE}{people['liu'].pk}/photo/"
    assert "删除照片" not in page_of(clerk.get(address)).text
    confirm(clerk, choose(clerk, {"刘思源.jpg": RED}))
    assert "删除照片" in page_of(clerk.get(address)).text
    assert len(stored_files()) == 1

    with django_capture_on_commit_callbacks(execute=True):
        answer = clerk.post(address, {"remove": "1"}, follow=True)

    assert "刘思源的照片已经删除，公示栏不再显示。" in page_of(answer).text
    assert (PersonPhoto.objects.count(), stored_files()) == (0, [])
    assert LogEntry.objects.order_by("pk").last().change_message == "删除照片。"
    again = clerk.post(address, {"remove": "1"}, follow=True)
    assert "刘思源现在没有照片，不用删除。" in page_of(again).text


@pytest.mark.parametrize("who", ["chen", "wu", "shen", "admin"])
def test_photo_is_removed_by_the_committee_alone(who, people, signed_in, cast, zhao):
    clerk, address = signed_in(zhao), f"{PEOPLE}{people['liu'].pk}/photo/"
    confirm(clerk, choose(clerk, {"刘思源.jpg": RED}))

    with pytest.raises(PermissionDenied):
        workflow.remove_photo(people["liu"], by=cast[who], now=TODAY)

    refused = signed_in(cast[who]).post(address, {"remove": "1"})
    assert refused.status_code == 403 or refused["Location"].startswith("/admin/login/")
    assert PersonPhoto.objects.count() == 1
