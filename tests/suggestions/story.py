"""How a case comes into each state: through the real verbs, on named days of March 2026.

2 March (Monday) received · 3 March accepted and assigned · 4 March answered · 5 March evaluated, today
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from congress_portal.accounts.models import Community, Department, User
from congress_portal.common.uploads import PreparedFile
from deputies.models import Person
from suggestions import tracking, workflow
from suggestions.choices import Channel, Kind, Outcome, Rating, Status
from suggestions.models import Category, Suggestion
from suggestions.selectors import reply_to_evaluate
from suggestions.workflow import Contact, Received, Submission

SHANGHAI = ZoneInfo("Asia/Shanghai")
PHONE = "13955501234"
MATTER = "凤鸣路菜场东门三盏路灯不亮，晚上老人出门看不清路。希望尽快修好。"
REPLY = "已于三月四日更换东门三盏路灯，当晚复查正常。"

# Every state of the life cycle, and the status it is stored as.
STATES = {
    "submitted": Status.SUBMITTED,
    "accepted": Status.ACCEPTED,
    "assigned": Status.ASSIGNED,
    "overdue": Status.ASSIGNED,
    "replied": Status.REPLIED,
    "reopened": Status.ASSIGNED,
    "closed": Status.CLOSED,
    "declined": Status.DECLINED,
}


def moment(month: int, day: int, hour: int = 10, minute: int = 0, *, year: int = 2026, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)


RECEIVED = moment(3, 2)
ACCEPTED = moment(3, 3)
ASSIGNED = moment(3, 3, 11)
ANSWERED = moment(3, 4)
TODAY = moment(3, 5)


@dataclass(frozen=True)
class Office:
    """Who acts in the stories, and for which department."""

    clerk: User
    officer: User
    department: Department
    community: Community

    def submit(self, *, now: datetime = RECEIVED, key: str = "", **fields: Any) -> Received:
        """A resident fills in the public form."""
        given: dict[str, Any] = {
            "matter": MATTER,
            "category": Category.objects.order_by("pk").first(),
            "community": self.community,
            "place": "凤鸣路菜场东门",
            "contact": Contact("王女士", PHONE, "60-79"),
        }
        photos = fields.pop("photos", ())
        submission = Submission(**(given | fields))
        return workflow.submit_suggestion(submission, key=key or tracking.new_submission_key(), photos=photos, now=now)

    def enter(
        self,
        *,
        now: datetime = RECEIVED,
        channel: Channel = Channel.RECEPTION,
        raised_by: Person | None = None,
        received_on: date | None = None,
        **fields: Any,
    ) -> Received:
        """A clerk enters what came in by another way."""
        given: dict[str, Any] = {
            "kind": Kind.OPINION,
            "title": "",
            "matter": MATTER,
            "category": None,
            "community": self.community,
            "place": "",
            "contact": Contact("王女士", PHONE),
        }
        photos = fields.pop("photos", ())
        return workflow.enter_suggestion(
            Submission(channel=channel, raised_by=raised_by, **(given | fields)),
            key=tracking.new_submission_key(),
            photos=photos,
            received_on=received_on or now.astimezone(SHANGHAI).date(),
            by=self.clerk,
            now=now,
        )

    def accept(self, case: Suggestion, *, now: datetime = ACCEPTED) -> Suggestion:
        return workflow.accept_suggestion(case, by=self.clerk, now=now)

    def decline(self, case: Suggestion, *, now: datetime = ACCEPTED, referred_to: str = "") -> Suggestion:
        return workflow.decline_suggestion(
            case, reason="这件正在法院审理，请按法院的程序办。", referred_to=referred_to, by=self.clerk, now=now
        )

    def assign(
        self,
        case: Suggestion,
        *,
        now: datetime = ASSIGNED,
        due_on: date = date(2026, 3, 24),
        department: Department | None = None,
    ) -> Suggestion:
        return workflow.assign_to_department(
            case, department=department or self.department, due_on=due_on, by=self.clerk, now=now
        )

    def reply(
        self,
        case: Suggestion,
        *,
        now: datetime = ANSWERED,
        outcome: Outcome = Outcome.SOLVED,
        files: Sequence[PreparedFile] = (),
    ) -> Suggestion:
        return workflow.record_reply(case, text=REPLY, outcome=outcome, files=files, by=self.officer, now=now)

    def evaluate(
        self,
        case: Suggestion,
        *,
        now: datetime = TODAY,
        process: Rating = Rating.SATISFIED,
        result: Rating = Rating.SATISFIED,
    ) -> Suggestion:
        reason = "只修好了两盏，还有一盏不亮。" if Rating.DISSATISFIED in (process, result) else ""
        return workflow.evaluate_reply(
            case, reply_pk=reply_to_evaluate(case), process=process, result=result, reason=reason, by=None, now=now
        )

    def case_in(self, state: str, *, raised_by: Person | None = None, **fields: Any) -> Suggestion:
        """A new case, taken step by step to the state."""
        received = self.enter(raised_by=raised_by, **fields) if raised_by else self.submit(**fields)
        case = received.suggestion
        if state == "submitted":
            return case
        if state == "declined":
            return self.decline(case)
        case = self.accept(case)
        if state == "accepted":
            return case
        case = self.assign(case, due_on=date(2026, 3, 4) if state == "overdue" else date(2026, 3, 24))
        if state in ("assigned", "overdue"):
            return case
        case = self.reply(case)
        if state == "replied":
            return case
        return self.evaluate(case, result={"reopened": Rating.DISSATISFIED, "closed": Rating.SATISFIED}[state])
