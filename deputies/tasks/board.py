"""The printed board: a poster for the wall, and the cards with each person's code (代表码)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urljoin

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from congress_portal.accounts.models import Committee
from congress_portal.common.jobs import JobResult, RunningJob, job_handler
from congress_portal.common.pdf import render_pdf
from congress_portal.common.qr import qr_svg
from congress_portal.common.refusal import Refusal
from congress_portal.common.uploads import PDF
from deputies.choices import MandateKind
from deputies.models import DeputyGroup, Person
from deputies.portraits import as_data_url
from deputies.selectors import board
from deputies.selectors.board import Card

PRINT_POSTER = "deputies.tasks.board.print_poster"
PRINT_CODES = "deputies.tasks.board.print_codes"

POSTER_COLUMNS, CODE_COLUMNS = 4, 2
PHOTOS_A_STEP = 10


class NobodyToPrint(Refusal):
    """Whoever was to be printed has left office since."""


@dataclass(frozen=True)
class Printed:
    """A card with what paper needs of it: the photo itself, and the QR code of its page."""

    card: Card
    photo: str = ""
    qr: SafeString | str = ""

    @property
    def name_parts(self) -> list[str]:
        """The name as it may be broken: 阿依古丽 and 买买提, with the dot between them."""
        return self.card.name.split("·")

    @property
    def is_rare(self) -> bool:
        """Whether a character is outside GB 2312. Then all of the name is set in the font that has it: one look."""
        try:
            self.card.name.replace("·", "").encode("gb2312")
        except UnicodeEncodeError:
            return True
        return False


@job_handler(PRINT_POSTER)
def print_poster(job: RunningJob) -> JobResult:
    """Print the board on A3: ``params`` are kind, group (a key or None) and base, the portal's own address."""
    kind, group, cards = _asked(job)
    printed = []
    for number, card in enumerate(cards):
        if number % PHOTOS_A_STEP == 0:
            job.progress(5 + 55 * number // len(cards), f"正在准备照片，{number} / {len(cards)}")
        printed.append(Printed(card, photo=_photo(card.person)))
    job.progress(60, "正在排版")
    sections = [
        (heading, _rows(list(members), POSTER_COLUMNS))
        for heading, members in groupby(printed, key=lambda item: group.name if group else item.card.heading)
    ]
    context = _context(kind, group) | {
        "sections": sections,
        "qr": qr_svg(urljoin(job.params["base"], reverse("board"))),
        "today": timezone.localdate(),
    }
    return JobResult(
        render_pdf(render_to_string("pdf/board_poster.html", context)), f"{_title(kind, group)}公示栏.pdf", PDF
    )


@job_handler(PRINT_CODES)
def print_codes(job: RunningJob) -> JobResult:
    """Print a sheet of cards on A4, ten a page, to be cut and given out; ``params`` as for the poster."""
    kind, group, cards = _asked(job)
    job.progress(10, "正在画二维码")
    printed = [Printed(card, qr=qr_svg(urljoin(job.params["base"], card.url))) for card in cards]
    job.progress(40, "正在排版")
    context = _context(kind, group) | {"rows": _rows(printed, CODE_COLUMNS)}
    return JobResult(
        render_pdf(render_to_string("pdf/deputy_codes.html", context)), f"{_title(kind, group)}代表码.pdf", PDF
    )


def _asked(job: RunningJob) -> tuple[MandateKind, DeputyGroup | None, list[Card]]:
    kind = MandateKind(job.params["kind"])
    group = DeputyGroup.objects.filter(pk=job.params["group"]).first() if job.params["group"] else None
    people = board.people_on_board(today=timezone.localdate(), kind=kind, group=group)
    committee = Committee.objects.first()
    cards = board.cards(people, district_name=committee.district_name if committee else "")
    if not cards:
        raise NobodyToPrint(f"现在没有在任的{_title(kind, group)}，没有可以印的。请先在名册里登记任职。")
    return kind, group, cards


def _rows(printed: list[Printed], columns: int) -> list[list[Printed]]:
    return [printed[start : start + columns] for start in range(0, len(printed), columns)]


def _context(kind: MandateKind, group: DeputyGroup | None) -> dict[str, object]:
    return {"committee": Committee.objects.first(), "kind": kind, "group": group, "title": _title(kind, group)}


def _title(kind: MandateKind, group: DeputyGroup | None) -> str:
    return f"{group}{kind.label}" if group else str(kind.label)


def _photo(person: Person) -> str:
    photo = getattr(person, "photo", None)
    if photo is None:
        return ""
    try:
        with photo.file.open("rb") as file:
            return as_data_url(file)
    except OSError:
        return ""  # the row is there and the file is not: the place stays empty, the others are printed
