"""One activity from its notice to its record: planned, announced, answered, held, reported back where that was asked.

Who is asked comes from the table of seats, so that nobody is asked to anything outside a mandate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from congress_portal.accounts.models import User
from congress_portal.management.sample.names import DONGQIAO
from congress_portal.management.sample.people import SEATS
from congress_portal.management.sample.street import Course, Street, moment
from deputies import workflow
from deputies.choices import ActivityKind, Attendance, MandateKind
from deputies.models import Activity, Participation, Person, WorkPlanItem

OFFICE_HALL = ("街道便民中心 3 楼会议室", DONGQIAO)

DEPUTIES, COUNCILLORS, EVERYBODY = "deputies", "councillors", "everybody"

# Of a hundred people asked, so many are on leave and so many stay away.
ON_LEAVE, ABSENT = 6, 2
LEAVE_REASONS = ("单位出差，已向工委说明。", "当天参加区里的会议。", "陪家人就医。", "在外地学习。")


@dataclass(frozen=True, kw_only=True)
class Gathering:
    """One activity as it went, or as it is planned. Days are fixed days; one in the future waits for its day."""

    kind: ActivityKind
    title: str
    on: date
    until: date | None = None  # the last day; the same one where there is none
    hours: tuple[int, int] = (9, 11)
    places: tuple[tuple[str, str], ...] = ()  # each a name and its community, which may be empty
    asked: str = ""  # DEPUTIES, COUNCILLORS, EVERYBODY; nobody for none
    community: str = ""  # only those of this community
    names: tuple[str, ...] = ()  # very people
    notice: str = ""
    narrative: str = ""
    outsiders: tuple[tuple[str, int], ...] = ()
    heads: int = 0  # that many altogether: the first category of outsiders makes up what is missing
    batches: tuple[workflow.BatchRow, ...] = ()
    speakers: int = 0
    on_leave: int | None = None  # exactly so many; None leaves it to chance
    topic: str = ""
    planned_as: str = ""  # the item of the year's plan
    entrusted_by: str = ""
    entrusted_due_on: date | None = None
    reported: tuple[date, str] | None = None
    in_summary: bool = False
    is_open: bool = False
    seats: int | None = None
    answered: bool = True  # whoever has an account signs up the day after the notice
    announced_before: int = 9  # days
    announced_on: date | None = None  # a working day; takes the place of the one before
    key: str = ""  # what suggestions call it by

    @property
    def random(self) -> Random:
        return Random(f"{self.title} {self.on}")  # noqa: S311 - for variety, not for secrets


def hold(street: Street, gathering: Gathering) -> Course:
    """Lead an activity through its steps, as far as time goes."""
    random, one = gathering.random, gathering
    told_on = one.announced_on or _desk_day_before(street, one.on - timedelta(days=one.announced_before))
    now = yield moment(told_on, random.randint(9, 10), random.randint(0, 59))
    item = WorkPlanItem.objects.filter(plan=one.on.year, title=one.planned_as).first() if one.planned_as else None
    activity = workflow.plan_activity(
        kind=one.kind,
        title=one.title,
        starts_at=moment(one.on, one.hours[0]),
        ends_at=moment(one.until or one.on, one.hours[1]),
        places=[(name, street.communities.get(community)) for name, community in one.places],
        topic=street.topics.get(one.topic),
        plan_item=item,
        notice=one.notice,
        entrusted_by=one.entrusted_by,
        entrusted_due_on=one.entrusted_due_on,
        is_open=one.is_open,
        seats=one.seats,
        in_summary=one.in_summary,
        by=street.clerk,
        now=now,
    )
    if one.key:
        street.activities[one.key] = activity
    people = [street.people[name] for name in _asked(one)]
    if people or one.is_open:
        now = yield moment(told_on, random.randint(14, 16), random.randint(0, 59))
        workflow.announce_activity(activity, people=people, by=street.clerk, now=now)
        if one.answered:
            yield from _answered(street, activity, people, told_on, random)
    ended_on = one.until or one.on
    # What lasts until the evening is put on record on the next working day.
    recorded_on = _desk_day(street, ended_on) if one.hours[1] <= 16 else street.working_day(ended_on, after=1)
    now = yield moment(recorded_on, 16, random.randint(30, 59))
    states = _states(one, activity, random)
    workflow.record_attendance(activity, states=states, speeches=_speeches(one, states), by=street.clerk, now=now)
    workflow.record_held(
        activity,
        narrative=one.narrative,
        outsiders=_outsiders(one, states),
        batches=one.batches,
        by=street.clerk,
        now=now,
    )
    if one.reported:
        on, text = one.reported
        now = yield moment(on, 10, random.randint(0, 59))
        workflow.report_back(activity, text=text, on=on, by=street.clerk, now=now)


def _desk_day(street: Street, day: date) -> date:
    return street.calendar.next_working_day(day)


def _desk_day_before(street: Street, day: date) -> date:
    """Return the day, or the last working day before it: nobody is told of anything in a holiday."""
    while not street.calendar.is_working_day(day):
        day -= timedelta(days=1)
    return day


def _asked(one: Gathering) -> list[str]:
    """Return whom an activity asks, in the order of the table, each once."""
    kinds = {
        DEPUTIES: (MandateKind.DEPUTY,),
        COUNCILLORS: (MandateKind.COUNCILLOR,),
        EVERYBODY: (MandateKind.DEPUTY, MandateKind.COUNCILLOR),
    }.get(one.asked, ())
    held = [seat for seat in SEATS if seat.is_held(one.on)]
    names = [
        seat.name
        for seat in held
        if seat.name in one.names or (seat.kind in kinds and (not one.community or seat.community == one.community))
    ]
    return list(dict.fromkeys(names))


def _answered(street: Street, activity: Activity, people: list[Person], told_on: date, random: Random) -> Iterator:
    """Let those who have an account say that they come."""
    with_account: list[tuple[Person, User]] = [(one, one.user) for one in people if one.user]
    if not with_account:
        return
    now = yield moment(told_on + timedelta(days=1), random.randint(19, 21), random.randint(0, 59))
    for person, user in with_account:
        workflow.sign_up(activity, person=person, by=user, now=now)


def _states(one: Gathering, activity: Activity, random: Random) -> dict[int, Attendance]:
    """Say of everybody asked who came. Those who said so, and those named, did."""
    rows = list(Participation.objects.filter(activity=activity).order_by("pk").select_related("person"))
    states = {row.person_id: Attendance.PRESENT for row in rows}
    free = [row for row in rows if row.state != Attendance.SIGNED_UP and row.person.name not in one.names]
    if one.on_leave is not None:
        return states | {row.person_id: Attendance.EXCUSED for row in random.sample(free, one.on_leave)}
    for row in free:
        chance = random.randrange(100)
        if chance < ON_LEAVE:
            states[row.person_id] = Attendance.EXCUSED
        elif chance < ON_LEAVE + ABSENT:
            states[row.person_id] = Attendance.ABSENT
    return states


def _outsiders(one: Gathering, states: dict[int, Attendance]) -> list[tuple[str, int]]:
    outsiders = [*one.outsiders]
    if one.heads:
        present = sum(state == Attendance.PRESENT for state in states.values())
        missing = one.heads - present - sum(count for _, count in outsiders)
        outsiders.insert(0, ("群众代表", missing))
    return outsiders


def _speeches(one: Gathering, states: dict[int, Attendance]) -> dict[int, str]:
    present = [pk for pk, state in states.items() if state == Attendance.PRESENT]
    chosen = one.random.sample(present, min(one.speakers, len(present)))
    return {pk: SPEECHES[position % len(SPEECHES)] for position, pk in enumerate(sorted(chosen))}


SPEECHES = (
    "赞成报告，建议把老旧小区改造的进度逐月公开。",
    "建议加快社区养老设施建设，先补助餐和陪诊。",
    "建议把雨污分流列入明年的重点工程，先做沿河小区。",
    "建议对企业反映的用工和用地问题一件一件答复。",
    "建议学校周边的停车和接送由交警和社区一起管。",
    "建议增加社区卫生站的药品和坐诊天数。",
    "对预算安排没有意见，建议民生项目的资金早下达。",
    "建议物业管理的考核结果向业主公开。",
)
