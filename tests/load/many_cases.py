"""Ten years of a big street, written straight into the tables: far too many cases to walk each through its verbs.

What the verbs would have left behind is kept to: rounds, replies, evaluations, events and due days fit the status.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from congress_portal.accounts.models import Community, Department, User
from congress_portal.common.calendar_rows import work_calendar
from congress_portal.notifications.models import Message
from deputies.models import Person
from suggestions import deadlines, tracking
from suggestions.choices import Channel, EventKind, Outcome, Rating, Status
from suggestions.deadlines import Limit
from suggestions.models import (
    LOCAL_RULE,
    Assignment,
    Attachment,
    Category,
    Evaluation,
    NumberSequence,
    Reply,
    Suggestion,
    SuggestionEvent,
)

YEARS = 10
BATCH = 5_000
SHANGHAI = ZoneInfo("Asia/Shanghai")

CHANNELS = {Channel.WEB: 30, Channel.RECEPTION: 22, Channel.WECHAT: 18, Channel.COUNCIL: 12, Channel.PHONE: 8,
            Channel.DIRECT: 4, Channel.LETTER: 3, Channel.ACTIVITY: 2, Channel.SESSION: 1}  # fmt: skip
OUTCOMES = {Outcome.SOLVED: 70, Outcome.BEING_SOLVED: 16, Outcome.NOT_NOW: 8, Outcome.REFERENCE: 6}
RATINGS = {Rating.SATISFIED: 86, Rating.BASIC: 12, Rating.DISSATISFIED: 2}
# The first cases of all: every state once, the closed one in two rounds, all of one department and one raiser.
FIRST = (Status.SUBMITTED, Status.ACCEPTED, Status.ASSIGNED, Status.REPLIED, Status.CLOSED, Status.DECLINED)
PLACES = ("菜场东门", "小学门口", "公园北侧", "三号楼前", "公交站旁", "老年食堂")
MATTERS = ("路灯不亮", "井盖松动", "垃圾清运不及时", "电动车乱停", "下水道堵塞", "健身器材损坏", "夜间施工扰民")
# How long the department has in the first round and in the next one.
FIRST_LIMIT, NEXT_LIMIT = Limit(days=15, source=LOCAL_RULE), Limit(months=1, source=LOCAL_RULE)
RARE_WORD = "獐岛"  # in one case of a thousand


@dataclass
class Street:
    """Who takes part, and where the last filling stopped."""

    clerk: User
    officers: dict[Department, User]
    communities: list[Community]
    raisers: list[Person]
    today: date
    filled: int = 0
    codes: dict[Status, tuple[str, int]] = field(default_factory=dict)  # of the first case in each state: code, pk

    def __post_init__(self) -> None:
        self.random = random.Random("云禾")  # noqa: S311 - for variety, not for secrets
        self.calendar = work_calendar()
        self.departments = list(self.officers)
        self.categories = list(Category.objects.order_by("pk"))

    def fill_up_to(self, total: int) -> None:
        numbers = iter(range(self.filled, total))
        while batch := list(islice(numbers, BATCH)):
            with transaction.atomic():
                self._write([self._case(number, total) for number in batch])
        self.filled = total
        NumberSequence.objects.bulk_create(
            [NumberSequence(year=self.today.year - ago, last=total) for ago in range(YEARS)], ignore_conflicts=True
        )

    def _case(self, number: int, total: int) -> Suggestion:
        is_first = number < len(FIRST)
        days_ago = 90 if is_first else int(self.random.random() * YEARS * 365)
        status = FIRST[number] if is_first else self._status(days_ago)
        received_on = self.today - timedelta(days=days_ago)
        code = tracking.code_for(key := tracking.new_submission_key())
        if is_first:
            self.codes[status] = (code, 0)
        what, where = self.random.choice(MATTERS), self.random.choice(PLACES)
        rare = RARE_WORD if number % 1000 == 7 else ""
        case = Suggestion(
            number=f"{received_on.year}-{number:06d}",
            channel=Channel.RECEPTION if is_first else self._one_of(CHANNELS),
            title=f"{rare}{where}{what}",
            matter=f"{rare}{where}{what}，已经有一段时间了，附近居民进出很不方便。希望尽快安排处理。" * 6,
            category=self.random.choice(self.categories),
            community=self.random.choice(self.communities),
            place=where,
            contact_name="王女士",
            contact_phone=f"139555{number % 100_000:05d}",
            status=status,
            received_at=self._moment(received_on, 9),
            received_on=received_on,
            accept_days=2,
            accept_due_on=deadlines.accept_due_on(received_on=received_on, accept_days=2, calendar=self.calendar),
            code_digest=tracking.digest(code),
            submission_digest=tracking.submission_digest(key),
        )
        if case.channel not in (Channel.WEB, Channel.PHONE, Channel.LETTER):
            case.raised_by, case.entered_by = (
                self.raisers[0] if is_first else self.random.choice(self.raisers), self.clerk
            )  # fmt: skip
        if status != Status.SUBMITTED:
            case.accepted_on = received_on + timedelta(days=1)
        if status == Status.DECLINED:
            case.accepted_on, case.declined_on = None, received_on + timedelta(days=1)
        if status in (Status.ASSIGNED, Status.REPLIED, Status.CLOSED):
            case.department = self.departments[0] if is_first else self.random.choice(self.departments)
            case.round_no = 2 if number % 25 == 4 else 1
            *_, case.reply_due_on = (each.due_on for each in self._rounds(case))
        if status == Status.CLOSED:
            case.closed_on = received_on + timedelta(days=18 + 30 * (case.round_no - 1))
        return case

    def _status(self, days_ago: int) -> Status:
        """Nearly all that came in long ago has ended; the last weeks are in hand."""
        if self.random.random() < 0.04:
            return Status.DECLINED
        ages = ((2, Status.SUBMITTED), (4, Status.ACCEPTED), (20, Status.ASSIGNED), (28, Status.REPLIED))
        if days_ago > 60:
            return Status.ASSIGNED if self.random.random() < 0.002 else Status.CLOSED
        return next((status for age, status in ages if days_ago <= age), Status.CLOSED)

    def _write(self, cases: list[Suggestion]) -> None:
        Suggestion.objects.bulk_create(cases)
        for case in cases:
            code, pk = self.codes.get(Status(case.status), ("", 0))
            if code and not pk:
                self.codes[Status(case.status)] = (code, case.pk)
        rounds = [each for case in cases for each in self._rounds(case)]
        Assignment.objects.bulk_create(rounds)
        replies = [self._reply(each) for each in rounds if each.replied_on]
        Reply.objects.bulk_create(replies)
        # A quarter of the closed cases were closed without an answer from the resident.
        rated = [each for each in replies if self._is_rated(each) or each.assignment.round_no == 1]
        Evaluation.objects.bulk_create(filter(None, (self._evaluation(each) for each in rated)))
        SuggestionEvent.objects.bulk_create([event for case in cases for event in self._events(case)])
        Attachment.objects.bulk_create([self._photo(case) for case in cases[::10]])
        told = cases[:1] + [case for case in cases[1:] if (self.today - case.received_on).days < 60]
        Message.objects.bulk_create([self._message(case) for case in told])

    def _rounds(self, case: Suggestion) -> Iterator[Assignment]:
        for round_no in range(1, case.round_no + 1):
            start = case.received_on + timedelta(days=2 + 30 * (round_no - 1))
            limit = FIRST_LIMIT if round_no == 1 else NEXT_LIMIT
            is_answered = round_no < case.round_no or case.status != Status.ASSIGNED
            yield Assignment(
                suggestion=case,
                round_no=round_no,
                department=case.department,
                assigned_by=self.clerk,
                assigned_on=start,
                due_on=deadlines.reply_due_on(assigned_on=start, limit=limit, calendar=self.calendar),
                due_by_rule=True,
                limit_days=limit.days,
                limit_months=limit.months,
                limit_source=limit.source,
                replied_on=start + timedelta(days=10) if is_answered else None,
            )

    def _reply(self, assignment: Assignment) -> Reply:
        return Reply(
            assignment=assignment,
            text="已安排人员到现场处理，当天恢复正常；今后每周巡查一次。" * 4,
            outcome=self._one_of(OUTCOMES),
            replied_by=self.officers[assignment.department],
            replied_at=self._moment(assignment.replied_on, 15),
        )

    def _is_rated(self, reply: Reply) -> bool:
        return reply.assignment.suggestion.status == Status.CLOSED and self.random.random() < 0.75

    def _evaluation(self, reply: Reply) -> Evaluation | None:
        assignment = reply.assignment
        case = assignment.suggestion
        is_last = assignment.round_no == case.round_no
        if is_last and case.status != Status.CLOSED:
            return None
        result = self._one_of(RATINGS) if is_last else Rating.DISSATISFIED
        if is_last and result == Rating.DISSATISFIED:
            result = Rating.BASIC  # a last round that did not satisfy would not be the last
        return Evaluation(
            suggestion=case,
            reply=reply,
            round_no=assignment.round_no,
            process=self._one_of({Rating.SATISFIED: 9, Rating.BASIC: 1}),
            result=result,
            reason="还有一盏不亮。" if result == Rating.DISSATISFIED else "",
            evaluated_on=assignment.replied_on + timedelta(days=4),
        )

    def _events(self, case: Suggestion) -> Iterator[SuggestionEvent]:
        after = [(EventKind.SUBMITTED, Status.SUBMITTED, 0)]
        if case.declined_on:
            after.append((EventKind.DECLINED, Status.DECLINED, 1))
        if case.accepted_on:
            after.append((EventKind.ACCEPTED, Status.ACCEPTED, 1))
        for round_no in range(1, case.round_no + 1):
            start = 2 + 30 * (round_no - 1)
            kind = EventKind.ASSIGNED if round_no == 1 else EventKind.REOPENED
            after.append((kind, Status.ASSIGNED, start))
            if round_no < case.round_no or case.status != Status.ASSIGNED:
                after.append((EventKind.REPLIED, Status.REPLIED, start + 10))
        if case.closed_on:
            after.append((EventKind.CLOSED, Status.CLOSED, (case.closed_on - case.received_on).days))
        for kind, status, days in after:
            yield SuggestionEvent(
                suggestion=case,
                kind=kind,
                to_status=status,
                round_no=case.round_no,
                note="请在期限内办理。",
                happened_at=self._moment(case.received_on + timedelta(days=days), 10),
            )

    def _photo(self, case: Suggestion) -> Attachment:
        """A row as a photo has it; the file itself is never opened here."""
        return Attachment(
            suggestion=case, file=f"attachment/{case.number}.jpg", original_name="现场.jpg",
            content_type="image/jpeg", size=90_000, sha256="0" * 64,
        )  # fmt: skip

    def _message(self, case: Suggestion) -> Message:
        return Message(
            recipient=self.clerk, subject=f"收到一件意见建议：{case.title}", body="请受理。", state="not_needed",
            next_attempt_at=None, url=f"/admin/suggestions/suggestion/{case.pk}/change/",
        )  # fmt: skip

    def _one_of(self, weights: dict[Any, int]) -> Any:
        return self.random.choices(list(weights), weights.values())[0]

    def _moment(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), SHANGHAI)
