"""Questions about oversight topics: the list with what is due, and one topic laid out in its rounds."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from deputies.choices import Attendance, TopicStatus
from deputies.models import Activity, OversightEvent, OversightRound, OversightTopic, WorkPlanItem

NEAR_DAYS = 7  # a look within so many days stands out in a list (local default)


@dataclass(frozen=True)
class LookDue:
    """A day on which somebody looks or reports: how far it is, in days."""

    on: date
    days_left: int

    @property
    def is_late(self) -> bool:
        return self.days_left < 0

    @property
    def is_near(self) -> bool:
        return 0 <= self.days_left <= NEAR_DAYS

    @property
    def distance(self) -> str:
        if self.days_left < 0:
            return f"已过 {-self.days_left} 天"
        return ("今天", "明天")[self.days_left] if self.days_left < 2 else f"还有 {self.days_left} 天"


def look_due(day: date | None, *, today: date) -> LookDue | None:
    return LookDue(day, (day - today).days) if day else None


def with_last_round(topics: QuerySet[OversightTopic]) -> QuerySet[Any]:
    """Annotate the round in hand: ``round_number``, and ``look_again_on`` while it is open."""
    last = OversightRound.objects.filter(topic=OuterRef("pk")).order_by("-number")
    in_hand = last.filter(ended_on__isnull=True)
    return topics.annotate(
        round_number=Subquery(last.values("number")[:1]), look_again_on=Subquery(in_hand.values("look_again_on")[:1])
    )


def years_of_topics(*, today: date) -> list[int]:
    """Return the years from the first topic to this one or the last, the newest first."""
    years = set(OversightTopic.objects.order_by().values_list("year", flat=True).distinct())
    return sorted(years | {today.year}, reverse=True)


@dataclass
class RoundPage:
    """One round with what fell into its days; ``opinions`` are filled in by the floor above."""

    round: OversightRound
    activities: list[Any] = field(default_factory=list)
    opinions: list[Any] = field(default_factory=list)

    @property
    def heading(self) -> str:
        return f"第 {self.round.number} 轮"

    @property
    def phase(self) -> str:
        return "监督—落实" if self.round.number == 1 else "再监督—再落实"


@dataclass(frozen=True)
class TopicPage:
    """A topic with everything this app keeps of it. Rounds stand newest first, events too."""

    topic: OversightTopic
    rounds: list[RoundPage]
    events: list[OversightEvent]
    plan_items: list[WorkPlanItem]
    today: date

    @property
    def last(self) -> OversightRound:
        return self.rounds[0].round

    @property
    def in_hand(self) -> OversightRound | None:
        """The round that is open, if there is one."""
        return self.last if self.last.ended_on is None else None

    @property
    def look(self) -> LookDue | None:
        return look_due(self.in_hand.look_again_on, today=self.today) if self.in_hand else None

    @property
    def report(self) -> LookDue | None:
        """The day by which the outcome is to be reported, while that is owed."""
        if self.topic.reported_back_on:
            return None
        return look_due(self.topic.entrusted_due_on, today=self.today)

    @property
    def next_step(self) -> str:
        """What comes next, as a short sentence."""
        if self.topic.status == TopicStatus.CLOSED:
            return f"等向{self.topic.entrusted_by}报告结果" if self._owes_report else ""
        if self.in_hand is None:
            return "等办结，或者开始下一轮"
        if self.in_hand.started_on > self.today:
            return f"{self.in_hand}还没有开始"
        if self.look is not None and self.look.days_left <= 0:
            return "该去检查落实情况了"
        return f"{self.in_hand}监督中"

    @property
    def _owes_report(self) -> bool:
        return bool(self.topic.entrusted_by) and self.topic.reported_back_on is None

    def round_on(self, day: date) -> RoundPage:
        """Return the round in which a day falls; a day before the first belongs to the first."""
        oldest_first = self.rounds[::-1]
        starts = [page.round.started_on for page in oldest_first]
        return oldest_first[max(bisect_right(starts, day) - 1, 0)]


def topic_page(topic: OversightTopic, *, today: date) -> TopicPage:
    """Read what belongs to one topic, in four queries."""
    rounds = [RoundPage(round_) for round_ in topic.rounds.order_by("-number")]
    present = Count("participations", filter=Q(participations__state=Attendance.PRESENT))
    activities = Activity.objects.filter(topic=topic).annotate(present_count=present).order_by("starts_at", "pk")
    page = TopicPage(
        topic,
        rounds,
        events=list(topic.events.select_related("actor").order_by("-happened_at", "-pk")),
        plan_items=list(topic.plan_items.order_by("plan", "month", "pk")),
        today=today,
    )
    for activity in activities:
        page.round_on(activity.starts_on).activities.append(activity)
    return page
