"""1,000 people with photos and 20,000 lines: pages cost what they cost with a handful; a book of 100 files is a job."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pypdf
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from congress_portal.accounts.models import User
from congress_portal.common import jobs
from congress_portal.common.models import JobState
from congress_portal.common.uploads import accept_photo
from congress_portal.machine.console import say
from deputies import workflow
from deputies.choices import DutyKind, DutyOutcome
from deputies.models import DutyRecord, Person, PersonPhoto
from deputies.tasks.duty import PRINT_FILES, print_files
from tests.common.pictures import picture, upload
from tests.factories import CommitteeFactory, DeputyGroupFactory, MandateFactory, PersonFactory

pytestmark = [pytest.mark.load, pytest.mark.django_db]

FEW, MANY, LINES = 3, 1_000, 20
BOOK, LONG_FILE = 100, 200
HEAVIEST_PAGE = 150_000  # bytes of HTML, before compression
FIRST_DAY = date(2024, 1, 1)


def _people(number: int, **mandate: Any) -> list[Person]:
    people = []
    for _ in range(number):
        person = PersonFactory()
        MandateFactory(person=person, **mandate)
        PersonPhoto.store(accept_photo(upload(picture(size=(400, 480)))), person=person)
        people.append(person)
    return people


def _fill(people: list[Person], *, lines: int, by: User) -> None:
    today = timezone.localdate()
    workflow.record_duties(
        [
            workflow.DutyLine(
                person=person,
                kind=list(DutyKind)[number % len(DutyKind)],
                on=min(today, FIRST_DAY + timedelta(days=number * 5 % 700)),
                title=f"第 {number} 次活动，视察凤鸣路停车场和沿街商户",
                place="凤鸣路",
                outcome=list(DutyOutcome)[number % 4],
                source_key=f"load:{person.pk}:{number}",
            )
            for person in people
            for number in range(lines)
        ],
        by=by,
        now=timezone.now(),
    )


@pytest.fixture
def cost(settings, tmp_path, chen, zhao) -> dict[str, list[tuple[int, int]]]:
    """How many queries and bytes each page cost, first with a handful and then with all."""
    settings.MEDIA_ROOT = tmp_path / "media"
    CommitteeFactory()
    found: dict[str, list[tuple[int, int]]] = {}
    clerk, deputy = Client(), Client()
    clerk.force_login(zhao)
    deputy.force_login(chen)
    ContentType.objects.get_for_models(DutyRecord, Person)

    def look() -> None:
        pages = {
            "file": (deputy, "/deputies/file/?year=2024"),
            "person file": (clerk, reverse("admin:deputies_person_file", args=[chen.person.pk]) + "?year=2024"),
            "lines": (clerk, "/admin/deputies/dutyrecord/"),
            "lines of a year": (clerk, "/admin/deputies/dutyrecord/?year=2024&kind=visit"),
            "lines found": (clerk, "/admin/deputies/dutyrecord/?q=商户"),
            "people": (clerk, "/admin/deputies/person/"),
        }
        for name, (browser, address) in pages.items():
            with CaptureQueriesContext(connection) as queries:
                answer = browser.get(address)
            assert answer.status_code == 200, name
            found.setdefault(name, []).append((len(queries), len(answer.content)))

    _fill([chen.person, *_people(FEW)], lines=LINES, by=zhao)
    look()
    _fill(_people(MANY - FEW), lines=LINES, by=zhao)
    look()
    return found


def test_pages_cost_what_they_cost_with_a_handful(cost):
    assert DutyRecord.objects.count() >= MANY * LINES
    assert PersonPhoto.objects.count() == MANY
    for name, ((few, _), (many, weight)) in cost.items():
        say(f"{name}: {few} and {many} queries, {weight // 1000} kB")
        assert many == few, name
        assert weight < HEAVIEST_PAGE, name


def test_a_book_of_a_hundred_long_files_is_a_job_with_progress(settings, tmp_path, zhao, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "media"
    CommitteeFactory()
    group = DeputyGroupFactory(name="百人小组")
    _fill(_people(BOOK, group=group), lines=LONG_FILE, by=zhao)
    told: list[int] = []
    progress = jobs.RunningJob.progress
    monkeypatch.setattr(
        jobs.RunningJob,
        "progress",
        lambda job, percent, text="": (told.append(percent), say(f"{percent} % {text}"), progress(job, percent, text)),
    )

    job = jobs.enqueue(kind=PRINT_FILES, title="百人小组履职档案", params={"group": group.pk, "year": None}, by=zhao)
    print_files(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.DONE, job.error
    assert told == sorted(told)
    assert len(told) > 20
    with job.result_file.open() as file:
        book = pypdf.PdfReader(io.BytesIO(file.read()))
    assert len(book.outline) == BOOK
    starts = [book.get_destination_page_number(entry) for entry in book.outline]
    assert starts == sorted(set(starts))
    assert len(book.pages) > BOOK * 5
