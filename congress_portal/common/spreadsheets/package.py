"""The file as a whole: is it a workbook at all, and can its parts be unpacked and read without harm.

openpyxl is not used to read. Row by row it believes the extent that is stated (WPS may state A1:A1), knows no merged
cells and no hidden rows, and keeps a node for each of a million empty rows; as a whole it stops at looks that Excel
accepts, such as an empty fill.
"""

import io
import logging
import re
import zipfile
import zlib
from collections.abc import Callable
from xml.parsers import expat

from congress_portal.common.refusal import Refusal
from congress_portal.common.spreadsheets.stored import quoted

logger = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
MAX_SIZE = 5 * MEGABYTE
MAX_ENTRIES = 1_000
MAX_UNPACKED = 120 * MEGABYTE
MAX_RATIO = 100  # looked at only past 10 MB unpacked: small sheets of equal rows compress better than that
# All parts together. A sheet formatted down to its last row has a million rows and nothing in them.
MAX_ELEMENTS = 1_500_000
MAX_DEPTH = 60
# Expat reads an unfinished tag from its start again with every piece, so one endless tag would take for ever.
MAX_TAG = 256 * 1024
_PIECE = 64 * 1024

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(!doctype html|html|head|meta|table|body|style)", re.I | re.S
)
SAVE_AS = "请用 Excel 或 WPS 表格打开，另存为“Excel 工作簿（*.xlsx）”后再导入。"


class SheetRefused(Refusal):
    """The whole file cannot be read; the sentence says why and what to do."""


# What reading a damaged or forged part raises, here and in those who make sense of its elements.
_DAMAGE = (
    expat.ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    LookupError,
    OverflowError,
    TypeError,
    ValueError,
)
StartElement = Callable[[str, dict[str, str]], None]
EndElement = Callable[[str, str], None]


class Package:
    """The parts of a workbook, none of them unpacked before it is asked for."""

    def __init__(self, content: bytes, *, file_name: str) -> None:
        """Check the file and its list of parts. Raises SheetRefused."""
        self.name = quoted(file_name.replace("\\", "/").rsplit("/", 1)[-1])
        _check_what_it_is(content, self.name)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except Exception as error:  # zipfile raises struct, Unicode and its own errors on damaged archives
            logger.info("A workbook could not be opened: %s", type(error).__name__)
            raise self.damaged() from None
        self._elements = 0
        self._check_list_of_parts(len(content))

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._parts

    def walk(self, part: str, *, start: StartElement, end: EndElement) -> None:
        """Read an XML part piece by piece: ``start(name, attributes)``, ``end(name, text right inside)``.

        Names come without prefix, which programs choose as they like. Raises SheetRefused.
        """
        elements, depth = self._elements, 0
        texts: list[str] = []

        # Functions in here and no object, for speed: a sheet formatted to its end calls them a million times.
        def on_start(name: str, attributes: dict[str, str]) -> None:
            nonlocal elements, depth
            elements += 1
            depth += 1
            if elements > MAX_ELEMENTS:
                raise self.too_much()
            if depth > MAX_DEPTH:
                raise self.damaged()
            if texts:
                texts.clear()
            start(name.rpartition(":")[2] if ":" in name else name, attributes)

        def on_end(name: str) -> None:
            nonlocal depth
            depth -= 1
            text = "".join(texts) if texts else ""
            texts.clear()
            end(name.rpartition(":")[2] if ":" in name else name, text)

        def refuse(*doctype: object) -> None:
            raise self.damaged()

        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = on_start, on_end
        parser.CharacterDataHandler = texts.append
        # Where there is no DTD there is no entity to expand or to fetch.
        parser.StartDoctypeDeclHandler = refuse
        fed = 0
        try:
            with self._archive.open(self._parts[part.lower()]) as unpacked:
                while piece := unpacked.read(_PIECE):
                    fed += len(piece)
                    parser.Parse(piece, False)
                    if fed - parser.CurrentByteIndex > MAX_TAG:
                        raise self.damaged()
            parser.Parse(b"", True)
        except _DAMAGE as error:
            # Not the error itself: it may quote a cell, and cells hold personal data.
            logger.info("Part %s of a workbook could not be read: %s", part, type(error).__name__)
            raise self.damaged() from None
        finally:
            self._elements = elements

    def _check_list_of_parts(self, size: int) -> None:
        entries = self._archive.infolist()
        names = [entry.filename for entry in entries]
        # A list that understates the sizes does no harm: zipfile unpacks no more than it says and then refuses.
        unpacked = sum(entry.file_size for entry in entries)
        if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
            raise self.too_much()
        if unpacked > 10 * MEGABYTE and unpacked > MAX_RATIO * size:
            raise self.too_much()
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise SheetRefused(f"{self.name}加了密码。请去掉密码后再导入。")
        # Names of parts are compared without case, and some programs write them with backslashes.
        self._parts = {name.replace("\\", "/").lstrip("/").lower(): name for name in names}
        if len(self._parts) < len(names):
            raise self.damaged()
        if any("vbaproject" in part or "macrosheets/" in part for part in self._parts):
            raise self.macros()
        if any("externallinks/" in part for part in self._parts):
            raise SheetRefused(
                f"{self.name}引用了别的文件。请在 Excel 的“数据—编辑链接”里断开链接，把公式改成数值，保存后再导入。"
            )
        if "xl/workbook.bin" in self._parts:
            raise SheetRefused(f"{self.name}是二进制工作簿（XLSB）。{SAVE_AS}")
        if "[content_types].xml" not in self._parts or not any(part.startswith("xl/") for part in self._parts):
            raise SheetRefused(f"{self.name}不是 Excel 工作簿。{SAVE_AS}")

    def damaged(self) -> SheetRefused:
        return SheetRefused(f"{self.name}不完整或已损坏，打不开。请用 Excel 或 WPS 表格重新保存后再导入。")

    def too_much(self) -> SheetRefused:
        return SheetRefused(f"{self.name}解开后内容过多，不能接收。请把要导入的行复制到新建的表格里，保存后再导入。")

    def macros(self) -> SheetRefused:
        return SheetRefused(f"{self.name}含有宏，不能接收。请另存为不含宏的“Excel 工作簿（*.xlsx）”后再导入。")


def _check_what_it_is(content: bytes, name: str) -> None:
    """Refuse what is no zip archive, naming what it seems to be."""
    if not content:
        raise SheetRefused(f"{name}是空文件。请重新选择后再导入。")
    if len(content) > MAX_SIZE:
        raise SheetRefused(f"{name}超过 5 MB。请删去图片和用不到的工作表，或分成几个文件导入。")
    if content.startswith(_ZIP):
        return
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise SheetRefused(f"{name}加了密码。请去掉密码后再导入。")
        raise SheetRefused(f"{name}是旧版表格（XLS 或 ET）。{SAVE_AS}")
    head = content[:4096].removeprefix(b"\xef\xbb\xbf")
    if _HTML.match(head):
        raise SheetRefused(f"{name}其实是网页，不是 Excel 工作簿。{SAVE_AS}")
    if head.startswith(b"%PDF-"):
        raise SheetRefused(f"{name}是 PDF 文件，不能读取其中的表格。请选择 Excel 工作簿。")
    if _is_text(content):
        raise SheetRefused(f"{name}是文本文件（如 CSV），不是 Excel 工作簿。{SAVE_AS}")
    raise SheetRefused(f"{name}不是 Excel 工作簿。{SAVE_AS}")


def _is_text(content: bytes) -> bool:
    has_mark = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if has_mark else ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search("[\x00-\x08\x0e-\x1f]", text):
            return True
    return False
