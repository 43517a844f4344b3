"""The cast everyone knows, the office they work in, and a case in every state.

chen   deputy, who passed cases on          zhao, sun   clerks                 wu    officer and head of 城建办
lin    another deputy                       fang        director               qian  officer of another department
he     councillor                           shen        auditor                admin system administrator
visitor: a browser nobody signed in with
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import hypothesis
import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.test import Client

import deputies.workflow
from congress_portal.accounts.choices import Role
from congress_portal.accounts.models import Committee, Community, Department, User
from congress_portal.annual_summary.tasks import RENDER_PDF
from congress_portal.common import doorbell, jobs
from congress_portal.common.models import CalendarYear
from congress_portal.common.uploads import accept_photo
from congress_portal.notifications.outbox import notify
from deputies.choices import ActivityFileKind, ActivityKind, DutyKind, MandateKind
from deputies.models import Activity, DueReminder, DutyRecord, OversightTopic, PersonPhoto, WorkPlanItem
from suggestions.models import Category, ReplyTerm, Suggestion
from tests.common.pictures import picture, upload
from tests.factories import (
    CommitteeFactory,
    CommunityFactory,
    DepartmentFactory,
    DeputyGroupFactory,
    MandateFactory,
    PersonFactory,
    UserFactory,
)
from tests.suggestions.story import TODAY, Office

# How long an example takes says something of the machine and nothing of the program.
hypothesis.settings.register_profile("portal", deadline=None)
hypothesis.settings.load_profile("portal")

CAST = ("chen", "lin", "he", "zhao", "sun", "fang", "wu", "qian", "shen", "admin")

# What comes and goes with signing in and reading pages, and is no record of the committee's.
_NOT_RECORDS = {"sessions.Session", "contenttypes.ContentType"}
_NOT_RECORDED = {"last_login"}


@pytest.fixture(autouse=True)
def counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start without attempts counted, and without a queue given up on, by the test before.

    Clearing a Redis would clear what the other workers count there, so each test has keys of its own.
    """
    monkeypatch.setattr(caches["default"], "key_prefix", uuid.uuid4().hex)
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)


@pytest.fixture
def committee(db) -> Committee:
    return CommitteeFactory()


@pytest.fixture
def community(db) -> Community:
    return CommunityFactory(name="凤鸣社区")


@pytest.fixture
def roads(db) -> Department:
    return DepartmentFactory(name="城建办")


@pytest.fixture
def welfare(db) -> Department:
    return DepartmentFactory(name="民政办")


def _on_mandate(username: str, name: str, role: Role, kind: MandateKind) -> User:
    user = UserFactory(username=username, display_name=name, role=role)
    MandateFactory(person=PersonFactory(name=name, user=user), kind=kind)
    return user


@pytest.fixture
def chen(db) -> User:
    return _on_mandate("chen", "陈思齐", Role.DEPUTY, MandateKind.DEPUTY)


@pytest.fixture
def lin(db) -> User:
    return _on_mandate("lin", "林望舒", Role.DEPUTY, MandateKind.DEPUTY)


@pytest.fixture
def he(db) -> User:
    return _on_mandate("he", "何拾光", Role.COUNCILLOR, MandateKind.COUNCILLOR)


@pytest.fixture
def zhao(db) -> User:
    return UserFactory(username="zhao", display_name="赵经办", role=Role.CLERK)


@pytest.fixture
def sun(db) -> User:
    return UserFactory(username="sun", display_name="孙经办", role=Role.CLERK)


@pytest.fixture
def fang(db) -> User:
    return UserFactory(username="fang", display_name="方主任", role=Role.DIRECTOR)


@pytest.fixture
def wu(roads) -> User:
    return UserFactory(
        username="wu", display_name="吴承办", role=Role.OFFICER, department=roads, is_department_head=True
    )


@pytest.fixture
def qian(welfare) -> User:
    return UserFactory(username="qian", display_name="钱承办", role=Role.OFFICER, department=welfare)


@pytest.fixture
def shen(db) -> User:
    return UserFactory(username="shen", display_name="沈审计", role=Role.AUDITOR)


@pytest.fixture
def admin(db) -> User:
    return UserFactory(username="admin", display_name="管理员", role=Role.ADMIN)


@pytest.fixture
def visitor(db) -> Client:
    return Client()


@pytest.fixture
def cast(chen, lin, he, zhao, sun, fang, wu, qian, shen, admin) -> dict[str, User]:
    """Everybody with an account, by name."""
    return dict(zip(CAST, (chen, lin, he, zhao, sun, fang, wu, qian, shen, admin), strict=True))


