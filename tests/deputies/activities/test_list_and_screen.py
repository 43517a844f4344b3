"""The list of activities, the screen of the room, files, and what is printed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from congress_portal.common import jobs
from congress_portal.common.models import Job, JobState
from congress_portal.common.uploads import accept_photo
from deputies import workflow
from deputies.choices import ActivityFileKind, Attendance
from deputies.tasks.activities import render_attendance_list, render_minutes
from tests.common.pdf_reading import lines_of, pages_of
from tests.common.pictures import picture, upload
from tests.deputies.activities.meetings import BEGUN, COMING, LONG, PAST
from tests.factories import MandateFactory, PersonFactory
from tests.pages import Page
from tests.suggestions.story import TODAY, moment

pytestmark = pytest.mark.django_db

LIST = "/admin/deputies/activity/"
SIGNED_IN = 2


@pytest.fixture
def clerk(signed_in, zhao):
    return signed_in(zhao)


def titles(answer):
    return [activity.title for activity in answer.context["cl"].result_list]


# ---- the list


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["未来", "将到", "过期"]),
        ("?status=announced", ["将到"]),
        ("?status=over", ["过期"]),
        ("?kind=symposium", ["未来"]),
        ("?year=2027", ["未来"]),
        ("?q=泵站", ["未来", "将到", "过期"]),
        ("?q=将到", ["将到"]),
        ("?status=nonsense&kind=nonsense", ["未来", "将到", "过期"]),
    ],
)
def test_list_is_filtered(clerk, meetings, query, shown):
    meetings.announce(title="将到")
    meetings.plan(title="过期", starts_at=PAST)
    meetings.plan(title="未来", starts_at=moment(1, 5, year=2027), kind="symposium")

    assert titles(clerk.get(LIST + query)) == shown


def test_list_behind_a_figure_holds_what_was_counted(clerk, meetings):
    meetings.hold(title="举行了的")
    meetings.announce(title="没举行的")

    assert titles(clerk.get(f"{LIST}?figure=activities&year=2026")) == ["举行了的"]
    assert titles(clerk.get(f"{LIST}?figure=activities&year=2025")) == []


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_many(clerk, meetings, django_assert_num_queries, count):
    for number in range(count):
        meetings.hold(title=f"第 {number} 次", states={meetings.people[0]: Attendance.PRESENT})

    with django_assert_num_queries(SIGNED_IN + 7):
        clerk.get(LIST)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("verb", "queries"), [("change", 12), ("attendance", 7), ("invite", 6), ("answers", 6)])
def test_page_costs_the_same_for_many(clerk, meetings, django_assert_num_queries, count, verb, queries):
    people = [MandateFactory(person=PersonFactory()).person for _ in range(count)]
    activity = meetings.begun(people=people)

    with django_assert_num_queries(SIGNED_IN + queries):
        clerk.get(f"{LIST}{activity.pk}/{verb}/")


# ---- the screen


def test_screen_shows_the_code_of_this_minute(clerk, meetings, chen):
    activity = meetings.begun()
    code = workflow.sign_in_code(activity, now=TODAY).code

    answer = clerk.get(f"{LIST}{activity.pk}/screen/")

    page = Page(answer.content.decode())
    assert f"{code[:3]} {code[3:]}" in page.text
    assert "这一组用到 10:03" in page.text
    assert '<noscript><meta http-equiv="refresh"' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert page.blocked_by_csp == []


def test_screen_tells_its_script_the_next_code(clerk, meetings, chen, clock):
    activity = meetings.begun()
    address = f"{LIST}{activity.pk}/screen/"
    first = clerk.get(address, headers={"Accept": "application/json"}).json()
    workflow.sign_in(activity, person=chen.person, code=first["code"].replace(" ", ""), by=chen, now=TODAY)
    clock.shift(timedelta(seconds=45))

    same = clerk.get(address, headers={"Accept": "application/json"}).json()
    clock.shift(timedelta(seconds=15))
    following = clerk.get(address, headers={"Accept": "application/json"}).json()

    assert (first["signed_in"], same["signed_in"]) == (0, 1)
    assert (first["code"], first["changes_in"], same["changes_in"]) == (same["code"], 60_000, 15_000)
    assert following["code"] != first["code"]
    assert following["svg"] != first["svg"]


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        (COMING - timedelta(minutes=61), "3月6日 8:00起可以签到"),
        (COMING + LONG + timedelta(minutes=31), "签到在 3月6日 11:30已经结束"),
    ],
)
def test_screen_outside_the_hours_says_when(clerk, meetings, clock, now, sentence):
    activity = meetings.announce()
    clock.move_to(now)

    page = Page(clerk.get(f"{LIST}{activity.pk}/screen/").content.decode())

    assert sentence in page.text
    assert "请用手机扫" not in page.text


def test_screen_of_a_cancelled_activity_shows_no_code(clerk, meetings):
    activity = meetings.in_state("cancelled", starts_at=BEGUN)

    answer = clerk.get(f"{LIST}{activity.pk}/screen/")

    assert "这次活动现在是“已取消”" in Page(answer.content.decode()).text


# ---- files


def test_file_is_for_staff_and_those_asked(visitor, signed_in, cast, meetings, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    activity = meetings.announce(people=[cast["chen"].person])
    (photo,) = workflow.add_files(
        activity,
        files=[accept_photo(upload(picture()))],
        kind=ActivityFileKind.PHOTO,
        by=meetings.clerk,
        now=TODAY,
    )
    address = f"/deputies/activity-files/{photo.pk}/"

    def status(client):
        answer = client.get(address)
        if answer.streaming:
            answer.getvalue()
        return answer.status_code

    assert {name: status(signed_in(user)) for name, user in cast.items()} == {
        "chen": 200, "zhao": 200, "sun": 200, "fang": 200, "shen": 200,
        "lin": 404, "he": 404, "wu": 404, "qian": 404, "admin": 404,
    }  # fmt: skip
    assert status(visitor) == 404
    assert visitor.get("/deputies/activity-files/00000000-0000-0000-0000-000000000000/").status_code == 404


# ---- what is printed


def printed(clerk, activity, what, task):
    answer = clerk.post(f"{LIST}{activity.pk}/print/{what}/")
    job = Job.objects.get()
    assert answer["Location"] == f"/admin/jobs/{job.pk}/"
    task(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.error
    with job.result_file.open() as file:
        pages = pages_of(file.read())
    return job, [line.text for page in pages for line in lines_of(page)]


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_list_to_sign_numbers_everybody_asked(clerk, meetings, media, people):
    rare = MandateFactory(person=PersonFactory(name="䶮喆𠮷")).person
    activity = meetings.announce(people=[*people, rare])

    job, lines = printed(clerk, activity, "attendance", render_attendance_list)

    text = "".join(lines)
    assert job.result_name == "视察凤鸣河排水口签到表.pdf"
    assert "应到4人" in text.replace(" ", "")
    for person in (*people, rare):
        assert person.name in text


def test_minutes_name_who_came_and_what_was_said(clerk, meetings, media, chen, lin):
    activity = meetings.hold(states={chen.person: Attendance.PRESENT, lin.person: Attendance.EXCUSED})
    workflow.change_activity(activity, changes={"minutes": "一、听取汇报\n议定三件事。"}, by=meetings.clerk, now=TODAY)

    job, lines = printed(clerk, activity, "minutes", render_minutes)

    text = "".join(lines).replace(" ", "")
    assert job.result_name == "视察凤鸣河排水口纪要.pdf"
    for part in ("到场（1人）：陈思齐", "请假（1人）：林望舒", "缺席（1人）：何拾光", "议定三件事。", "2026年3月4日"):
        assert part in text


def test_nothing_to_print_is_said(clerk, meetings):
    nobody = meetings.plan()
    for what, sentence in (("attendance", "签到表是空的"), ("minutes", "还没有写纪要")):
        answer = clerk.post(f"{LIST}{nobody.pk}/print/{what}/", follow=True)
        assert sentence in Page(answer.content.decode()).text
    assert not Job.objects.exists()


def test_activity_gone_before_it_is_printed_fails_with_a_sentence(meetings, zhao):
    job = jobs.enqueue(kind="deputies.tasks.activities.render_minutes", title="纪要", params={"activity": 999}, by=zhao)

    render_minutes(job.pk)

    job.refresh_from_db()
    assert (job.state, job.error[:6]) == (JobState.FAILED, "没有这次活动")
