"""Oversight topics and what was put forward under them, the plans of the years, and the topic in hand today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from congress_portal.management.sample import names
from congress_portal.management.sample.activities_2024 import ENVIRONMENT
from congress_portal.management.sample.gathering import DEPUTIES, Gathering, hold
from congress_portal.management.sample.matters import ON_CARE, ON_ENVIRONMENT, Single
from congress_portal.management.sample.story import GOOD, Round, Story
from congress_portal.management.sample.street import Course, Street, moment
from congress_portal.management.sample.walking import handle, submission_of
from deputies import workflow
from deputies.choices import ActivityKind
from suggestions.choices import Channel
from suggestions.tracking import new_submission_key
from suggestions.workflow import put_forward

K = ActivityKind


@dataclass(frozen=True, kw_only=True)
class Look:
    """One round: what was found, when it ended, and what had come of it."""

    findings: str
    ended_on: date
    result: str


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One topic with its rounds on fixed days, closed on the day on which the last one ended."""

    title: str
    aim: str
    started_on: date
    department: str
    raised_by: str
    looks: tuple[Look, ...]
    conclusion: str
    sent_on: date | None = None
    opinions: tuple[Single, ...] = ()


TOPICS = (
    Topic(
        title="老旧小区改造质量",
        aim="改造完工一年以上的小区，看质量和居民的意见。",
        started_on=date(2023, 4, 11),
        department=names.BUILD,
        raised_by="韩立新",
        looks=(
            Look(
                findings="雨棚漏水、外墙起皮、下水倒灌，集中在两个小区。",
                ended_on=date(2023, 10, 19),
                result="施工单位已在质保期内返修，社区逐户签字确认。",
            ),
        ),
        conclusion="返修已经完成，住户签字确认，转入日常管理。",
    ),
    Topic(
        title=ENVIRONMENT,
        aim="文明创建、全域环境整治和固体废物管理，看领导、协调、宣传、源头治理、社区管理和长效机制是否有效。",
        started_on=date(2024, 3, 20),
        department=names.ENVIRONMENT,
        raised_by="韩立新",
        sent_on=date(2024, 6, 14),
        opinions=ON_ENVIRONMENT,
        looks=(
            Look(
                findings="多头管理、时紧时松，工地带泥、排口不明的情况反复出现。",
                ended_on=date(2024, 9, 18),
                result="领导小组、统一排班、排口挂牌已经落实，工地冲洗设备联网。",
            ),
            Look(
                findings="十月再看，排口和工地没有反复，小企业换设备还在进行。",
                ended_on=date(2024, 11, 26),
                result="月度检查和公布已成制度，首批企业的设备正在更换。",
            ),
        ),
        conclusion="提出的意见建议全部答复，长效机制已经建立，设备更换列入明年跟踪。",
    ),
    Topic(
        title="社区养老服务",
        aim="助餐、陪诊和居家改造，看老人用不用得上。",
        started_on=date(2025, 3, 18),
        department=names.SOCIAL,
        raised_by="陈雅文",
        sent_on=date(2025, 6, 10),
        opinions=ON_CARE,
        looks=(
            Look(
                findings="周末助餐和陪诊价格是老人反映最多的两件。",
                ended_on=date(2025, 10, 22),
                result="周末轮流供餐，陪诊价格公开，补助已经到位。",
            ),
        ),
        conclusion="两件建议都已办结，助餐点运行正常，转入日常监督。",
    ),
)

IN_HAND = "电动自行车充电安全"

# The plan of a year: month, what, kind, how often. Only 2024 had mass visits and an entrusted review.
PLAN = (
    (2, "居民议事会会议", K.COUNCIL_SESSION, 4),
    (3, "代表和议事员培训", K.TRAINING, 2),
    (3, "与街道办事处工作对接", K.COORDINATION, 2),
    (4, "专题视察", K.INSPECTION, 2),
    (5, "项目座谈会", K.SYMPOSIUM, 1),
    (7, "听取报告", K.HEARING, 1),
    (7, "走访选民和选区", K.VISIT_VOTERS, 1),
)
PLAN_OF_2024 = (
    (2, "居民议事会会议", K.COUNCIL_SESSION, 4),
    (3, "组织群众考察", K.MASS_VISIT, 2),
    (3, "项目座谈会", K.SYMPOSIUM, 40),
    (3, "代表和议事员培训", K.TRAINING, 2),
    (3, "与街道办事处工作对接", K.COORDINATION, 2),
    (4, "专题调研", K.RESEARCH, 1),
    (4, "专项督查", K.SUPERVISION, 2),
    (5, "专题视察", K.INSPECTION, 3),
    (6, "听取报告", K.HEARING, 1),
    (7, "走访选民和选区", K.VISIT_VOTERS, 2),
    (10, "受委托审查", K.REVIEW, 1),
)
PREFACE = (
    "围绕街道中心工作和居民反映集中的问题，安排{year}年的监督和代表活动。各项活动提前通知，"
    "代表、议事员因故不能参加的，请提前请假。"
)


