"""What deputies and councillors do together year by year, and what lies ahead today. 2024 has a file of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

from congress_portal.common.workdays import WorkCalendar
from congress_portal.management.sample.activities_2024 import the_rest_of_2024
from congress_portal.management.sample.gathering import COUNCILLORS, DEPUTIES, EVERYBODY, OFFICE_HALL, Gathering, hold
from congress_portal.management.sample.names import (
    DONGQIAO,
    GUIHUA,
    HEWAN,
    NANTANG,
    XINHE,
)
from congress_portal.management.sample.office import COUNCIL_STARTED_ON
from congress_portal.management.sample.people import FIFTEENTH
from congress_portal.management.sample.street import Course, Street, moment
from deputies.choices import ActivityKind
from deputies.workflow import give_up_seat, take_seat

K = ActivityKind

DISTRICT_HALL = ("安澜区会议中心", "")
NUMERALS = "一二三四五六七八九十"


def build(street: Street) -> None:
    for gathering in (*the_rest_of_2024(street.calendar), *_ahead(street)):
        street.plan(hold(street, gathering))
    for position, seat in enumerate(RESIDENTS):
        street.plan(_sign_up(street, position, *seat))
    for year in range(FIFTEENTH[1].year, street.today.year + 1):
        gatherings = _of_every_year if year == 2024 else of_an_ordinary_year
        for gathering in gatherings(year, street.calendar):
            street.plan(hold(street, gathering))


# ---- every year


def _of_every_year(year: int, calendar: WorkCalendar) -> Iterator[Gathering]:
    """Yield what an office does each year: the congress and what comes before it, the council, study, visits."""

    def day(month: int, of_month: int) -> date:
        return calendar.next_working_day(date(year, month, of_month))

    session = NUMERALS[(year - FIFTEENTH[1].year) % len(NUMERALS)]
    if year > FIFTEENTH[1].year:
        yield Gathering(
            kind=K.PRE_SESSION,
            title="人代会会前视察",
            on=day(1, 9),
            asked=DEPUTIES,
            places=(("禾丰路断头路", XINHE), ("锦塘家园", NANTANG)),
        )
        yield Gathering(
            kind=K.DRAFTS, title="初始意见建议交流会", on=day(1, 11), asked=DEPUTIES, places=(OFFICE_HALL,), speakers=8
        )
    first = day(1, 17)
    yield Gathering(
        kind=K.SESSION,
        title=f"安澜区第十五届人民代表大会第{session}次会议",
        on=first,
        until=max(first, date(year, 1, 19)),
        hours=(9, 17),
        asked=DEPUTIES,
        places=(DISTRICT_HALL,),
        speakers=12,
        on_leave=1,
        notice="请带代表证，1 月 16 日下午报到。",
        announced_before=12,
    )
    for number, month in enumerate((2, 5, 8, 11), 1):
        on = max(day(month, 8), COUNCIL_STARTED_ON)
        if on.year == year and (year, month) != (COUNCIL_STARTED_ON.year, 2):
            yield Gathering(
                kind=K.COUNCIL_SESSION,
                title=f"居民议事会{year}年第{NUMERALS[number - 1]}次会议",
                on=on,
                hours=(14, 16),
                asked=COUNCILLORS,
                places=(OFFICE_HALL,),
                speakers=7,
                planned_as="居民议事会会议",
            )
    yield Gathering(
        kind=K.COMMITTEE_MEETING,
        title="工委会议：部署全年工作",
        on=day(2, 22),
        hours=(14, 16),
        names=("徐海波", "韩立新", "陈雅文", "周国平"),
        places=(OFFICE_HALL,),
    )
    yield Gathering(
        kind=K.COORDINATION,
        title="上半年与街道办事处工作对接会",
        on=day(3, 5),
        names=("徐海波", "韩立新", "陈雅文"),
        places=(OFFICE_HALL,),
        outsiders=(("街道办事处", 6),),
        planned_as="与街道办事处工作对接",
    )
    yield Gathering(
        kind=K.TRAINING,
        title="学习代表法和怎样写好建议",
        on=day(3, 13),
        asked=EVERYBODY if year > 2022 else DEPUTIES,
        places=(OFFICE_HALL,),
        planned_as="代表和议事员培训",
    )
    yield Gathering(
        kind=K.VISIT_VOTERS,
        title="走访选民和选区",
        on=day(7, 10),
        hours=(14, 16),
        asked=DEPUTIES,
        places=(("南塘新村", NANTANG), ("河湾新村", HEWAN)),
        planned_as="走访选民和选区",
    )
    yield Gathering(
        kind=K.TRAINING,
        title="学习监督法和预算审查",
        on=day(9, 12),
        asked=DEPUTIES,
        places=(OFFICE_HALL,),
        planned_as="代表和议事员培训",
    )
    yield Gathering(
        kind=K.COORDINATION,
        title="下半年与街道办事处工作对接会",
        on=day(11, 21),
        names=("徐海波", "韩立新", "陈雅文"),
        places=(OFFICE_HALL,),
        outsiders=(("街道办事处", 5),),
        planned_as="与街道办事处工作对接",
    )
    yield Gathering(
        kind=K.COMMITTEE_MEETING,
        title="工委会议：研究全年总结",
        on=day(12, 5),
        hours=(14, 16),
        names=("徐海波", "韩立新", "陈雅文", "周国平"),
        places=(OFFICE_HALL,),
    )


def of_an_ordinary_year(year: int, calendar: WorkCalendar) -> Iterator[Gathering]:
    """Yield a year thinner than 2024: what is done each year, two inspections, a hearing, an appraisal, symposia."""
    yield from _of_every_year(year, calendar)
    subjects = ("社区养老服务", "学校周边交通", "老旧小区改造", "河道保洁", "电动自行车充电安全")
    communities = (DONGQIAO, XINHE, HEWAN, NANTANG, GUIHUA)
    turn = (year - FIFTEENTH[1].year) % len(subjects)
    later = (turn + 1) % len(subjects)
    asked = EVERYBODY if year > COUNCIL_STARTED_ON.year else DEPUTIES
    yield Gathering(
        kind=K.INSPECTION,
        title=f"视察{subjects[turn]}",
        on=calendar.next_working_day(date(year, 4, 16)),
        asked=asked,
        community=communities[turn],
        places=((f"{communities[turn]}服务站", communities[turn]),),
        planned_as="专题视察",
    )
    yield Gathering(
        kind=K.SYMPOSIUM,
        title=f"{subjects[turn]}座谈会",
        on=calendar.next_working_day(date(year, 5, 21)),
        hours=(14, 16),
        asked=asked,
        community=communities[turn],
        places=((f"{communities[turn]}服务站", communities[turn]),),
        outsiders=(("居民代表", 12),),
        planned_as="项目座谈会",
    )
    yield Gathering(
        kind=K.HEARING,
        title="听取民生实事项目进展情况报告",
        on=calendar.next_working_day(date(year, 7, 22)),
        asked=EVERYBODY,
        places=(OFFICE_HALL,),
        speakers=6,
        planned_as="听取报告",
    )
    yield Gathering(
        kind=K.INSPECTION,
        title=f"视察{subjects[later]}",
        on=calendar.next_working_day(date(year, 10, 15)),
        asked=EVERYBODY,
        community=communities[later],
        planned_as="专题视察",
        places=((f"{communities[later]}服务站", communities[later]),),
    )


# ---- what lies ahead of the day of installation


def _ahead(street: Street) -> Iterator[Gathering]:
    """Yield what is on its way today, in working days from it: invitations that wait, and one open to residents."""

    def day(after: int) -> date:
        return street.working_day(street.today, after=after)

    yield Gathering(
        kind=K.INSPECTION,
        title="视察冬春季河道保洁" if street.today.month in (11, 12, 1, 2) else "视察河道保洁",
        on=day(5),
        hours=(9, 11),
        asked=EVERYBODY,
        community=NANTANG,
        answered=False,
        announced_on=street.working_day_ago(2),
        places=(("南塘河", NANTANG), ("塘后浜", NANTANG)),
        planned_as="专题视察",
        notice="8 点 45 分在南塘社区服务站集合，步行察看。请穿防滑的鞋。",
    )
    yield Gathering(
        kind=K.TRAINING,
        title="怎样写好一件建议",
        on=day(11),
        hours=(14, 16),
        asked=EVERYBODY,
        answered=False,
        announced_on=street.working_day_ago(3),
        places=(OFFICE_HALL,),
        notice="请带一件正在写的建议，现场一起改。",
    )
    yield Gathering(
        kind=K.HEARING,
        title=OPEN_TO_RESIDENTS,
        on=day(16),
        hours=(14, 16),
        asked=DEPUTIES,
        community=DONGQIAO,
        answered=False,
        announced_on=street.working_day_ago(5),
        is_open=True,
        seats=30,
        places=(OFFICE_HALL,),
        key=OPEN_TO_RESIDENTS,
        notice="先听街道办事处报告进展，再请居民提问。",
    )


# Name and how many come; the last one gave the place back.
RESIDENTS = (("王女士", 2), ("李先生", 1), ("赵阿姨", 1), ("孙先生", 3))
FIRST_PHONE = 17055501001


def _sign_up(street: Street, position: int, name: str, heads: int) -> Course:
    now = yield moment(street.working_day_ago(4 - min(position, 2)), 19, 10 + position)
    seat = take_seat(
        street.activities[OPEN_TO_RESIDENTS],
        name=name,
        phone=str(FIRST_PHONE + position),
        head_count=heads,
        key=str(uuid4()),
        now=now,
    )
    if position == len(RESIDENTS) - 1:
        now = yield now + timedelta(minutes=40)
        give_up_seat(code=seat.code, now=now)


OPEN_TO_RESIDENTS = "听取民生实事项目进展，居民旁听"