@pytest.fixture
def everybody(cast) -> dict[str, User | AnonymousUser]:
    """The cast, and nobody."""
    return cast | {"visitor": AnonymousUser()}


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """Make a browser in which that person has signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """It is Thursday, 5 March 2026, 10:00 in Shanghai; ``clock.move_to(…)`` for another time."""
    with time_machine.travel(TODAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def office(clock, committee, zhao, wu, roads, community) -> Office:
    return Office(clerk=zhao, officer=wu, department=roads, community=community)


@pytest.fixture
def submitted(office) -> Suggestion:
    return office.case_in("submitted")


@pytest.fixture
def accepted(office) -> Suggestion:
    return office.case_in("accepted")


@pytest.fixture
def assigned(office) -> Suggestion:
    return office.case_in("assigned")


@pytest.fixture
def overdue(office) -> Suggestion:
    return office.case_in("overdue")


@pytest.fixture
def replied(office) -> Suggestion:
    return office.case_in("replied")


@pytest.fixture
def reopened(office) -> Suggestion:
    return office.case_in("reopened")


@pytest.fixture
def closed(office) -> Suggestion:
    return office.case_in("closed")


@pytest.fixture
def declined(office) -> Suggestion:
    return office.case_in("declined")


@pytest.fixture
def everything() -> Callable[[], dict[str, list[dict[str, Any]]]]:
    """Read every record there is, so that two readings can be compared."""

    def read() -> dict[str, list[dict[str, Any]]]:
        return {
            model._meta.label: [
                {name: value for name, value in row.items() if name not in _NOT_RECORDED}
                for row in model._base_manager.order_by("pk").values()
            ]
            for model in apps.get_models()
            if model._meta.label not in _NOT_RECORDS and not model._meta.label.startswith("tests_")
        }

    return read


def _announced(*, chen: User, zhao: User) -> Activity:
    """An inspection next Monday, open to residents, to which chen is asked and has not answered."""
    starts_at = TODAY + timedelta(days=4)
    values = {"kind": ActivityKind.INSPECTION, "title": "视察河湾步道", "starts_at": starts_at, "ends_at": starts_at}
    activity = deputies.workflow.plan_activity(**values, places=["河湾步道"], is_open=True, by=zhao, now=TODAY)
    return deputies.workflow.announce_activity(activity, people=[chen.person], by=zhao, now=TODAY)


def _logged(user: User) -> DutyRecord:
    """A line with a photo that somebody logged, waiting for staff."""
    line = {"kind": DutyKind.VISIT, "on": TODAY.date(), "title": "走访商户", "place": "", "text": ""}
    photos = [accept_photo(upload(picture()))]
    return deputies.workflow.log_duty(user.person, **line, photos=photos, key="x" * 22, by=user, now=TODAY)


def _planned(*, zhao: User) -> tuple[OversightTopic, WorkPlanItem]:
    """A topic in its first round, and a published plan of one item."""
    actor = {"by": zhao, "now": TODAY}
    topic = deputies.workflow.open_topic(year=2026, title="河湾水环境", started_on=TODAY.date(), **actor)
    items = [deputies.workflow.PlanItem(month=3, title="视察河湾步道", topic=topic)]
    plan = deputies.workflow.write_plan(year=2026, preface="", items=items, **actor)
    deputies.workflow.publish_plan(plan, **actor)
    return topic, plan.items.get()


@pytest.fixture
def address(office, cast, settings, tmp_path) -> Callable[[str], str]:
    """Turn a pattern into an address of something that exists."""
    settings.MEDIA_ROOT = tmp_path / "media"
    case = office.case_in("assigned", raised_by=cast["chen"].person, photos=[accept_photo(upload(picture()))])
    (message,) = notify(to=[cast["zhao"]], subject="一条消息", body="")
    portrait = PersonPhoto.store(accept_photo(upload(picture())), person=cast["chen"].person)
    job = jobs.enqueue(kind=RENDER_PDF, title="2025年度工作总结 PDF", params={"year": 2025}, by=cast["zhao"])
    activity = _announced(chen=cast["chen"], zhao=cast["zhao"])
    (activity_file,) = deputies.workflow.add_files(
        activity,
        files=[accept_photo(upload(picture()))],
        kind=ActivityFileKind.PHOTO,
        by=cast["zhao"],
        now=TODAY,
    )
    duty = _logged(cast["chen"])
    topic, plan_item = _planned(zhao=cast["zhao"])
    of_app = {
        "accounts/user": cast["wu"],
        "accounts/department": office.department,
        "accounts/community": office.community,
        "accounts/committee": Committee.objects.get(),
        "common/calendaryear": CalendarYear.objects.get(pk=2026),
        "notifications/message": message,
        "deputies/person": cast["chen"].person,
        "deputies/deputygroup": DeputyGroupFactory(),
        "deputies/activity": activity,
        "deputies/dutyrecord/person": cast["chen"].person,
        "deputies/dutyrecord": duty,
        "deputies/oversighttopic": topic,
        "deputies/workplan": plan_item.plan,
        "deputies/performancereport": cast["chen"]
        .person.mandates.get()
        .reports.create(
            held_on=TODAY.date(), place="议事厅", text="述职", voters_present=60, satisfied_count=60, result="satisfied"
        ),
        "deputies/duereminder": DueReminder.objects.create(
            subject_key=f"activity:{activity.pk}:answer",
            stage="soon",
            due_on=TODAY.date(),
            told_count=1,
            reminded_at=TODAY,
        ),
        "suggestions/suggestion": case,
        "suggestions/category": Category.objects.first(),
        "suggestions/replyterm": ReplyTerm.objects.first(),
        "suggestions/reminder": case.reminders.create(
            step="reply", stage="soon", due_on=case.reply_due_on, told_count=1, reminded_at=TODAY
        ),
    }

    def make(route: str) -> str:
        parts = {
            "/messages/": message.pk,
            "/jobs/": job.pk,
            "/calendar/": activity.pk,
            "/deputies/activities/": activity.pk,
            "/deputies/activity-files/": activity_file.pk,
            "/deputies/duty/photos/": duty.photos.get().pk,
            "/deputies/duty/": duty.pk,
            "/suggestions/attachments/": case.attachments.get().pk,
            "/deputies/portraits/": portrait.pk,
            "/suggestions/": case.pk,
            "/admin/jobs/": job.pk,
            **{f"/admin/{path}/": thing.pk for path, thing in of_app.items()},
        }
        pk = next((pk for start, pk in parts.items() if route.startswith(start)), 1)
        code = cast["chen"].person.card_code
        given = {
            "app_label": "suggestions",
            "url": "nothing/here/",
            "year": 2026,
            "item_pk": plan_item.pk,
            "topic_pk": topic.pk,
            "code": code,
        }
        given["file_pk"] = activity_file.pk
        return re.sub(r"<(\w+)>", lambda found: str(given.get(found[1], pk)), route)

    return make
