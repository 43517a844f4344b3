"""Files from outside: recognised by content, checked before anything is unpacked, pictures re-encoded.

A file that gets through is a `PreparedFile`; `StoredFile` (models) keeps it, `file_response` hands it out.
Virus scanning is not done here.
"""

import hashlib
import io
import logging
import os
import threading
import zipfile
from dataclasses import dataclass

import filetype
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from PIL import Image

from congress_portal.common.refusal import Refusal
from congress_portal.common.text import without_refused_characters

logger = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
MAX_SIZE = 20 * MEGABYTE
LONG_SIDE = 2000
# The JPEG decoder makes a picture smaller while it decodes; every other one unfolds it whole, four bytes a pixel and
# more than one copy of them.
MAX_JPEG_PIXELS = 40_000_000
MAX_OTHER_PIXELS = 16_000_000
# Even so one picture takes up to a few hundred megabytes for a moment. Pillow decodes outside the interpreter's lock,
# so the threads of a process would add up their peaks: a few forms sent at once could take the machine's memory.
_ONE_PICTURE_AT_A_TIME = threading.Lock()

# Pillow opens an EPS named .jpg unless it is told what it may open.
PHOTO_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
JPEG_FORMATS = ("JPEG", "MPO")  # what Pillow calls a JPEG, and one with further pictures behind the first
JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENSIONS = {JPEG: ".jpg", PNG: ".png", PDF: ".pdf", DOCX: ".docx", XLSX: ".xlsx"}
# Only pictures we encoded ourselves are shown in place. A PDF may carry scripts, and browsers refuse to show
# one under `sandbox` anyway: it is always a download.
INLINE_TYPES = {JPEG, PNG}

# An office file of real work stays far below these; a bomb does not.
MAX_ENTRIES = 2_000
MAX_UNPACKED = 200 * MEGABYTE
MAX_RATIO = 100  # looked at only past 10 MB unpacked: small sheets of equal rows compress better than that
MAX_CONTENT_TYPES = MEGABYTE

