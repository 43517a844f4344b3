"""What is in the duty files beside what posts itself: lines of their own, reports to voters, and agreed numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from congress_portal.management.sample.gathering import Gathering, hold
from congress_portal.management.sample.names import GUIHUA, HEWAN, NANTANG, XINHE
from congress_portal.management.sample.street import Course, Street, moment
from deputies import workflow
from deputies.choices import ActivityKind, DutyKind, ReportResult
from deputies.models import DeputyGroup, DutyRecord

CONFIRMED, WAITING, RETURNED = "confirmed", "waiting", "returned"


@dataclass(frozen=True, kw_only=True)
class Own:
    """A line that somebody logged, on a fixed day or so many working days before today, and how far it went."""

    who: str
    on: date | int
    kind: DutyKind
    title: str
    place: str
    text: str
    ends: str = CONFIRMED


LINES = (
    Own(
        who="陈雅文",
        on=date(2024, 4, 20),
        kind=DutyKind.VISIT,
        title="走访南塘新村独居老人",
        place="南塘新村",
        text="走访 6 户，两户反映夜里楼道没有灯，已转给社区。",
    ),
    Own(
        who="陈雅文",
        on=date(2024, 8, 17),
        kind=DutyKind.RESEARCH,
        title="了解社区托育的收费",
        place="南塘社区",
        text="和 9 位家长交谈，收费从一千九到三千不等。",
    ),
    Own(
        who="沈月琴",
        on=date(2024, 10, 12),
        kind=DutyKind.VISIT,
        title="走访塘后小区住户",
        place="塘后小区",
        text="走访 11 户，记下停车和晾晒两件事。",
    ),
    Own(
        who="陈雅文",
        on=date(2025, 5, 24),
        kind=DutyKind.VISIT,
        title="陪老人试乘公交",
        place="南塘路公交站",
        text="陪 3 位老人坐了一个来回，记下站台高差和等车时间。",
    ),
    Own(
        who="陈雅文",
        on=46,
        kind=DutyKind.VISIT,
        title="走访金塘公寓",
        place="金塘公寓",
        text="走访 8 户，反映集中在电动自行车停放。",
    ),
    Own(
        who="陈雅文",
        on=12,
        kind=DutyKind.OTHER,
        title="参加社区协商会",
        place="南塘社区服务站",
        text="讨论塘后弄晾晒架的位置，商定两处。",
        ends=RETURNED,
    ),
    Own(
        who="陈雅文",
        on=4,
        kind=DutyKind.VISIT,
        title="走访凤鸣花园加装电梯单元",
        place="凤鸣花园",
        text="一楼两户还有顾虑，主要是采光，约好下周看测算结果。",
        ends=WAITING,
    ),
    Own(
        who="陈雅文",
        on=2,
        kind=DutyKind.RESEARCH,
        title="了解助餐点周末供餐",
        place="南塘社区服务站",
        text="周末中午来了 23 人，菜价没有变。",
        ends=WAITING,
    ),
    Own(
        who="沈月琴",
        on=3,
        kind=DutyKind.VISIT,
        title="入户听老人说助餐",
        place="南塘新村",
        text="听了 5 户的意见，希望软一点、早一点。",
        ends=WAITING,
    ),
)
RETURN_REASON = "请补充是哪一天的会、和谁一起商定的两处，再提交一次。"


@dataclass(frozen=True, kw_only=True)
class Report:
    """A deputy's report to the voters, at a meeting of its own."""

    who: str
    on: date
    community: str
    place: str
    voters: int
    votes: tuple[int, int, int]


REPORTS = (
    Report(who="陈雅文", on=date(2024, 10, 23), community=NANTANG, place="南塘社区服务站", voters=68, votes=(61, 6, 1)),
    Report(who="李秋实", on=date(2024, 11, 6), community=GUIHUA, place="桂花社区服务站", voters=57, votes=(49, 7, 1)),
    Report(who="彭雪梅", on=date(2025, 10, 23), community=HEWAN, place="河湾社区服务站", voters=62, votes=(55, 6, 1)),
    Report(who="袁伟民", on=date(2026, 6, 11), community=XINHE, place="新禾社区服务站", voters=54, votes=(46, 7, 1)),
)
REPORT_TEXT = (
    "各位选民：\n\n任期以来，我参加了区人代会的各次会议和街道人大工委组织的视察、培训，走访选民，"
    "把大家反映的出行、养老和物业问题写成建议提交，多数已经办结，还在办的我会继续跟踪。\n\n"
    "做得不够的地方是走访面还不广，往后每个季度至少到小区坐一次班。请大家评议。"
)
LEADERS = ("周国平", "金若兰", "郑晓梅", "韩立新")  # of the four groups, in their order
AGREED = ("陈雅文", "周国平", "金若兰", "李秋实", "郑晓梅", "彭雪梅", "程安琪")  # that their number may be shown
AGREED_ON = date(2024, 3, 14)


def build(street: Street) -> None:
    groups = DeputyGroup.objects.order_by("position")
    for group, leader in zip(groups, LEADERS, strict=True):
        group.leader = street.people[leader]
        group.save(update_fields=["leader"])
    street.plan(_agreements(street))
    for line in LINES:
        street.plan(_logged(street, line))
    for report in REPORTS:
        meeting = Gathering(
            kind=ActivityKind.PERFORMANCE_REPORT,
            title=f"{report.who}代表述职会",
            on=report.on,
            hours=(14, 16),
            names=(report.who,),
            places=((report.place, report.community),),
            key=f"{report.who}述职",
        )
        street.plan(hold(street, meeting))
        street.plan(_reported(street, report))


def _agreements(street: Street) -> Course:
    now = yield moment(AGREED_ON, 10, 5)
    for name in AGREED:
        workflow.record_phone_agreement(street.people[name], by=street.clerk, now=now)


def _logged(street: Street, line: Own) -> Course:
    person = street.people[line.who]
    on = line.on if isinstance(line.on, date) else street.working_day_ago(line.on)
    now = yield moment(on, 20, 15)
    record = workflow.log_duty(
        person,
        kind=line.kind,
        on=on,
        title=line.title,
        place=line.place,
        text=line.text,
        key=str(uuid4()),
        by=street.accounts[line.who],
        now=now,
    )
    if line.ends == WAITING:
        return
    now = yield moment(street.working_day(on + timedelta(days=1), after=2), 9, 50)
    lines = DutyRecord.objects.filter(pk=record.pk)
    if line.ends == RETURNED:
        workflow.return_duties(lines, reason=RETURN_REASON, by=street.clerk, now=now)
    else:
        workflow.confirm_duties(lines, by=street.clerk, now=now)


def _reported(street: Street, report: Report) -> Course:
    now = yield moment(street.working_day(report.on, after=1), 10, 30)
    mandate = street.people[report.who].mandates.in_force(report.on).get(level="county")
    satisfied, fairly, dissatisfied = report.votes
    workflow.record_report(
        mandate,
        held_on=report.on,
        place=report.place,
        text=REPORT_TEXT,
        voters_present=report.voters,
        satisfied_count=satisfied,
        fairly_count=fairly,
        dissatisfied_count=dissatisfied,
        result=ReportResult.SATISFIED,
        activity=street.activities[f"{report.who}述职"],
        by=street.clerk,
        now=now,
    )
