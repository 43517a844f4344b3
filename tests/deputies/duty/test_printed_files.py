"""Duty files on paper: one person's, and a group's bound in one book."""

from __future__ import annotations

from datetime import date

import pytest

from congress_portal.common import jobs
from congress_portal.common.models import Job, JobState
from deputies import workflow
from deputies.choices import DutyKind, DutyOutcome
from deputies.models import PersonPhoto
from deputies.selectors.duty import people_to_print
from deputies.tasks import duty as tasks
from deputies.tasks.duty import PRINT_FILES, print_files
from tests.common.pdf_reading import embedded_fonts, pages_of
from tests.deputies.duty.lines import log, photo, post
from tests.factories import DeputyGroupFactory, MandateFactory, PersonFactory
from tests.suggestions.story import TODAY


def _printed(by, **params) -> Job:
    job = jobs.enqueue(kind=PRINT_FILES, title="档案", params=params, by=by)
    print_files(job.pk)
    job.refresh_from_db()
    return job


def _content(job: Job) -> bytes:
    assert job.state == JobState.DONE, job.error
    with job.result_file.open() as file:
        return file.read()


def _texts(job: Job) -> list[str]:
    return ["".join(page.extract_text().split()) for page in pages_of(_content(job))]


def test_one_file_says_who_what_and_how_often(committee, corrected, chen, zhao):
    group = DeputyGroupFactory(name="第一代表小组")
    chen.person.mandates.update(group=group, district="第 3 选区")
    PersonPhoto.store(photo(), person=chen.person)
    post(chen, by=zhao, on=date(2025, 5, 6), title="视察河湾步道")
    log(chen, title="还没有确认的")

    job = _printed(zhao, person=chen.person.pk, year=None)

    text = "".join(_texts(job))
    assert job.result_name == "陈思齐履职档案.pdf"
    for words in (
        "陈思齐履职档案",
        "安澜区第十七届人大代表，第3选区。2022年1月10日任职至今。",
        "代表小组：第一代表小组。",
        "履职2次。",
        "视察河湾步道",
        "走访凤鸣路商户",  # struck through
        "2026年3月5日由孙经办更正：事项写错了。",
        "已更正",
        "走访商户，了解停车难",
    ):
        assert words in text
    assert "还没有确认的" not in text
    (picture,) = [image for page in pages_of(_content(job)) for image in page.images]
    assert picture.image.size == (64, 48)


def test_a_year_alone(clock, chen, zhao):
    post(chen, by=zhao, on=date(2025, 5, 6), title="视察河湾步道")
    post(chen, by=zhao, source_key="b", title="视察菜场")

    job = _printed(zhao, person=chen.person.pk, year=2025)

    text = "".join(_texts(job))
    assert job.result_name == "陈思齐履职档案（2025年）.pdf"
    assert "视察河湾步道" in text
    assert "视察菜场" not in text


@pytest.mark.parametrize("name", ["龙䶮", "周喆", "吴𠮷"])
def test_rare_names_are_shown(clock, zhao, name):
    person = PersonFactory(name=name)
    MandateFactory(person=person)

    job = _printed(zhao, person=person.pk, year=None)

    assert f"{name}履职档案" in _texts(job)[0]
    assert any("UMing" in font or "BabelStone" in font for font in embedded_fonts(_content(job)))


def test_a_book_has_title_contents_and_begins_each_file_on_a_page_of_its_own(clock, committee, zhao, monkeypatch):
    monkeypatch.setattr(tasks, "PEOPLE_AT_ONCE", 2)
    monkeypatch.setattr("congress_portal.common.pdf.BATCH_PARTS", 2)
    group = DeputyGroupFactory(name="第二代表小组")
    people = [PersonFactory(name=name) for name in ("安怀仁", "毕方舟", "曹望月")]
    for person in people:
        MandateFactory(person=person, group=group)
    MandateFactory(person=PersonFactory(name="外组的人"))
    long = people[1]
    lines = [
        workflow.DutyLine(
            person=long, kind=DutyKind.VISIT, on=date(2026, 2, 1), title=f"走访第 {number} 户",
            outcome=DutyOutcome.DONE, source_key=f"visit:{number}",
        )
        for number in range(60)
    ]  # fmt: skip
    workflow.record_duties(lines, by=zhao, now=TODAY)
    told: list[str] = []
    monkeypatch.setattr(jobs.RunningJob, "progress", lambda job, percent, text="": told.append(f"{percent} {text}"))

    job = _printed(zhao, group=group.pk, year=2026)

    texts = _texts(job)
    assert "第二代表小组" in texts[0]
    assert "云禾街道人大工作委员会" in texts[0]
    assert "共3份" in texts[0]
    firsts = {
        person.name: next(i for i, text in enumerate(texts) if text.startswith(f"{person.name}履职档案"))
        for person in people
    }
    numbers = {name: index - 1 for name, index in firsts.items()}  # title page and contents carry no number
    assert numbers["安怀仁"] == 1
    assert numbers["曹望月"] - numbers["毕方舟"] > 2
    for name, number in numbers.items():
        assert f"{name}安澜区第十七届人大代表{number}" in texts[1]
        assert f"—{number}—" in texts[number + 1]
    assert "外组的人" not in "".join(texts)
    assert [line for line in told if "份" in line] == [
        "2 正在排版，共 3 份", "63 已排好 2 份，共 3 份", "94 已排好 3 份，共 3 份",
    ]  # fmt: skip


def test_a_book_of_nobody_is_refused(clock, committee, zhao):
    job = _printed(zhao, group=DeputyGroupFactory().pk, year=2026)

    assert (job.state, job.error) == (JobState.FAILED, tasks.NOBODY)


@pytest.mark.parametrize(
    ("year", "names"),
    [(2026, {"在任", "陈思齐"}), (2024, {"在任", "离任", "陈思齐"}), (None, {"在任", "陈思齐"})],
)
def test_whose_files_a_book_holds(clock, chen, year, names):
    MandateFactory(person=PersonFactory(name="在任"))
    MandateFactory(person=PersonFactory(name="离任"), ends_on="2024-06-30")

    found = people_to_print(group_id=None, today=date(2026, 3, 5), year=year)

    assert {person.name for person in found} == names
