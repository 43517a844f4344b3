"""A ZIP of portraits, each named by its person: looked at from outside first, then opened picture by picture.

Knows files and names only; whom a name means is decided by the verb (``deputies.workflow.photos``).
"""

from __future__ import annotations

import logging
import re
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from congress_portal.common.spreadsheets import CellRefused, Column, Kind
from congress_portal.common.spreadsheets.cells import parse
from congress_portal.common.text import without_refused_characters
from congress_portal.common.uploads import MAX_SIZE, MEGABYTE, PreparedFile, UploadRefused, accept_photo

logger = logging.getLogger(__name__)

MAX_ZIP = 100 * MEGABYTE
MAX_PICTURES = 200
MAX_ENTRIES = 1_000  # with folders and what computers put in by themselves
MAX_UNPACKED = 400 * MEGABYTE
MAX_RATIO = 100  # pictures are compressed already; looked at only past 10 MB unpacked
PORTRAIT_SIDE = 900  # pixels: 70 mm on a printed board at 300 dpi, and light enough for a page with a hundred of them

_IGNORED = {"thumbs.db", "desktop.ini", ".ds_store"}
_UNICODE_PATH = 0x7075  # the extra field in which Windows programs keep a name that their own code page cannot write
_UTF8_FLAG, _ENCRYPTED = 0x800, 0x1
# The second is the wide one of Chinese keyboards.
_PARTS = re.compile("[_\uff3f]")
_DAY_RUN = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_IN_PARTS = re.compile(r"\d+\D+\d+\D+\d+\D*")  # a month alone is no day


@dataclass(frozen=True)
class NamedPicture:
    """One file of the ZIP: whom its name says, and the picture, or the reason why there is none.

    ``hint`` is what stands after the name to tell namesakes apart: ``born_on`` where it is a day.
    """

    path: str
    name: str
    hint: str = ""
    born_on: date | None = None
    photo: PreparedFile | None = None
    problem: str = ""


def read_photo_zip(file: UploadedFile) -> list[NamedPicture]:
    """Return the pictures of a ZIP in the order of their names, each small, upright and without metadata.

    What is wrong with one picture stands at that picture. Raises UploadRefused for what is wrong with the whole file:
    no ZIP, damaged, encrypted, too many or too large, or made to do harm. Nothing is unpacked before that is certain.
    """
    if (file.size or 0) > MAX_ZIP:
        raise UploadRefused(f"这个文件超过 {MAX_ZIP // MEGABYTE} MB。请分成几个 ZIP 文件，一个一个上传。")
    file.seek(0)
    head = file.read(8)
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        kind = "RAR" if head.startswith(b"Rar!") else "7Z" if head.startswith(b"7z\xbc\xaf") else ""
        told = f"这是 {kind} 文件，本网站打不开。" if kind else "这个文件不是 ZIP 文件。"
        raise UploadRefused(f"{told}请把照片放在一个文件夹里，压缩成 ZIP 后再上传。")
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = _entries(archive)
            return [_picture(archive, path, entry) for path, entry in entries]
    except UploadRefused:
        raise
    except Exception as error:  # zipfile raises struct, zlib, Unicode and its own errors on damaged archives
        logger.info("A ZIP of photos could not be read: %r", error)
        raise UploadRefused("这个 ZIP 文件不完整或已损坏，打不开。请重新压缩后再上传。") from None


def name_in(path: str) -> tuple[str, str, date | None]:
    """Return whom a file's name says: the name, what stands after it, and the day that this is, if it is one."""
    stem = PurePosixPath(path).stem
    name, *others = _PARTS.split(stem, maxsplit=1)
    hint = "".join(others).strip()
    try:
        name = str(parse(Column("姓名", Kind.NAME), unicodedata.normalize("NFC", name)) or "")
    except CellRefused:
        name = name.strip()
    return name, hint, _day(hint)


# ---- private