def build(street: Street) -> None:
    for year in range(2024, street.today.year + 1):
        street.plan(_plan_of(street, year))
    for topic in TOPICS:
        street.plan(_follow(street, topic))
    street.plan(_in_hand(street))


def _plan_of(street: Street, year: int) -> Course:
    now = yield moment(street.working_day(date(year, 1, 20)), 10, 20)
    items = [
        workflow.PlanItem(month=month, title=title, kind=kind, planned_count=count)
        for month, title, kind, count in (PLAN_OF_2024 if year == 2024 else PLAN)
    ]
    plan = workflow.write_plan(year=year, preface=PREFACE.format(year=year), items=items, by=street.clerk, now=now)
    now = yield moment(street.working_day(date(year, 2, 1)), 9, 15)
    workflow.publish_plan(plan, by=street.accounts["方振华"], now=now)


def _follow(street: Street, topic: Topic) -> Course:
    clerk = street.clerk
    now = yield moment(street.working_day(topic.started_on), 9, 40)
    row = street.topics[topic.title] = workflow.open_topic(
        year=topic.started_on.year,
        title=topic.title,
        aim=topic.aim,
        department=street.departments[topic.department],
        group=street.people[topic.raised_by].mandates.exclude(group=None).latest("starts_on").group,
        started_on=topic.started_on,
        by=clerk,
        now=now,
    )
    if topic.sent_on:
        now = yield moment(topic.sent_on, 14, 10)
        stories = list(_stories(topic, topic.sent_on))
        received = put_forward(
            [(submission_of(street, story), new_submission_key()) for story in stories],
            topic=row,
            received_on=topic.sent_on,
            by=clerk,
            now=now,
        )
        for story, one in zip(stories, received, strict=True):
            street.plan(handle(street, story, one.suggestion))
    for number, look in enumerate(topic.looks, 1):
        now = yield moment(look.ended_on, 15, 30)
        is_last = number == len(topic.looks)
        next_on = None if is_last else look.ended_on + timedelta(days=20)
        workflow.end_round(
            row,
            findings=look.findings,
            result=look.result,
            ended_on=look.ended_on,
            next_round_on=next_on,
            by=clerk,
            now=now,
        )
    now = yield moment(topic.looks[-1].ended_on, 16, 20)
    workflow.close_topic(row, conclusion=topic.conclusion, closed_on=topic.looks[-1].ended_on, by=clerk, now=now)


def _stories(topic: Topic, sent_on: date) -> Iterator[Story]:
    for position, matter in enumerate(topic.opinions):
        yield Story(
            received_on=sent_on,
            channel=Channel.OVERSIGHT,
            category=matter.category,
            community=matter.community,
            place=matter.place,
            title=matter.title,
            matter=matter.words,
            raised_by=topic.raised_by,
            department=matter.department,
            rounds=(Round(after=7 + position % 4, reply=matter.reply, outcome=matter.outcome, ratings=GOOD),),
        )


def _in_hand(street: Street) -> Course:
    """The topic of today, in its second round, with the next look in nine days."""
    started_on = street.working_day_ago(75)
    ended_on = street.working_day_ago(24)
    now = yield moment(started_on, 9, 50)
    topic = street.topics[IN_HAND] = workflow.open_topic(
        year=started_on.year,
        title=IN_HAND,
        aim="充电桩够不够、贵不贵，楼道充电有没有人管。",
        department=street.departments[names.SAFETY],
        group=street.people["金若兰"].mandates.exclude(group=None).latest("starts_on").group,
        started_on=started_on,
        look_again_on=ended_on,
        by=street.clerk,
        now=now,
    )
    for days_ago, subject in ((52, "抽查楼道和充电棚"), (12, "回头看充电棚")):
        on = street.working_day_ago(days_ago)
        street.plan(
            hold(
                street,
                Gathering(
                    kind=K.INSPECTION,
                    title=f"电动自行车充电安全，{subject}",
                    on=on,
                    places=(("桂花新村", names.GUIHUA), ("东桥花苑", names.DONGQIAO)),
                    asked=DEPUTIES,
                    community=names.GUIHUA,
                    topic=IN_HAND,
                    announced_before=7,
                ),
            )
        )
    now = yield moment(ended_on, 15, 40)
    workflow.end_round(
        topic,
        findings="抽查 20 幢楼，飞线充电 6 处，两个小区充电桩排队。",
        result="6 处飞线已经拆除，两个小区增装充电桩 60 个。",
        ended_on=ended_on,
        next_round_on=ended_on,
        look_again_on=street.today + timedelta(days=9),
        by=street.clerk,
        now=now,
    )
