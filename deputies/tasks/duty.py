"""The worker's part of duty files: one person's, or those of many bound in one book with contents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from congress_portal.accounts.models import Committee
from congress_portal.common.jobs import JobResult, RunningJob, job_handler
from congress_portal.common.pdf import bind_pdfs, render_pdf
from congress_portal.common.refusal import Refusal
from deputies.models import DeputyGroup, Mandate, Person
from deputies.portraits import as_data_url
from deputies.selectors import duty as selectors
from deputies.selectors.board import office

PRINT_FILES = "deputies.tasks.duty.print_files"

NOBODY = "这个小组在这一年没有在任的代表和议事员，没有档案可以装订。请另选小组或者年份。"

# Read at once, so that neither queries nor memory grow with the number of files.
PEOPLE_AT_ONCE = 20
YEARS_SIDE_BY_SIDE = 6


class NobodyToPrint(Refusal):
    """The book would hold no file."""


@job_handler(PRINT_FILES)
def print_files(job: RunningJob) -> JobResult:
    """Print one file (``params``: person, year) or bind a book of them (``params``: group or None, year).

    A year of None means all years.
    """
    year = job.params["year"]
    if "person" in job.params:
        return _one_file(job, Person.objects.filter(pk=job.params["person"]), year=year)
    return _book(job, group_id=job.params["group"], year=year)


def _one_file(job: RunningJob, people: QuerySet[Person], *, year: int | None) -> JobResult:
    job.progress(10, "正在汇总履职记录")
    ((person, html),) = list(_printed(people, year=year, today=timezone.localdate()))
    job.progress(40, "正在排版")
    return JobResult(render_pdf(html), f"{person.name}{_title(year)}.pdf", "application/pdf")


def _book(job: RunningJob, *, group_id: int | None, year: int | None) -> JobResult:
    today = timezone.localdate()
    job.progress(1, "正在汇总履职记录")
    group = DeputyGroup.objects.get(pk=group_id) if group_id else None
    people = selectors.people_to_print(group_id=group_id, today=today, year=year)
    count = people.count()
    if not count:
        raise NobodyToPrint(NOBODY)
    whose = group.name if group else "全体代表和议事员"
    seats: list[str] = []
    committee = _committee()
    district = committee.district_name if committee else ""

    def parts() -> Iterator[tuple[str, str]]:
        for person, html in _printed(people, year=year, today=today):
            offices = (office(mandate, district_name=district).name for mandate, _ in selectors.head_of(person))
            seats.append("，".join(dict.fromkeys(offices)))
            yield person.name, html

    def front(contents: list[tuple[str, int]]) -> str:
        job.progress(95, "正在编排目录、装订")
        rows = [(name, seat, page) for (name, page), seat in zip(contents, seats, strict=True)]
        context = {"committee": committee, "whose": whose, "year": year, "today": today, "rows": rows}
        return render_to_string("pdf/duty_book.html", context)

    def progress(done: int) -> None:
        job.progress(2 + 92 * done // count, f"已排好 {done} 份，共 {count} 份")

    job.progress(2, f"正在排版，共 {count} 份")
    title = f"{whose}{_title(year)}"
    content = bind_pdfs(parts(), title=title, front=front, progress=progress)
    return JobResult(content, f"{title}.pdf", "application/pdf")


def _printed(people: QuerySet[Person], *, year: int | None, today: date) -> Iterator[tuple[Person, str]]:
    """Yield people with their files as HTML, some at a time."""
    mandates = Prefetch("mandates", Mandate.objects.select_related("group", "community"))
    in_full = people.prefetch_related(mandates).select_related("photo")
    committee = _committee()
    pks = list(people.values_list("pk", flat=True))
    for start in range(0, len(pks), PEOPLE_AT_ONCE):
        some = list(in_full.filter(pk__in=pks[start : start + PEOPLE_AT_ONCE]))
        for file in selectors.printed_files(some, year=year):
            context = _context(file, year=year, today=today) | {"committee": committee}
            yield file.person, render_to_string("pdf/duty_file.html", context)


def _context(file: selectors.DutyFile, *, year: int | None, today: date) -> dict[str, Any]:
    return {
        "file": file,
        "person": file.person,
        "year": year,
        "today": today,
        "mandates": selectors.head_of(file.person),
        "groups": list(dict.fromkeys(m.group.name for m, _ in selectors.head_of(file.person) if m.group)),
        "portrait": _portrait(file.person),
        "years": [(one, file.months.get(one.year, [])) for one in file.years],
        "totals": list(_totals(file)),
    }


def _totals(file: selectors.DutyFile) -> Iterator[tuple[list[str], list[tuple[str, list[int | str]]]]]:
    """Yield the columns and rows of tables of kinds by year, so many years side by side as a page has room for."""
    for start in range(0, len(file.years), YEARS_SIDE_BY_SIDE):
        some = file.years[start : start + YEARS_SIDE_BY_SIDE]
        has_sum = len(file.years) > 1 and start + YEARS_SIDE_BY_SIDE >= len(file.years)
        columns = [f"{one.year}年" for one in some] + (["合计"] if has_sum else [])
        rows: list[tuple[str, list[int | str]]] = [
            (kind.label, [kind.by_year[one.year] for one in some] + ([kind.sum] if has_sum else []))
            for kind in file.kinds
        ]
        rows.append(("各类合计", [one.totals.done for one in some] + ([file.totals.done] if has_sum else [])))
        rows.append(("有履职的月份", [one.active_months for one in some] + (["—"] if has_sum else [])))
        yield columns, rows


def _portrait(person: Person) -> str:
    photo = getattr(person, "photo", None)
    if photo is None:
        return ""
    try:
        with photo.file.open("rb") as stored:
            return as_data_url(stored)
    except OSError:  # lost in storage: the file is printed without
        return ""


def _committee() -> Committee | None:
    return Committee.objects.first()


def _title(year: int | None) -> str:
    return f"履职档案（{year}年）" if year else "履职档案"