def _entries(archive: zipfile.ZipFile) -> list[tuple[str, zipfile.ZipInfo]]:
    """Return what should be pictures with their names, after a look at the whole from outside."""
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:
        raise UploadRefused(f"这个 ZIP 里有 {len(infos):,} 个文件，太多了。请只放照片，一次最多 {MAX_PICTURES} 张。")
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if unpacked > MAX_UNPACKED or (unpacked > 10 * MEGABYTE and unpacked > MAX_RATIO * max(packed, 1)):
        raise UploadRefused("这个 ZIP 解开后过大，不能接收。请只放照片，分成几个 ZIP 文件上传。")
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise UploadRefused("这个 ZIP 加了密码。请去掉密码，重新压缩后再上传。")
    named = [(_path(info), info) for info in infos]
    if any(_leads_out(path) for path, _ in named):
        raise UploadRefused("这个 ZIP 里有指向别处的文件名，不能接收。请把照片放在一个文件夹里，重新压缩后再上传。")
    pictures = [(path, info) for path, info in named if not info.is_dir() and not _is_ignored(path)]
    if not pictures:
        raise UploadRefused("这个 ZIP 里没有照片。请把以姓名命名的照片（例如 张三.jpg）压缩后再上传。")
    if len(pictures) > MAX_PICTURES:
        raise UploadRefused(
            f"这个 ZIP 里有 {len(pictures)} 张照片，一次最多 {MAX_PICTURES} 张。请分成几个 ZIP 文件上传。"
        )
    return sorted(pictures, key=lambda item: item[0])


def _picture(archive: zipfile.ZipFile, path: str, info: zipfile.ZipInfo) -> NamedPicture:
    shown = without_refused_characters(path)
    name, hint, born_on = name_in(shown)
    photo, problem = None, ""
    try:
        photo = _photo(archive, info, file_name=PurePosixPath(shown).name)
    except UploadRefused as refusal:
        problem = str(refusal)
    return NamedPicture(shown, name, hint, born_on, photo, problem)


def _photo(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, file_name: str) -> PreparedFile:
    if info.file_size > MAX_SIZE:
        raise UploadRefused(f"“{file_name}”超过 {MAX_SIZE // MEGABYTE} MB。请压缩或缩小后再上传。")
    try:
        with archive.open(info) as stream:
            content = stream.read(MAX_SIZE + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, struct.error) as error:
        logger.info("A picture of a ZIP could not be read: %r", error)
        raise UploadRefused(f"“{file_name}”不完整或已损坏，打不开。请重新保存这张照片后再上传。") from None
    return accept_photo(SimpleUploadedFile(file_name or "照片", content), long_side=PORTRAIT_SIDE)


def _path(info: zipfile.ZipInfo) -> str:
    """Return a file's name as the computer that packed it wrote it.

    Windows programs write the code page of their country without saying so, those of macOS write UTF-8 without saying
    so, and zipfile reads both as the code page of an American PC.
    """
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    if told := _unicode_path(info):
        return told
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _unicode_path(info: zipfile.ZipInfo) -> str:
    """Return the name kept beside the one in the code page; characters such as 𠮷 stand only there."""
    extra = info.extra
    while len(extra) >= 4:
        tag, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if tag == _UNICODE_PATH and len(field) > 5 and field[0] == 1:
            (checksum,) = struct.unpack_from("<I", field, 1)
            if checksum == zlib.crc32(info.orig_filename.encode("cp437", "replace")):
                return field[5:].decode("utf-8", "replace")
    return ""


def _leads_out(path: str) -> bool:
    parts = path.replace("\\", "/").split("/")
    return path.startswith(("/", "\\")) or ".." in parts or bool(re.match(r"[A-Za-z]:", path))


def _is_ignored(path: str) -> bool:
    *folders, name = path.replace("\\", "/").split("/")
    return "__MACOSX" in folders or name.startswith("._") or name.lower() in _IGNORED


def _day(text: str) -> date | None:
    if run := _DAY_RUN.fullmatch(text):
        text = "-".join(run.groups())
    if not _DAY_IN_PARTS.fullmatch(text):
        return None
    try:
        day = parse(Column("出生日期", Kind.DAY), text)
    except CellRefused:
        return None
    return day if isinstance(day, date) else None
