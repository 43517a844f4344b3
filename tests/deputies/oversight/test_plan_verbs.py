"""The annual plan: written, copied, published, changed on record, and done by the activities that point at it."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from congress_portal.notifications.models import Message
from deputies import workflow
from deputies.choices import ActivityKind
from deputies.models import WorkPlan, WorkPlanItem
from deputies.selectors import plan as selectors
from tests.deputies.oversight.watching import OPENED, inspection, item, training
from tests.suggestions.story import TODAY, moment


def rows(plan):
    return [(row.pk, row.month, row.title, row.planned_count) for row in plan.items.order_by("month", "pk")]


def sentences(plan):
    return [entry.change_message for entry in selectors.history(plan)][::-1]


def write(plan, *items, by, seen=None, **changed):
    given = {"year": plan.year, "preface": plan.preface, "items": items, "seen": seen} | changed
    return workflow.write_plan(**given, by=by, now=TODAY)


def test_plan_is_written_and_written_again_without_change(watching):
    plan = watching.plan()
    before = rows(plan)

    again = watching.plan()

    assert rows(again) == before
    assert [row[1:] for row in before] == [(3, "视察凤鸣河", 2), (5, "学习代表法", 1)]
    assert sentences(plan) == [
        "增加3月“视察凤鸣河”2 次，视察；增加5月“学习代表法”1 次，学习培训；修改总体要求",
    ]


def test_items_change_come_and_go_until_the_plan_is_published(watching, zhao):
    plan = watching.plan()
    changed = inspection(pk=item(plan).pk, month=4, planned_count=3)

    write(plan, changed, training(title="学习监督法"), by=zhao)

    assert [row[1:] for row in rows(plan)] == [(4, "视察凤鸣河", 3), (5, "学习监督法", 1)]
    assert item(plan).pk == changed.pk
    assert sentences(plan)[-1] == (
        "3月“视察凤鸣河”2 次，视察改为4月“视察凤鸣河”3 次，视察；"
        "增加5月“学习监督法”1 次，学习培训；去掉5月“学习代表法”1 次，学习培训"
    )


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title": " "}, "没有写事项"),
        ({"title": "学" * 81}, "最多 80 个字"),
        ({"month": 13}, "月份要在 1 到 12 之间"),
        ({"planned_count": 0}, "次数要在 1 到 400 之间"),
        ({"kind": "nothing"}, "类型不在列表里"),
        ({"pk": 999_999}, "已经不在计划里"),
    ],
)
def test_item_that_cannot_be_is_refused_and_nothing_is_written(watching, zhao, changed, words):
    plan = watching.plan()
    before = rows(plan)

    with pytest.raises(workflow.PlanItemNotAllowed, match=words):
        write(plan, training(month=1, title="新的事项"), inspection(**changed), by=zhao)

    assert rows(plan) == before


def test_more_is_refused(watching, zhao):
    plan = watching.plan()
    later = watching.open(year=2027, title="明年的", started_on=date(2027, 1, 5), look_again_on=None)

    with pytest.raises(workflow.PlanItemNotAllowed, match="写了两遍"):
        write(plan, training(), training(planned_count=2), by=zhao)
    with pytest.raises(workflow.PlanItemNotAllowed, match="议题是2027年的"):
        write(plan, inspection(topic=later), by=zhao)
    with pytest.raises(workflow.PlanItemNotAllowed, match="最多 120 项"):
        write(plan, *[training(title=f"学习{n}") for n in range(121)], by=zhao)


@pytest.mark.parametrize("year", [2015, 2028])
def test_plan_of_a_year_that_cannot_be_meant_is_refused(watching, year):
    with pytest.raises(workflow.YearNotAllowed, match="2016 到 2027"):
        watching.plan(year=year)

    assert not WorkPlan.objects.exists()


def test_who_saves_second_is_told_who_was_first(watching, zhao, sun):
    plan = watching.plan()
    seen = workflow.plan_fingerprint(plan)
    write(plan, training(), by=sun, seen=seen)

    with pytest.raises(workflow.PlanChangedMeanwhile, match="孙经办改过2026年度工作计划"):
        write(plan, inspection(), by=zhao, seen=seen)

    assert [row[2] for row in rows(plan)] == ["学习代表法"]


def test_item_with_activities_is_not_taken_out(watching, zhao):
    plan = watching.plan()
    watching.hold(plan_item=item(plan))

    with pytest.raises(workflow.PlanItemInUse, match=r"3月“视察凤鸣河”已经挂了活动.*不办了"):
        write(plan, training(), by=zhao)


def test_plan_begins_as_last_years_without_what_was_dropped(watching, zhao):
    before = watching.plan(year=2025)
    workflow.drop_plan_item(item(before, "学习代表法"), reason="改到秋天。", by=zhao, now=TODAY)

    plan = workflow.copy_plan(year=2026, from_year=2025, by=zhao, now=TODAY)

    assert [row[1:] for row in rows(plan)] == [(3, "视察凤鸣河", 2)]
    assert item(plan).kind == ActivityKind.INSPECTION
    with pytest.raises(workflow.PlanNotEmpty, match="2026年的计划里已经有事项"):
        workflow.copy_plan(year=2026, from_year=2025, by=zhao, now=TODAY)
    with pytest.raises(workflow.PlanEmpty, match="2024年的计划里没有"):
        workflow.copy_plan(year=2027, from_year=2024, by=zhao, now=TODAY)


def test_published_plan_is_told_to_everybody_on_mandate(watching, cast, zhao):
    plan = workflow.publish_plan(watching.plan(), by=zhao, now=TODAY)

    assert plan.published_on == date(2026, 3, 5)
    told = Message.objects.filter(subject="2026年度工作计划已公布")
    assert set(told.values_list("recipient__username", flat=True)) == {"chen", "lin", "he"}
    assert set(told.values_list("url", flat=True)) == {"/deputies/plan/2026/"}
    with pytest.raises(workflow.MoveNotAllowed, match="已经在2026年3月5日公布"):
        workflow.publish_plan(plan, by=zhao, now=TODAY)


def test_plan_without_anything_to_do_is_not_published(watching, zhao):
    plan = watching.plan(training())
    workflow.drop_plan_item(item(plan, "学习代表法"), reason="不办。", by=zhao, now=TODAY)

    with pytest.raises(workflow.PlanEmpty, match="还没有事项"):
        workflow.publish_plan(plan, by=zhao, now=TODAY)


def test_after_publication_items_are_changed_on_record_and_never_taken_out(watching, zhao):
    plan = watching.published()
    assert selectors.changed_since_published(plan) is None

    with pytest.raises(workflow.PlanItemInUse, match="已经公布，5月“学习代表法”不能直接去掉"):
        write(plan, inspection(), by=zhao)
    write(plan, inspection(planned_count=4), training(), by=zhao)

    assert selectors.changed_since_published(plan) == TODAY
    assert sentences(plan)[-2:] == ["公布", "3月“视察凤鸣河”2 次，视察改为3月“视察凤鸣河”4 次，视察"]


def test_item_is_dropped_with_a_reason_and_taken_up_again(watching, zhao):
    plan = watching.published()
    row = item(plan)

    with pytest.raises(workflow.ReasonMissing):
        workflow.drop_plan_item(row, reason=" ", by=zhao, now=TODAY)
    with pytest.raises(workflow.MoveNotAllowed, match="本来就在计划里"):
        workflow.take_up_plan_item(row, by=zhao, now=TODAY)
    workflow.drop_plan_item(row, reason="汛期。", by=zhao, now=TODAY)
    with pytest.raises(workflow.MoveNotAllowed, match="已经记为不办"):
        workflow.drop_plan_item(row, reason="汛期。", by=zhao, now=TODAY)
    assert item(plan).dropped_reason == "汛期。"

    write(plan, training(), by=zhao)  # a dropped one stays whatever is written
    assert item(plan).dropped_reason == "汛期。"

    workflow.take_up_plan_item(row, by=zhao, now=TODAY)
    assert item(plan).dropped_reason == ""
    assert sentences(plan)[-2:] == ["不办3月“视察凤鸣河”，原因：汛期。", "恢复3月“视察凤鸣河”"]


def test_done_is_what_was_held_and_points_at_the_item(watching, zhao):
    plan = watching.plan()
    linked, loose = watching.hold(plan_item=item(plan)), watching.hold(title="视察学校")
    watching.hold(title="座谈", kind=ActivityKind.SYMPOSIUM)  # of a kind the month does not plan

    page = selectors.plan_page(plan, with_unlinked=True)
    assert (page.planned_count, page.done_count, page.items_done) == (3, 1, 0)
    ((rest,),) = [month.unlinked for month in page.months if month.unlinked]
    assert (rest.item, rest.kind, rest.count) == (item(plan), ActivityKind.INSPECTION, 1)

    assert workflow.link_activities(item(plan), activities=[linked, loose], by=zhao, now=TODAY) == 1

    page = selectors.plan_page(plan, with_unlinked=True)
    assert (page.done_count, page.items_done) == (2, 1)
    assert [month.unlinked for month in page.months] == [[], []]
    assert loose.events.latest("pk").note == "挂到年度计划：2026年3月 视察凤鸣河"


def test_activity_is_taken_off_an_item_again(watching, zhao):
    plan = watching.plan()
    linked = watching.hold(plan_item=item(plan))

    assert workflow.link_activities(item(plan), activities=[], by=zhao, now=TODAY) == 1
    assert workflow.link_activities(item(plan), activities=[], by=zhao, now=TODAY) == 0

    linked.refresh_from_db()
    assert linked.plan_item is None


def test_activity_that_does_not_belong_there_is_refused(watching, zhao):
    plan = watching.plan()
    elsewhere = watching.hold(plan_item=item(plan, "学习代表法"))
    last_year = watching.hold(starts_at=moment(3, 3, year=2025))
    cancelled = workflow.plan_activity(
        kind=ActivityKind.INSPECTION, title="没去成", starts_at=TODAY, ends_at=TODAY, by=zhao, now=OPENED
    )
    workflow.cancel_activity(cancelled, reason="下雨。", by=zhao, now=OPENED)

    for activity in (elsewhere, last_year, cancelled):
        with pytest.raises(workflow.PlanItemNotAllowed):
            workflow.link_activities(item(plan), activities=[activity], by=zhao, now=TODAY)

    assert not item(plan).activities.exists()


def test_only_the_committee_plans(watching, everybody):
    plan = watching.plan()
    watching.plan(year=2025)
    may = {"write": set(), "copy": set(), "publish": set(), "drop": set(), "take_up": set(), "link": set()}
    for name, person in everybody.items():
        actor = {"by": person, "now": TODAY}
        row = item(plan)
        verbs = {
            "write": lambda person=person: write(plan, inspection(), training(), by=person),
            "copy": lambda actor=actor: workflow.copy_plan(year=2026, from_year=2025, **actor),
            "publish": lambda actor=actor: workflow.publish_plan(plan, **actor),
            "drop": lambda actor=actor, row=row: workflow.drop_plan_item(row, reason="不办。", **actor),
            "take_up": lambda actor=actor, row=row: workflow.take_up_plan_item(row, **actor),
            "link": lambda actor=actor, row=row: workflow.link_activities(row, activities=[], **actor),
        }
        for verb, do in verbs.items():
            try:
                do()
            except PermissionDenied:
                assert WorkPlanItem.objects.filter(dropped_reason="").count() == 4
            except (workflow.MoveNotAllowed, workflow.PlanNotEmpty):  # allowed, and too late
                may[verb].add(name)
            else:
                may[verb].add(name)

    assert may == {verb: {"zhao", "sun", "fang"} for verb in may}