_TURNS = {  # EXIF orientation to the turn that undoes it
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class UploadRefused(Refusal):
    """The file was not accepted; the text names the file, why, and what to do."""


@dataclass(frozen=True)
class PreparedFile:
    """A file that passed every check; ``name`` is safe to show, and never used as a path."""

    content: bytes
    name: str
    content_type: str
    width: int | None = None
    height: int | None = None

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def accept_photo(file: UploadedFile, *, long_side: int = LONG_SIDE) -> PreparedFile:
    """Re-encode a photo without any metadata, upright, at most ``long_side`` pixels on the long side.

    The result is JPEG, or PNG where parts are transparent. Raises UploadRefused.
    """
    name = _shown_name(file.name, "照片")
    _check_size(file, name)
    head = _head(file)
    if filetype.guess_mime(head) in {"image/heic", "image/heif", "image/avif"}:
        raise UploadRefused(f"“{name}”是 HEIC 格式，本网站打不开。请在手机上存成 JPG 后再上传。")

    try:
        with _ONE_PICTURE_AT_A_TIME, Image.open(file, formats=PHOTO_FORMATS) as image:
            # Known from the header; decoding has not begun. Only the first frame is ever decoded.
            if image.width * image.height > (MAX_JPEG_PIXELS if image.format in JPEG_FORMATS else MAX_OTHER_PIXELS):
                raise Image.DecompressionBombError
            image = _upright_and_small(image, long_side)
            content, content_type = _encoded(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UploadRefused(
            f"“{name}”的像素太多。JPG 照片最多 4000 万像素，其他格式最多 1600 万像素。请缩小后再上传。"
        ) from None
    except Image.UnidentifiedImageError:
        raise UploadRefused(f"“{name}”不是照片。请上传 JPG、PNG、WebP 或 GIF 格式的照片。") from None
    except Exception as error:  # Pillow raises nearly anything on hostile or damaged data
        logger.info("A photo could not be decoded: %r", error)
        raise UploadRefused(f"“{name}”不完整或已损坏，打不开。请重新保存这张照片后再上传。") from None

    return PreparedFile(content, _with_extension(name, content_type), content_type, image.width, image.height)


def accept_document(file: UploadedFile) -> PreparedFile:
    """Take a reply file: PDF, DOCX, XLSX as they are, a photo re-encoded. Raises UploadRefused."""
    name = _shown_name(file.name, "文件")
    _check_size(file, name)
    head = _head(file)
    if (filetype.guess_mime(head) or "").startswith("image/"):
        return accept_photo(file)

    content = file.read()
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise UploadRefused(f"“{name}”不完整，可能没有传完。请重新生成 PDF 后再上传。")
        content_type = PDF
    elif content.startswith(b"PK\x03\x04"):
        content_type = _office_type(content, name)
    elif content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise UploadRefused(f"“{name}”是旧版办公文件或已加密。请另存为不加密的 DOCX、XLSX 或 PDF 后再上传。")
    else:
        raise UploadRefused(f"“{name}”的内容不是可以接收的格式。请上传 PDF、DOCX、XLSX 文件或照片。")
    return PreparedFile(content, _with_extension(name, content_type), content_type)


def file_response(stored, *, as_attachment: bool) -> HttpResponseBase:
    """Hand out a StoredFile. The caller has asked for permission; nobody else does."""
    return private_response(
        stored.file, name=stored.original_name, content_type=stored.content_type, as_attachment=as_attachment
    )


def private_response(file: FieldFile, *, name: str, content_type: str, as_attachment: bool = True) -> HttpResponseBase:
    """Hand out any private file, by the proxy in front (X-Accel-Redirect) or by this process.

    Types not on the list go out as plain bytes to save, and nothing but our own pictures is shown in place.
    """
    if content_type not in EXTENSIONS:
        content_type = "application/octet-stream"
    as_attachment = as_attachment or content_type not in INLINE_TYPES
    if settings.USE_X_ACCEL_REDIRECT:
        response: HttpResponseBase = HttpResponse(content_type=content_type)
        response["X-Accel-Redirect"] = file.url
    else:
        try:
            response = FileResponse(file.open("rb"), content_type=content_type)
        except FileNotFoundError:
            logger.error("A private file has a row but is not in storage: %s", file.name)
            raise Http404("文件不在了。") from None
        except OSError:
            logger.exception("A private file could not be read: %s", file.name)
            return HttpResponse(render_to_string("503.html"), status=503)
    response["Content-Disposition"] = content_disposition_header(as_attachment, name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _shown_name(name, fallback):
    """Return the last part of the name without paths, control and direction characters."""
    name = without_refused_characters((name or "").replace("\\", "/").rsplit("/", 1)[-1])
    stem, extension = os.path.splitext(" ".join(name.split()).lstrip(". "))
    return f"{stem[:80] or fallback}{extension[:10]}"


def _with_extension(name, content_type):
    stem, extension = os.path.splitext(name)
    same = {".jpeg": ".jpg"}.get(extension.lower(), extension.lower()) == EXTENSIONS[content_type]
    return name if same else stem + EXTENSIONS[content_type]


def _check_size(file, name):
    if not file.size:
        raise UploadRefused(f"“{name}”是空文件。请重新选择后再上传。")
    if file.size > MAX_SIZE:
        raise UploadRefused(f"“{name}”超过 20 MB。请压缩或缩小后再上传。")


def _head(file):
    file.seek(0)
    head = file.read(8192)
    file.seek(0)
    return head


def _upright_and_small(image, long_side):
    """Return the first frame as RGB or RGBA pixels and nothing else, turned as the camera was held."""
    try:
        orientation = image.getexif().get(0x0112)
    except Exception:  # damaged EXIF; the picture itself may be fine
        orientation = None
    if image.mode == "P" or "transparency" in image.info:
        image = image.convert("RGBA")
    image.thumbnail((long_side, long_side))  # lets the JPEG decoder scale while it decodes: less memory
    mode = "RGBA" if image.has_transparency_data and image.convert("RGBA").getextrema()[3][0] < 255 else "RGB"
    image = image.convert(mode)
    if orientation in _TURNS:
        image = image.transpose(_TURNS[orientation])
    # EXIF, comments, text chunks and colour profiles live on the object; a new one has none to write.
    clean = Image.new(mode, image.size)
    clean.paste(image)
    return clean


def _encoded(image):
    output = io.BytesIO()
    if image.mode == "RGBA":
        image.save(output, "PNG", optimize=True)
        return output.getvalue(), PNG
    image.save(output, "JPEG", quality=85, optimize=True)
    return output.getvalue(), JPEG


def _office_type(content, name):
    """Return the type of an Office Open XML file from its list of parts, unpacking nothing but that list."""
    damaged = UploadRefused(f"“{name}”不完整或已损坏，打不开。请重新保存后再上传。")
    wrong = UploadRefused(f"“{name}”不是 Word 或 Excel 文件。请上传 PDF、DOCX、XLSX 文件或照片。")
    too_big = UploadRefused(f"“{name}”解开后过大，不能接收。请删减内容或改成 PDF 后再上传。")
    macros = UploadRefused(f"“{name}”含有宏，不能接收。请另存为不含宏的 DOCX 或 XLSX 后再上传。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
                raise too_big
            if unpacked > 10 * MEGABYTE and unpacked > MAX_RATIO * len(content):
                raise too_big
            names = [entry.filename for entry in entries]
            if len(set(names)) < len(names) or any(n.startswith("/") or ".." in n or "\\" in n for n in names):
                raise damaged
            if any(entry.flag_bits & 0x1 for entry in entries):
                raise UploadRefused(f"“{name}”加了密码。请去掉密码后再上传。")
            if any("vbaproject" in n.lower() or "macrosheets/" in n.lower() for n in names):
                raise macros
            if "OFD.xml" in names:
                raise UploadRefused(f"“{name}”是 OFD 格式。请转成 PDF 后再上传。")
            if "[Content_Types].xml" not in names:
                raise wrong
            if archive.getinfo("[Content_Types].xml").file_size > MAX_CONTENT_TYPES:
                raise too_big
            types = archive.read("[Content_Types].xml")
    except UploadRefused:
        raise
    except Exception as error:  # zipfile raises struct, zlib, Unicode and its own errors on damaged archives
        logger.info("An office file could not be read: %r", error)
        raise damaged from None
    if b"macroEnabled" in types or b"vbaProject" in types:
        raise macros
    if b"<!DOCTYPE" in types or b"<!ENTITY" in types:
        raise damaged
    for content_type in (DOCX, XLSX):
        if f"{content_type}.main+xml".encode() in types:
            return content_type
    raise wrong
