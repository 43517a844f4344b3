"""What identifies a resident: corrected on request, erased when its time is over, and never written anywhere else."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from congress_portal.accounts.models import Committee
from congress_portal.common.uploads import accept_document, accept_photo
from suggestions import deadlines, workflow
from suggestions.choices import EventKind
from suggestions.models import Attachment, Suggestion
from suggestions.tasks import erase_expired_personal_data
from suggestions.workflow import Contact
from tests.common.pictures import office_file, picture, upload
from tests.suggestions.front_door import look_up
from tests.suggestions.story import PHONE, STATES, TODAY, moment

# The office keeps the data of an ended case for two years. It ended on 5 March 2026.
LAST_DAY_KEPT = moment(3, 5, 23, 59, year=2028)
FIRST_DAY_WITHOUT = moment(3, 6, 0, 0, year=2028)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def on_disk(media) -> int:
    return len([path for path in media.rglob("*") if path.is_file()])


def contact_of(case: Suggestion) -> tuple[str, str, str]:
    case.refresh_from_db()
    return case.contact_name, case.contact_phone, case.age_band


# ---- corrected or taken out


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("contact", [Contact("李女士", "13955509999", "35-59"), Contact()])
def test_contact_is_corrected_or_taken_out_and_nothing_else_changes(office, everything, state, contact):
    case = office.case_in(state)
    before = everything()

    workflow.correct_contact(case, contact=contact, by=office.clerk, now=TODAY)

    assert contact_of(case) == (contact.name, contact.phone, contact.age_band)
    after = everything()
    event = after["suggestions.SuggestionEvent"].pop()
    assert (event["kind"], event["note"], event["actor_id"]) == (EventKind.CONTACT_CORRECTED, "", office.clerk.pk)
    assert (event["from_status"], event["to_status"]) == (case.status, case.status)
    for row in (*before["suggestions.Suggestion"], *after["suggestions.Suggestion"]):
        for column in ("contact_name", "contact_phone", "age_band"):
            del row[column]
    assert after == before


def test_look_up_goes_by_the_new_number(office, visitor):
    received = office.submit()

    workflow.correct_contact(received.suggestion, contact=Contact("王女士", "13955509999"), by=office.clerk, now=TODAY)

    assert look_up(visitor, received.code, PHONE[-4:]).status_code == 200
    assert look_up(visitor, received.code, "9999").status_code == 302


def test_contact_is_corrected_by_the_committee_only(office, cast, everything):
    case = office.case_in("assigned")
    before = everything()

    for name in ("shen", "wu", "qian", "chen", "he", "admin"):
        with pytest.raises(PermissionDenied):
            workflow.correct_contact(case, contact=Contact(), by=cast[name], now=TODAY)

    assert everything() == before
    workflow.correct_contact(case, contact=Contact(), by=cast["fang"], now=TODAY)
    assert contact_of(case) == ("", "", "")


# ---- erased in time


@pytest.fixture
def ended(office) -> dict[str, Suggestion]:
    """A closed and a declined case, ended on 5 March 2026, each with a photo; the closed one with a reply's file."""
    photo = accept_photo(upload(picture()))
    closed = office.assign(office.accept(office.submit(photos=[photo]).suggestion))
    office.reply(closed, files=[accept_document(upload(office_file(), "验收单.docx"))])
    closed = office.evaluate(closed)
    declined = office.decline(office.submit(photos=[photo]).suggestion, now=TODAY)
    return {"closed": closed, "declined": declined}


def test_data_of_ended_cases_is_kept_to_the_last_day(office, ended, media, everything):
    before = everything()

    assert workflow.erase_expired_contacts(now=LAST_DAY_KEPT) == 0

    assert everything() == before
    assert on_disk(media) == 3


def test_data_of_ended_cases_is_erased_with_the_photos_but_not_what_was_said(
    office, ended, media, django_capture_on_commit_callbacks
):
    open_case = office.case_in("replied")
    said = {name: (case.title, case.matter, case.status) for name, case in ended.items()}

    with django_capture_on_commit_callbacks(execute=True):
        assert workflow.erase_expired_contacts(now=FIRST_DAY_WITHOUT) == 2
        assert on_disk(media) == 3  # until it is certain that the rows are gone

    for name, case in ended.items():
        assert contact_of(case) == ("", "", "")
        assert (case.title, case.matter, case.status) == said[name]
        event = case.events.order_by("-pk").first()
        assert (event.kind, event.actor) == (EventKind.ERASED, None)
        assert event.note == "结束满 2 年，称呼、手机号、年龄段和照片已删除。"
        assert workflow.what_happened_since(case).startswith("3月6日 00:00，网站办了“删除个人信息”，")
    assert [attachment.original_name for attachment in Attachment.objects.all()] == ["验收单.docx"]
    assert on_disk(media) == 1
    assert contact_of(open_case) == ("王女士", PHONE, "60-79")


def test_photos_stay_on_disk_when_erasing_is_rolled_back(ended, media, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks():  # held back, as by a transaction that fails
        workflow.erase_expired_contacts(now=FIRST_DAY_WITHOUT)

    assert on_disk(media) == 3


def test_second_run_finds_nothing(ended, everything):
    workflow.erase_expired_contacts(now=FIRST_DAY_WITHOUT)
    before = everything()

    assert workflow.erase_expired_contacts(now=FIRST_DAY_WITHOUT) == 0
    assert everything() == before


def test_photos_alone_are_reason_enough(office, ended):
    for case in ended.values():
        workflow.correct_contact(case, contact=Contact(), by=office.clerk, now=TODAY)

    assert workflow.erase_expired_contacts(now=FIRST_DAY_WITHOUT) == 2
    assert Attachment.objects.filter(reply=None).count() == 0


def test_office_decides_how_long_data_is_kept(ended):
    Committee.objects.update(retention_years=1)

    assert workflow.erase_expired_contacts(now=moment(3, 5, 23, 59, year=2027)) == 0
    assert workflow.erase_expired_contacts(now=moment(3, 6, 0, 0, year=2027)) == 2


def test_nothing_is_erased_before_the_office_is_entered(ended):
    Committee.objects.all().delete()

    assert workflow.erase_expired_contacts(now=FIRST_DAY_WITHOUT) == 0


def test_daily_task_erases_by_the_day_it_runs_on(ended, clock):
    clock.move_to(LAST_DAY_KEPT)
    erase_expired_personal_data()
    assert contact_of(ended["closed"]) != ("", "", "")

    clock.move_to(FIRST_DAY_WITHOUT)
    erase_expired_personal_data()
    assert contact_of(ended["closed"]) == ("", "", "")


@pytest.mark.parametrize(
    ("today", "ended_by"),
    [
        (date(2029, 3, 6), date(2026, 3, 5)),
        (date(2028, 2, 29), date(2025, 2, 28)),
        (date(2028, 3, 1), date(2025, 2, 28)),
        (date(2027, 1, 1), date(2023, 12, 31)),
    ],
)
def test_retention_ends_after_full_years(today, ended_by):
    assert deadlines.retention_ends_on(today=today, years=3) == ended_by
