"""Pictures and office files made for the tests, good and hostile."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
XLSX_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def picture(format="JPEG", size=(64, 48), mode="RGB", color=(200, 30, 30), **options) -> bytes:
    output = io.BytesIO()
    Image.new(mode, size, color).save(output, format, **options)
    return output.getvalue()


def half_and_half(format="JPEG", size=(80, 40), **options) -> bytes:
    """Left half red, right half blue."""
    image = Image.new("RGB", size, (255, 0, 0))
    image.paste((0, 0, 255), (size[0] // 2, 0, *size))
    output = io.BytesIO()
    image.save(output, format, **options)
    return output.getvalue()


def upload(content: bytes, name="照片.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def office_file(main_type=DOCX_MAIN, parts=None, compression=zipfile.ZIP_DEFLATED) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", compression) as archive:
        types = f'<?xml version="1.0"?><Types><Override PartName="/main.xml" ContentType="{main_type}"/></Types>'
        for name, content in ({"[Content_Types].xml": types} | (parts or {"main.xml": "<x/>"})).items():
            archive.writestr(name, content)
    return output.getvalue()
