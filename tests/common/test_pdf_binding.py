"""Many parts bound into one PDF: numbered through, each on a new page, a batch of them at a time."""

from __future__ import annotations

import io

import pypdf
import pytest

from congress_portal.common import pdf
from congress_portal.common.pdf import PdfNotPossible, bind_pdfs

PAGE = """<style>
@page :right { @bottom-right { content: "R" counter(page) } }
@page :left { @bottom-left { content: "L" counter(page) } }
p { break-after: page }
p:last-child { break-after: auto }
</style>"""


def _part(name: str, pages: int) -> tuple[str, str]:
    return name, PAGE + "".join(f"<p>{name}{number}</p>" for number in range(1, pages + 1))


def _front(contents: list[tuple[str, int]]) -> str:
    return "<p>FRONT " + " ".join(f"{title}={page}" for title, page in contents) + "</p>"


def _bound(parts, **more) -> pypdf.PdfReader:
    content = bind_pdfs(parts, **{"title": "Book", "front": _front, "progress": lambda done: None} | more)
    return pypdf.PdfReader(io.BytesIO(content))


def _texts(book: pypdf.PdfReader) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in book.pages]


@pytest.mark.parametrize("at_once", [1, 2, 20])
def test_pages_are_numbered_through_whatever_is_set_at_once(monkeypatch, at_once):
    monkeypatch.setattr(pdf, "BATCH_PARTS", at_once)

    book = _bound([_part("A", 1), _part("B", 3), _part("C", 1)])

    assert _texts(book) == ["FRONT A=1 B=2 C=5", "", "A1 R1", "B1 L2", "B2 R3", "B3 L4", "C1 R5"]
    assert [(entry.title, book.get_destination_page_number(entry)) for entry in book.outline] == [
        ("A", 2),
        ("B", 3),
        ("C", 6),
    ]
    assert book.metadata.title == "Book"


def test_a_front_of_two_pages_needs_no_blank_one():
    book = _bound([_part("A", 1)], front=lambda contents: PAGE + "<p>F1</p><p>F2</p>")

    assert len(book.pages) == 3


def test_parts_are_taken_a_batch_at_a_time_and_progress_is_told(monkeypatch):
    monkeypatch.setattr(pdf, "BATCH_PARTS", 2)
    happened: list[str] = []

    def parts():
        for name in "ABC":
            happened.append(name)
            yield _part(name, 1)

    _bound(parts(), progress=lambda done: happened.append(str(done)))

    assert happened == ["A", "B", "C", "2", "3"]  # the third is looked at before the second batch is closed


def test_long_parts_make_small_batches(monkeypatch):
    monkeypatch.setattr(pdf, "BATCH_LENGTH", 100)
    told: list[int] = []

    _bound([_part("A", 1), _part("B", 1)], progress=told.append)

    assert told == [1, 2]


def test_what_goes_wrong_in_a_part_is_told_in_a_sentence(monkeypatch):
    monkeypatch.setattr(pdf, "MEMORY", 60 * 1024**2)

    with pytest.raises(PdfNotPossible, match="没有得到文件"):
        _bound([_part("A", 1)])


def test_parts_fetch_nothing():
    book = _bound([("A", '<p>A<img src="file:///etc/passwd"></p>')])

    assert _texts(book)[2] == "A"
