"""The front door of an import: a workbook as people make it, chosen, looked at and confirmed in a browser."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from tests.pages import Page, page_of

PEOPLE = "/admin/deputies/person/"
TITLES = (
    "姓名",
    "出生日期",
    "联系电话",
    "职务",
    "人大层级",
    "届次",
    "选区",
    "代表类别",
    "代表小组",
    "所在社区",
    "任职日期",
    "离任日期",
    "产生方式",
    "离任原因",
)


def workbook(rows: Iterable[Mapping[str, Any]], titles: Sequence[str] = TITLES) -> bytes:
    """Write a table with these rows (title → value) under a header."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(titles))
    for row in rows:
        assert set(row) <= set(titles), row
        sheet.append([row.get(title) for title in titles])
    return saved(book)


def saved(book: Workbook) -> bytes:
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def rows_in(content: bytes) -> list[dict[str, Any]]:
    """Read a workbook that came out: title → what stands in the cell."""
    header, *rows = load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


class Preview:
    """What a browser shows after a file was chosen: the preview, or the form again with a complaint."""

    def __init__(self, client: Client, response: Any, address: str) -> None:
        self.client, self.response, self.address = client, response, address
        self.page: Page = page_of(response)

    @property
    def text(self) -> str:
        return self.page.text

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Return how many rows are wrong, changed, new, the same."""
        counts = self.response.context["counts"]
        return counts["wrong"], counts["changed"], counts["new"], counts["same"]

    @property
    def faults(self) -> list[tuple[int, str, str]]:
        """Return what is wrong, as the page shows it: row, place, sentence."""
        found = [
            (outcome.number, fault.place, fault.sentence)
            for outcome, faults in self.show("wrong").response.context["rows"]
            for fault in faults
        ]
        text = self.show("wrong").text
        assert all(f"第 {row} 行" in text and place in text and sentence in text for row, place, sentence in found)
        return found

    @property
    def changes(self) -> dict[int, list[tuple[str, str, str]]]:
        """Return what would change, as the page shows it: row → column, old, new."""
        shown = self.show("changed")
        return {
            outcome.number: [(change.column, change.old, change.new) for change in outcome.changes]
            for outcome, _ in shown.response.context["rows"]
        }

    @property
    def can_be_confirmed(self) -> bool:
        return any("fingerprint" in form.values for form in self.page.forms)

    def show(self, fate: str) -> Preview:
        answer = self.client.get(self.address, {"file": self.token, "show": fate})
        assert answer.status_code == 200
        return Preview(self.client, answer, self.address)

    @property
    def token(self) -> str:
        return self.response.context["waiting"]["token"]

    def confirm(self) -> Page:
        """Press 确认导入 and return the page that follows."""
        form = self.page.form_with("fingerprint")
        answer = self.client.post(form.action, {name: form.value(name) for name in form.values}, follow=True)
        assert answer.status_code == 200
        return page_of(answer)


def choose(client: Client, content: bytes, *, name: str = "名单.xlsx", of: str = PEOPLE) -> Preview:
    """Choose this file on the import page."""
    answer = client.post(f"{of}import/", {"file": SimpleUploadedFile(name, content)}, follow=True)
    assert answer.status_code == 200
    return Preview(client, answer, f"{of}import/")


def choose_rows(client: Client, *rows: Mapping[str, Any], titles: Sequence[str] = TITLES, of: str = PEOPLE) -> Preview:
    return choose(client, workbook(rows, titles), of=of)
