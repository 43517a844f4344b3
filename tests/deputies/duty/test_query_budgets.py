"""How many queries the pages of the duty file may cost, whatever the number of rows. Who is asking comes on top."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from congress_portal.notifications.models import Message
from deputies import workflow
from deputies.choices import DutyOutcome
from deputies.models import DutyRecord
from deputies.selectors import duty as selectors
from tests.deputies.duty.lines import LINE, log, new_key, photo, post
from tests.suggestions.story import TODAY, moment

SIGNED_IN = 2
MANY = [1, 3]


@pytest.fixture
def lines(clock, committee, chen, lin, zhao, sun, request):
    """So many lines of every sort in both files, with photos, in two years."""
    made = []
    for number in range(request.param):
        for user in (chen, lin):
            waiting = log(user, title=f"待确认 {number}", photos=[photo(), photo()])
            returned = log(user, title=f"退回 {number}", photos=[photo()])
            wrong = log(user, title=f"更正 {number}")
            post(user, by=zhao, source_key=f"{user.pk}:{number}")
            post(user, by=zhao, source_key=f"{user.pk}:{number}:2025", on=date(2025, 5, 1))
            workflow.return_duties([returned], reason="请补充。", by=zhao, now=moment(3, 4))
            workflow.confirm_duties([wrong], by=zhao, now=moment(3, 4))
            new = LINE | {"title": "更正后"}
            workflow.correct_duty(wrong, **new, outcome=DutyOutcome.DONE, reason="写错了。", by=sun, now=TODAY)
            made.append(waiting)
    Message.objects.all().delete()
    ContentType.objects.get_for_model(DutyRecord)  # asked once in the life of a process
    return made


@pytest.mark.parametrize("lines", MANY, indirect=True)
def test_own_file(lines, chen, signed_in, django_assert_num_queries):
    browser = signed_in(chen)

    # The person, what is counted, the lines, who corrected, photos, what corrections go back to and
    # the photos there, mandates, their communities; unread, the office.
    with django_assert_num_queries(SIGNED_IN + 10):
        page = browser.get("/deputies/file/")

    assert len(page.context["file"].returned) == len(lines) / 2


@pytest.mark.parametrize("lines", MANY, indirect=True)
def test_forms_of_ones_own(lines, chen, signed_in, django_assert_num_queries):
    browser = signed_in(chen)

    with django_assert_num_queries(SIGNED_IN + 3):
        browser.get("/deputies/duty/new/")
    with django_assert_num_queries(SIGNED_IN + 6):
        browser.get(reverse("deputies:duty_update", args=[lines[0].pk]))


@pytest.mark.parametrize("lines", MANY, indirect=True)
def test_photo(lines, chen, signed_in, django_assert_num_queries):
    browser = signed_in(chen)
    url = reverse("deputies:duty_photo", args=[lines[0].photos.first().pk])

    with django_assert_num_queries(SIGNED_IN + 1):
        browser.get(url).getvalue()


@pytest.mark.parametrize("lines", MANY, indirect=True)
@pytest.mark.parametrize(
    ("address", "budget"),
    [
        ("/admin/deputies/dutyrecord/", 8),
        ("/admin/deputies/dutyrecord/?queue=logged", 8),
        ("/admin/deputies/dutyrecord/?year=2026&kind=visit", 8),
        ("/admin/deputies/dutyrecord/?q=陈思齐", 8),
        ("/admin/deputies/dutyrecord/add/", 3),
        ("/admin/deputies/dutyrecord/book/", 4),
    ],
)
def test_pages_of_the_staff(lines, zhao, signed_in, address, budget, django_assert_num_queries):
    browser = signed_in(zhao)

    with django_assert_num_queries(SIGNED_IN + budget):
        answer = browser.get(address)

    assert answer.status_code == 200


@pytest.mark.parametrize("lines", MANY, indirect=True)
def test_pages_about_one_line_or_person(lines, zhao, signed_in, django_assert_num_queries):
    browser = signed_in(zhao)
    record = lines[0]

    with django_assert_num_queries(SIGNED_IN + 8):
        browser.get(reverse("admin:deputies_dutyrecord_change", args=[record.pk]))
    with django_assert_num_queries(SIGNED_IN + 11):
        browser.get(reverse("admin:deputies_person_file", args=[record.person_id]))


@pytest.mark.parametrize("lines", MANY, indirect=True)
def test_deciding_in_bulk(lines, zhao, sun, django_assert_num_queries):
    half = len(lines) // 2

    with django_assert_num_queries(5):  # savepoint, lines, change, events, release
        assert workflow.confirm_duties(lines[:half], by=zhao, now=TODAY) == half
    with django_assert_num_queries(6):  # and one message, because all are lin's or chen's in turn
        person = lines[half].person_id
        workflow.return_duties(
            [line for line in lines[half:] if line.person_id == person], reason="请补充。", by=sun, now=TODAY
        )


@pytest.mark.parametrize("lines", MANY, indirect=True)
def test_logging(lines, chen, django_assert_num_queries):
    written = LINE | {"title": "又一条", "key": new_key(), "now": TODAY}

    with django_assert_num_queries(6):  # savepoint, the form's key, mandates, line, event, release
        workflow.log_duty(chen.person, **written, by=chen)


@pytest.mark.parametrize("lines", MANY, indirect=True)
def test_files_to_print(lines, chen, lin, django_assert_num_queries):
    with django_assert_num_queries(5):  # lines, who corrected, photos, and those of what was corrected
        files = selectors.printed_files([chen.person, lin.person], year=None)

    assert [file.totals.done for file in files] == [len(lines) * 3 / 2] * 2
