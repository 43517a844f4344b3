"""Oversight topics and plans through the real verbs, around Thursday, 5 March 2026, 10:00, which is today.

The topic of 2026 began on 10 January; it is looked at again on 20 March.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from congress_portal.accounts.models import User
from deputies import workflow
from deputies.choices import ActivityKind
from deputies.models import Activity, OversightRound, OversightTopic, WorkPlan, WorkPlanItem
from deputies.workflow import PlanItem
from tests.suggestions.story import TODAY, moment

OPENED = moment(1, 10)
BEGAN = date(2026, 1, 10)
LOOK = date(2026, 3, 20)
VISIT = moment(3, 3)


@dataclass(frozen=True)
class Watching:
    """Who keeps watch."""

    clerk: User

    def open(self, *, by: User | None = None, now: datetime = OPENED, **changed: Any) -> OversightTopic:
        given = {"year": 2026, "title": "凤鸣河治理", "started_on": BEGAN, "look_again_on": LOOK}
        return workflow.open_topic(**given | changed, by=by or self.clerk, now=now)

    def end(self, topic: OversightTopic, *, by: User | None = None, now: datetime = TODAY, **changed: Any) -> Any:
        given = {"findings": "污水混接 8 处。", "result": "改好 3 处。", "ended_on": date(2026, 3, 4)}
        return workflow.end_round(topic, **given | changed, by=by or self.clerk, now=now)

    def close(self, topic: OversightTopic, *, by: User | None = None, now: datetime = TODAY, **changed: Any) -> Any:
        given = {"conclusion": "8 处都已改好。", "closed_on": date(2026, 3, 5)}
        return workflow.close_topic(topic, **given | changed, by=by or self.clerk, now=now)

    def plan(self, *items: PlanItem, year: int = 2026, now: datetime = OPENED, **changed: Any) -> WorkPlan:
        given = {"preface": "围绕中心工作。", "items": items or (inspection(), training())}
        return workflow.write_plan(year=year, **given | changed, by=self.clerk, now=now)

    def published(self, *items: PlanItem, **changed: Any) -> WorkPlan:
        return workflow.publish_plan(self.plan(*items, **changed), by=self.clerk, now=OPENED)

    def hold(self, *, starts_at: datetime = VISIT, **changed: Any) -> Activity:
        given = {"kind": ActivityKind.INSPECTION, "title": "视察凤鸣河", "starts_at": starts_at, "ends_at": starts_at}
        activity = workflow.plan_activity(**given | changed, by=self.clerk, now=OPENED)
        return workflow.record_held(activity, by=self.clerk, now=TODAY)


def inspection(**changed: Any) -> PlanItem:
    return PlanItem(
        **{"month": 3, "title": "视察凤鸣河", "kind": ActivityKind.INSPECTION, "planned_count": 2} | changed
    )


def training(**changed: Any) -> PlanItem:
    return PlanItem(**{"month": 5, "title": "学习代表法", "kind": ActivityKind.TRAINING} | changed)


def last(topic: OversightTopic) -> OversightRound:
    return topic.rounds.order_by("-number")[0]


def steps(topic: OversightTopic) -> list[str]:
    return list(topic.events.order_by("happened_at", "pk").values_list("kind", flat=True))


def item(plan: WorkPlan, title: str = "视察凤鸣河") -> WorkPlanItem:
    return plan.items.get(title=title)
