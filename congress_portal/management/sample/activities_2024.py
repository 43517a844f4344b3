"""What was done in 2024 beside what is done every year, with the counts that such a summary gives.

27 and 17 batches with 7,175 and 1,382 person-times, 40 symposia with 800 people, and the inspection of 3 September.
None of it depends on the day of installation.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from congress_portal.common.workdays import WorkCalendar
from congress_portal.management.sample.gathering import DEPUTIES, EVERYBODY, OFFICE_HALL, Gathering
from congress_portal.management.sample.names import COMMUNITIES, DONGQIAO, GUIHUA, HEWAN, NANTANG, PLACES, XINHE
from deputies.choices import ActivityKind
from deputies.workflow import BatchRow

K = ActivityKind

PLANT = "绿能环保项目"

# 27 and 17 groups of residents, who looked at plants like the ones planned; 40 symposia of 20 people on the average.
VISITS = (
    ("赴云川市考察环保能源项目", "云川市绿源环保能源厂", date(2024, 3, 4), 27, 7175),
    ("赴澜川市考察废弃物综合利用项目", "澜川市新源热电厂", date(2024, 6, 3), 17, 1382),
)
SYMPOSIA, SYMPOSIUM_HEADS, FIRST_SYMPOSIUM = 40, 800, date(2024, 3, 6)
SYMPOSIUM_ABOUT = ("绿能环保项目", "废弃物综合利用项目")

# Who looked at the plant on 3 September: deputies, then councillors.
COMPANY = (
    *("陈雅文", "林建国", "徐海波", "周国平", "金若兰", "孙志明", "郑晓梅", "何庆丰", "韩立新", "唐远航", "袁伟民"),
    *("沈月琴", "王德顺", "赵金水", "谢阿根", "蒋素云", "薛巧玲", "石开山"),
)

ENVIRONMENT = "全域环境整治"  # the topic of 2024
REVIEWED = "已审查三年来的项目计划和执行情况。建议加强规划的统筹和前瞻，项目计划与资金安排衔接，加强项目建设综合管理。"


def the_rest_of_2024(calendar: WorkCalendar) -> Iterator[Gathering]:
    yield from _mass_visits(calendar)
    yield from _symposia(calendar)
    yield from (
        Gathering(
            kind=K.RESEARCH,
            title="调研优环境兴商贸",
            on=date(2024, 4, 10),
            asked=DEPUTIES,
            community=XINHE,
            places=(("禾丰工业园", XINHE), ("丹桂街沿街", GUIHUA)),
            outsiders=(("企业代表", 9),),
            planned_as="专题调研",
        ),
        Gathering(
            kind=K.SUPERVISION,
            title="“最多跑一次”改革专项督查",
            on=date(2024, 4, 24),
            hours=(14, 16),
            asked=DEPUTIES,
            community=DONGQIAO,
            places=(OFFICE_HALL, ("桂花社区服务站", GUIHUA)),
            planned_as="专项督查",
        ),
        Gathering(
            kind=K.INSPECTION,
            title="视察全域环境整治",
            on=date(2024, 5, 15),
            asked=EVERYBODY,
            community=HEWAN,
            places=(("湾里河", HEWAN), ("船坞路修理厂", HEWAN)),
            outsiders=(("街道干部", 3),),
            topic=ENVIRONMENT,
            planned_as="专题视察",
        ),
        Gathering(
            kind=K.SUPERVISION,
            title="固体废物管理专项督查",
            on=date(2024, 5, 29),
            hours=(14, 16),
            asked=DEPUTIES,
            community=GUIHUA,
            places=(("银桂路仓储园", GUIHUA), ("禾丰工业园", XINHE)),
            topic=ENVIRONMENT,
            outsiders=(("环保监督员", 4),),
            planned_as="专项督查",
        ),
        Gathering(
            kind=K.HEARING,
            title="听取年度环境状况和环境保护目标完成情况报告",
            on=date(2024, 6, 13),
            asked=EVERYBODY,
            places=(OFFICE_HALL,),
            outsiders=(("部门负责人", 5),),
            speakers=9,
            topic=ENVIRONMENT,
            planned_as="听取报告",
        ),
        Gathering(
            kind=K.PERMIT_INSPECTION,
            title="持证视察菜场食品安全",
            on=date(2024, 7, 18),
            names=("陈雅文", "金若兰", "宋佳宁"),
            places=(("南塘菜场", NANTANG), ("桂花菜场", GUIHUA)),
            narrative="代表出示代表证，随机抽查摊位 12 个，当场反馈。",
        ),
        Gathering(
            kind=K.INSPECTION,
            title="专题视察已经运营的绿能环保项目",
            on=date(2024, 9, 3),
            names=(
                "陈雅文",
                "林建国",
                "徐海波",
                "周国平",
                "金若兰",
                "孙志明",
                "郑晓梅",
                "何庆丰",
                "韩立新",
                "唐远航",
                "袁伟民",
                "沈月琴",
                "王德顺",
                "赵金水",
                "谢阿根",
                "蒋素云",
                "薛巧玲",
                "石开山",
            ),
            places=((PLANT, XINHE),),
            outsiders=(("环保监督员", 5),),
            in_summary=True,
            planned_as="专题视察",
            narrative="大家看了中控室和排放公示屏，向企业问了异味、噪声和飞灰的去向，企业当场回答，数据向居民公开。",
        ),
        Gathering(
            kind=K.VISIT_DEPUTIES,
            title="走访人大代表",
            on=date(2024, 9, 25),
            asked=DEPUTIES,
            community=HEWAN,
            places=(("河湾社区服务站", HEWAN),),
        ),
        Gathering(
            kind=K.INSPECTION,
            title="视察环境整治意见建议落实情况",
            on=date(2024, 10, 16),
            asked=EVERYBODY,
            community=HEWAN,
            places=(("湾里河", HEWAN), ("晒谷港", XINHE)),
            outsiders=(("环保监督员", 4),),
            topic=ENVIRONMENT,
            planned_as="专题视察",
        ),
        Gathering(
            kind=K.REVIEW,
            title="审查三年来政府投资项目计划编制和执行情况",
            on=date(2024, 10, 30),
            hours=(9, 16),
            asked=DEPUTIES,
            places=(OFFICE_HALL,),
            speakers=6,
            planned_as="受委托审查",
            entrusted_by="区人大财经委",
            entrusted_due_on=date(2024, 11, 29),
            reported=(date(2024, 11, 20), REVIEWED),
        ),
        Gathering(
            kind=K.APPRAISAL,
            title="民主评议市场监管所",
            on=date(2024, 11, 13),
            asked=EVERYBODY,
            community=DONGQIAO,
            places=(("东桥社区服务站", DONGQIAO),),
            speakers=5,
        ),
    )


def _mass_visits(calendar: WorkCalendar) -> Iterator[Gathering]:
    for title, place, first, number, heads in VISITS:
        days = _working_days(first, number, calendar, apart=3)
        counts = spread(heads, number, title)
        yield Gathering(
            kind=K.MASS_VISIT,
            title=title,
            on=days[0],
            until=days[-1],
            hours=(8, 16),
            places=((place, ""),),
            planned_as="组织群众考察",
            batches=tuple(
                BatchRow(position, day, count, COMMUNITIES[position % len(COMMUNITIES)])
                for position, (day, count) in enumerate(zip(days, counts, strict=True), 1)
            ),
        )


def _symposia(calendar: WorkCalendar) -> Iterator[Gathering]:
    days = _working_days(FIRST_SYMPOSIUM, SYMPOSIA, calendar, apart=3)
    counts = spread(SYMPOSIUM_HEADS, SYMPOSIA, "座谈会", least=16)
    for position, (day, heads) in enumerate(zip(days, counts, strict=True)):
        community = COMMUNITIES[position % len(COMMUNITIES)]
        about = SYMPOSIUM_ABOUT[position * 2 // SYMPOSIA]
        estates = PLACES[community]["estate"]
        estate = estates[position // len(COMMUNITIES) % len(estates)]
        yield Gathering(
            kind=K.SYMPOSIUM,
            title=f"{about}{estate}座谈会（第 {position + 1} 场）",
            on=day,
            hours=(14, 16),
            places=((f"{estate}活动室", community),),
            asked=EVERYBODY,
            community=community,
            heads=heads,
            planned_as="项目座谈会",
        )


def spread(total: int, parts: int, name: str, *, least: int = 1) -> list[int]:
    """Share a total out in whole numbers, all a little different, none below the least."""
    random = Random(name)  # noqa: S311 - for variety, not for secrets
    mean = total // parts
    swing = min(mean // 6, mean - least)
    counts = [mean + random.randint(-swing, swing) for _ in range(parts)]
    position = 0
    while difference := total - sum(counts):
        step = 1 if difference > 0 else -1
        if least <= counts[position] + step <= mean + swing:
            counts[position] += step
        position = (position + 1) % parts
    return counts


def _working_days(first: date, number: int, calendar: WorkCalendar, *, apart: int) -> list[date]:
    days = [calendar.next_working_day(first)]
    while len(days) < number:
        days.append(calendar.add_working_days(days[-1], apart))
    return days
