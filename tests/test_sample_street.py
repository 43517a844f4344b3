"""The sample street: everything a portal holds, true to its days, and put in only once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import StringIO
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from congress_portal.accounts.models import Committee, Community, Department, User
from congress_portal.common.calendar_rows import work_calendar
from congress_portal.management.commands import load_demo
from congress_portal.management.sample import names
from congress_portal.management.sample.matters import KINDS, NOT_OURS, OBSERVED, ON_CARE, ON_ENVIRONMENT, PROPOSED, fill
from congress_portal.notifications.choices import State
from congress_portal.notifications.models import Message
from deputies.choices import ActivityKind, ActivityStatus, Attendance, DutyStatus, MandateKind, TopicStatus
from deputies.models import (
    Activity,
    ActivityEvent,
    DeputyGroup,
    DutyEvent,
    DutyRecord,
    Mandate,
    OversightEvent,
    OversightTopic,
    Participation,
    PerformanceReport,
    Person,
    WorkPlan,
)
from suggestions import selectors, workflow
from suggestions.choices import Channel, EventKind, Outcome, Status
from suggestions.models import Assignment, Attachment, Category, Evaluation, Reply, Suggestion, SuggestionEvent
from tests.sample import street_on, told

# The first day of 春节 2026, in the middle of nine days off.
NEW_YEAR = datetime(2026, 2, 17, 10, 20, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def told_before(django_db_setup, django_db_blocker, tmp_path_factory) -> dict:
    """What the street tells, built once and taken back: only for the first test here, before ``loaded`` stands."""
    with django_db_blocker.unblock(), street_on(NEW_YEAR, tmp_path_factory.mktemp("before")):
        return told()


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[str]:
    """The street of that day, built once for all tests here, and what the command said."""
    with django_db_blocker.unblock(), street_on(NEW_YEAR, tmp_path_factory.mktemp("street")) as said:
        yield said


@pytest.fixture
def street(loaded, db) -> str:
    """What each test changes is taken back by ``db``, inside the transaction that holds the street."""
    return loaded


# ---- the command


def test_same_day_gives_the_same_street(told_before, street):
    assert told() == told_before


def test_second_run_changes_nothing(street, everything):
    before, output = everything(), StringIO()

    call_command("load_demo", stdout=output)

    assert output.getvalue().startswith("示例数据已经装入，没有改动。")
    assert everything() == before


def test_portal_with_records_of_its_own_is_left_alone(street, everything, tmp_path, monkeypatch):
    # Without the file of its accounts the sample is like anybody's records.
    monkeypatch.setattr(load_demo, "ACCOUNTS_FILE", tmp_path / "sample_accounts.txt")
    before, output = everything(), StringIO()

    call_command("load_demo", stdout=output)

    assert output.getvalue() == "数据库里已有数据，没有装入示例数据。\n"
    assert everything() == before
    assert not load_demo.ACCOUNTS_FILE.exists()


def test_each_account_shown_can_sign_in(street):
    lines = [line.split(maxsplit=2) for line in street.splitlines()[1:]]

    assert len(lines) == 7
    for username, password, _ in lines:
        assert Client().login(username=username, password=password), username
    others = User.objects.exclude(username__in=[username for username, *_ in lines])
    assert not any(user.has_usable_password() for user in others)


# ---- people


def test_people_are_in_office_with_all_that_the_office_keeps_of_them(street):
    today = timezone.localdate()
    mandates = Mandate.objects.in_force(today).select_related("person")

    assert Person.objects.deputies(on=today).count() == 21
    assert Person.objects.councillors(on=today).count() == 34
    assert Person.objects.in_office(today).count() == 55
    assert Person.objects.count() > 55
    assert DeputyGroup.objects.count() == 4
    for mandate in mandates:
        assert all((mandate.group, mandate.community, mandate.constituency_type, mandate.person.born_on)), (
            mandate.person
        )
        assert mandate.person.phone.startswith("1705550"), mandate.person
    county = mandates.filter(kind=MandateKind.DEPUTY, level="county")
    assert set(county.values_list("term", flat=True)) == {"第十五届"}
    assert county.exclude(district="").count() == 21
    phones = Counter(Person.objects.values_list("phone", flat=True))
    assert max(phones.values()) == 1


def test_every_department_has_a_head(street):
    assert Department.objects.count() == len(names.DEPARTMENTS)
    assert User.objects.filter(is_department_head=True).values("department").distinct().count() == 12


# ---- what is told


def test_no_two_cases_are_told_alike(street):
    titles, matters = (list(Suggestion.objects.values_list(name, flat=True)) for name in ("title", "matter"))

    assert len(set(titles)) == len(titles) > 300
    assert len(set(matters)) == len(matters)
    assert max(len(title) for title in titles) <= 30


def test_kinds_of_matters_are_many_and_every_word_is_filled_in(db):
    categories, departments = set(Category.objects.values_list("name", flat=True)), set(names.DEPARTMENTS)
    titles: Counter[str] = Counter()
    for kind in KINDS:
        assert {kind.category} <= categories
        assert {kind.department} <= departments
        for told_so in kind.told:
            assert "{place}" in told_so.title
            assert "{place}" in told_so.words
            assert told_so.replies, told_so.title
            titles[told_so.title] += 1
            for community, places in names.PLACES.items():
                for place in (place for at in kind.at for place in places.get(at, ())):
                    values = {"place": place, "community": community}
                    words = [told_so.title, told_so.words, kind.again]
                    words += [text for texts in told_so.replies.values() for text in texts]
                    filled = [fill(text, values, Random(1)) for text in words]  # noqa: S311
                    assert not any("{" in text for text in filled), told_so.title

    assert len(KINDS) >= 80
    assert max(titles.values()) == 1
    singles = [*PROPOSED, *OBSERVED, *NOT_OURS, *ON_ENVIRONMENT, *ON_CARE]
    assert len({single.title for single in singles}) == len(singles)


def test_number_in_a_text_is_drawn_once_and_said_again():
    values = {"place": "南塘路"}

    matter = fill("{place}有 {n:3-6} 盏灯不亮", values, Random(7))  # noqa: S311
    reply = fill("{n} 盏已修好", values, Random(8))  # noqa: S311

    assert re.fullmatch(r"南塘路有 [3-6] 盏灯不亮", matter)
    assert reply == f"{values['n']} 盏已修好"


def test_cases_go_all_the_ways_a_case_can_go(street):
    kinds = Counter(SuggestionEvent.objects.values_list("kind", flat=True))
    late = [item for item in Assignment.objects.exclude(replied_on=None) if item.replied_on > item.due_on]
    closed = Suggestion.objects.filter(status=Status.CLOSED)

    assert set(EventKind) - set(kinds) == {EventKind.CONTACT_CORRECTED, EventKind.RECOMPUTED}
    assert set(Reply.objects.values_list("outcome", flat=True)) == set(Outcome)
    assert {case.channel for case in closed} == set(Channel)
    assert Community.objects.filter(suggestion=None).count() == 0
    assert 0.01 < len(late) / kinds[EventKind.REPLIED] < 0.1
    assert 0.02 < closed.filter(round_no__gt=1).count() / closed.count() < 0.1
    assert closed.filter(round_no=3).exists()
    assert closed.filter(evaluations=None).exists()
    assert Evaluation.objects.exclude(reason="").count() >= 10


# ---- what they do together


def test_activities_are_of_every_kind_and_years_have_some(street):
    held = Activity.objects.filter(status=ActivityStatus.HELD)

    assert set(held.values_list("kind", flat=True)) == set(ActivityKind)
    assert set(held.values_list("starts_on__year", flat=True)) >= {2022, 2023, 2024, 2025, 2026}
    assert not held.filter(starts_at__gt=timezone.now()).exists()
    assert (
        not Participation.objects.filter(activity__in=held)
        .exclude(state__in=(Attendance.PRESENT, Attendance.EXCUSED, Attendance.ABSENT))
        .exists()
    )


def test_lines_of_the_files_are_those_of_the_activities_and_of_their_own(street):
    invited = Participation.objects.filter(activity__status=ActivityStatus.HELD).count()
    of_activities = DutyRecord.objects.filter(source_key__startswith="activity:")
    own = DutyRecord.objects.filter(source_key="")

    assert of_activities.count() == invited
    assert {line.person.name for line in own} == {"陈雅文", "沈月琴"}
    assert own.filter(status=DutyStatus.LOGGED).count() == 3
    assert own.filter(status=DutyStatus.RETURNED).count() == 1
    assert PerformanceReport.objects.count() >= 3


def test_invitations_wait_and_a_topic_is_in_hand_even_in_the_middle_of_a_holiday(street):
    ahead, today = Activity.objects.upcoming(timezone.now()), timezone.localdate()
    waiting = ahead.filter(participations__person__name="陈雅文", participations__state=Attendance.INVITED)
    open_one = ahead.get(is_open=True)
    topic = OversightTopic.objects.get(status=TopicStatus.OPEN)

    assert waiting.count() == 2
    assert [sign_up.head_count for sign_up in open_one.sign_ups.filter(cancelled_at=None).order_by("pk")] == [2, 1, 1]
    assert open_one.sign_ups.exclude(cancelled_at=None).count() == 1
    last = topic.rounds.latest("number")
    assert (last.number, last.ended_on) == (2, None)
    assert 0 < (last.look_again_on - today).days < 14
    assert WorkPlan.objects.filter(published_on__isnull=False).count() == today.year - 2023
    assert WorkPlan.objects.get(pk=2024).items.filter(activities__isnull=False).distinct().count() == 11


# ---- when it happens


def test_steps_at_a_desk_are_taken_on_working_days_in_office_hours(street):
    calendar, wrong = work_calendar(), []
    # By people with an account; residents evaluate when they like, and the night erases by itself.
    steps = SuggestionEvent.objects.exclude(actor=None).select_related("suggestion")
    for step in steps:
        at = timezone.localtime(step.happened_at)
        if not calendar.is_working_day(at.date()) or not 8 <= at.hour < 17 or 12 <= at.hour < 13:
            wrong.append((step.suggestion.title, step.kind, at))

    assert wrong == []
    assert len({timezone.localtime(step.happened_at).date() for step in steps}) > 300


def test_nothing_happens_later_than_now_or_out_of_order(street):
    assert not SuggestionEvent.objects.filter(happened_at__gt=timezone.now()).exists()
    for case in Suggestion.objects.prefetch_related("events"):
        events = sorted(case.events.all(), key=lambda event: event.pk)
        moments = [event.happened_at for event in events]
        assert moments == sorted(moments), case.title
        assert moments[0] == case.received_at
        assert case.received_on <= timezone.localdate(case.received_at)
    received = list(Suggestion.objects.order_by("number").values_list("received_at", flat=True))
    assert received == sorted(received)


def test_desk_has_something_for_everybody_even_in_the_middle_of_a_holiday(street):
    today = timezone.localdate()
    assert not work_calendar().is_working_day(today)

    counts = selectors.queue_counts(today=today)

    assert all(counts[queue.key] > 0 for queue in selectors.QUEUES), counts
    assigned = Suggestion.objects.filter(status=Status.ASSIGNED)
    assert assigned.filter(reply_due_on=today).exists()
    assert assigned.filter(reply_due_on__range=(today + timedelta(days=1), today + timedelta(days=3))).exists()
    assert assigned.filter(reply_due_on__lt=today).count() == 2
    assert assigned.filter(round_no=2).count() == 2
    expected = {"凤鸣路非机动车乱停": "submitted", "河湾步道雨后积水，老人行走不便": "assigned"}
    assert dict(Suggestion.objects.filter(title__in=expected).values_list("title", "status")) == expected
    for username in ("chenyawen", "shenyueqin"):
        own = Suggestion.objects.visible_to(User.objects.get(username=username))
        assert own.open().exists(), username
        assert own.filter(status=Status.CLOSED).exists(), username


# ---- messages and personal data


def test_each_message_is_dated_by_the_step_it_tells_of(street):
    now, wrong = timezone.now(), []
    # The page a message leads to, and the steps it may tell of. A telephone number and a plan have no events.
    told_by = {
        r"/suggestions?/(?:[a-z]+/)*(\d+)/": (SuggestionEvent, "suggestion"),
        r"/(?:activities|activity)/(\d+)/": (ActivityEvent, "activity"),
        r"/oversighttopic/(\d+)/": (OversightEvent, "topic"),
        r"/duty/(\d+)/": (DutyEvent, "record"),
    }
    moments: dict[tuple[str, int], set[datetime]] = {}
    for pattern, (events, of) in told_by.items():
        for pk, happened_at in events.objects.values_list(of, "happened_at"):
            moments.setdefault((pattern, pk), set()).add(happened_at)
    for message in Message.objects.exclude(url__in=("", "/own/")):
        if plan := re.search(r"/plan/(\d+)/", message.url):
            is_right = timezone.localdate(message.created_at) == WorkPlan.objects.get(pk=plan[1]).published_on
        else:
            found = [(pattern, match) for pattern in told_by if (match := re.search(pattern, message.url))]
            is_right = any(message.created_at in moments[pattern, int(match[1])] for pattern, match in found)
        if not is_right:
            wrong.append((message.created_at, message.subject, message.url))

    assert wrong == []
    assert Message.objects.filter(created_at__lt=now - timedelta(days=300)).exists()


def test_old_messages_are_read_and_new_ones_are_not(street):
    week_ago = timezone.now() - timedelta(days=7)
    wuqian, clerk = (User.objects.get(username=username) for username in ("wuqian", "zhoumin"))

    assert not Message.objects.filter(created_at__lt=week_ago - timedelta(minutes=1), read_at=None).exists()
    assert not Message.objects.filter(created_at__gt=week_ago, read_at__isnull=False).exists()
    assert 0 < clerk.portal_messages.unread().count() < 10 < clerk.portal_messages.count()
    assert wuqian.portal_messages.count() > 50
    assert set(Message.objects.values_list("state", flat=True)) == {State.NOT_NEEDED}


def test_what_identifies_residents_is_gone_when_its_time_is_over(street):
    now, kept_from = timezone.now(), timezone.localdate() - timedelta(days=730)
    erased = Suggestion.objects.filter(events__kind=EventKind.ERASED)
    phones = Suggestion.objects.exclude(contact_phone="").values_list("contact_phone", flat=True)

    assert workflow.erase_expired_contacts(now=now) == 0
    assert erased.count() > 5
    assert not erased.exclude(contact_name="", contact_phone="", age_band="", attachments=None).exists()
    for case in erased:
        event = case.events.get(kind=EventKind.ERASED)
        ended_on = case.closed_on or case.declined_on
        assert timezone.localdate(event.happened_at) == _two_years_and_a_day_later(ended_on), case.title
    assert len(phones) > 50
    assert all(phone.startswith("1705550") for phone in phones)
    assert Suggestion.objects.filter(closed_on__gte=kept_from, contact_phone__gt="").exists()


def _two_years_and_a_day_later(day: date) -> date:
    try:
        return day.replace(year=day.year + 2) + timedelta(days=1)
    except ValueError:  # 29 February
        return date(day.year + 2, 3, 1)


def test_photos_are_a_few_small_drawings(street):
    photos = list(Attachment.objects.filter(reply=None))

    assert 10 < len(photos) < 120
    assert 3 <= len({photo.sha256 for photo in photos}) <= 10
    assert max(photo.size for photo in photos) < 60_000
    assert {photo.content_type for photo in photos} == {"image/jpeg"}
    assert all(photo.created_at == photo.suggestion.received_at for photo in photos)


def test_committee_is_the_sample_one(street):
    committee = Committee.objects.get()

    assert (committee.council_started_on, committee.wechat_started_on) == (date(2022, 3, 18), date(2021, 5, 10))
