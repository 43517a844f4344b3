"""Reading a PDF as a ruler does: which text stands where, in which font."""

import io
from dataclasses import dataclass

import pypdf
from pypdf.generic import NameObject


@dataclass(frozen=True)
class Line:
    """Everything on one baseline. Positions in points from the lower left corner of the page."""

    x: float
    y: float
    text: str
    fonts: tuple[str, ...]
    size: float


def pages_of(pdf: bytes) -> list[pypdf.PageObject]:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    for page in pages:
        for font in page["/Resources"].get("/Font", {}).values():
            # WeasyPrint spells the identity encoding out as a stream, which pypdf does not read.
            if not isinstance(font["/Encoding"], str):
                font.get_object()[NameObject("/Encoding")] = NameObject("/Identity-H")
    return list(pages)


def lines_of(page: pypdf.PageObject) -> list[Line]:
    """Return the page's lines from top to bottom."""
    found: dict[float, list] = {}

    def visit(text, matrix, text_matrix, font, size):
        if text.strip():
            x = text_matrix[4] * matrix[0] + matrix[4]
            y = text_matrix[5] * matrix[3] + matrix[5]
            found.setdefault(round(y, 1), []).append((x, y, text.strip("\n"), font["/BaseFont"], size * matrix[0]))

    page.extract_text(visitor_text=visit)
    return [
        Line(
            x=min(piece[0] for piece in pieces),
            y=pieces[0][1],
            text="".join(piece[2] for piece in pieces),
            fonts=tuple(dict.fromkeys(piece[3].split("+")[1] for piece in pieces)),
            size=round(pieces[0][4], 2),
        )
        for _, pieces in sorted(found.items(), reverse=True)
    ]


def embedded_fonts(pdf: bytes) -> set[str]:
    """Return the names of the fonts whose outlines are in the file."""
    names = set()
    for page in pages_of(pdf):
        for font in page["/Resources"].get("/Font", {}).values():
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(descriptor), f"{font['/BaseFont']} is not embedded"
            names.add(font["/BaseFont"].split("+")[1])
    return names
