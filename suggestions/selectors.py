"""Questions about suggestions, shaped for the pages that ask them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from congress_portal.accounts.models import User
from congress_portal.common.dates import full_day
from congress_portal.common.figures import FIRST_YEAR
from suggestions import deadlines, tracking
from suggestions.choices import Status
from suggestions.models import NEXT_DUE_ON, Assignment, Attachment, Reply, ReplyTerm, Suggestion, SuggestionEvent

# Where somebody still owes a step: accepting, assigning, or the reply.
OWED_STATUSES = (Status.SUBMITTED, Status.ACCEPTED, Status.ASSIGNED)


@dataclass(frozen=True)
class Chip:
    """A status as it is shown: ``code`` picks icon and colour, ``label`` is the word beside it."""

    code: str
    label: str


@dataclass(frozen=True)
class Due:
    """A due day for a page: what is due, when, in how many calendar days (negative: late), and when it was done."""

    verb: str
    due_on: date
    days_left: int
    answered_on: date | None = None

    @property
    def distance(self) -> str:
        if self.days_left < 0:
            return f"逾期 {-self.days_left} 天"
        return {0: "今天到期", 1: "明天到期"}.get(self.days_left, f"还有 {self.days_left} 天")


@dataclass(frozen=True)
class Queue:
    """One of the heaps staff work from. Together they hold every case exactly once."""

    key: str
    chip: Chip
    where: Callable[[date], Q]


QUEUES = (
    Queue("new", Chip("new", "待受理"), lambda today: Q(status=Status.SUBMITTED)),
    Queue("toassign", Chip("toassign", "待交办"), lambda today: Q(status=Status.ACCEPTED)),
    Queue("doing", Chip("doing", "办理中"), lambda today: Q(status=Status.ASSIGNED, reply_due_on__gte=today)),
    Queue("overdue", Chip("overdue", "已逾期"), lambda today: Q(status=Status.ASSIGNED, reply_due_on__lt=today)),
    Queue("rate", Chip("rate", "待评价"), lambda today: Q(status=Status.REPLIED)),
    Queue("done", Chip("done", "已办结"), lambda today: Q(status=Status.CLOSED)),
    Queue("moved", Chip("moved", "不受理"), lambda today: Q(status=Status.DECLINED)),
)


FINISHED = frozenset({"done", "moved"})

# Parts of queues that are work of today: what must be accepted now, and what must be answered by tomorrow.
DUE_NOW: dict[str, Callable[[date], Q]] = {
    "accept_now": lambda today: Q(status=Status.SUBMITTED, accept_due_on__lte=today),
    "reply_soon": lambda today: Q(status=Status.ASSIGNED, reply_due_on__range=(today, today + timedelta(days=1))),
}


def queue_counts(*, today: date) -> dict[str, int]:
    """Return how many cases lie in each queue and in each of ``DUE_NOW``, by key, in one query."""
    where = {queue.key: queue.where for queue in QUEUES} | DUE_NOW
    return Suggestion.objects.aggregate(**{key: Count("pk", filter=holds(today)) for key, holds in where.items()})


def years_received(*, today: date) -> list[int]:
    """Return the years that have or may have cases, the current one first."""
    first = Suggestion.objects.aggregate(first=Min("received_on"))["first"] or today
    return list(range(today.year, max(first.year, FIRST_YEAR) - 1, -1))


def chip_for(suggestion: Suggestion, *, today: date) -> Chip:
    """Return the chip of a case; late comes before “again”, because it needs somebody first."""
    if suggestion.status == Status.ASSIGNED and suggestion.reply_due_on and suggestion.reply_due_on < today:
        return Chip("overdue", "已逾期")
    if suggestion.status == Status.ASSIGNED and suggestion.round_no > 1:
        return Chip("again", "重新办理")
    if suggestion.status == Status.DECLINED and suggestion.referred_to:
        return Chip("moved", "已转介")
    return Chip(_CHIP_CODES[Status(suggestion.status)], suggestion.get_status_display())


_CHIP_CODES = {
    Status.SUBMITTED: "new",
    Status.ACCEPTED: "toassign",
    Status.ASSIGNED: "doing",
    Status.REPLIED: "rate",
    Status.CLOSED: "done",
    Status.DECLINED: "moved",
}


def due_for(suggestion: Suggestion, *, today: date, answered_on: date | None = None) -> Due | None:
    """Return what is due next in a case: accepting, or the reply; None when nobody owes anything."""
    due_on = {
        Status.SUBMITTED: suggestion.accept_due_on,
        Status.ASSIGNED: suggestion.reply_due_on,
        Status.REPLIED: suggestion.reply_due_on,
        Status.CLOSED: suggestion.reply_due_on,
    }.get(Status(suggestion.status))
    if due_on is None:
        return None
    verb = "受理" if suggestion.status == Status.SUBMITTED else "答复"
    return Due(verb, due_on, deadlines.days_left(due_on, today=today), answered_on)


@dataclass(frozen=True)
class Row:
    """One case in a list."""

    suggestion: Suggestion
    chip: Chip
    due: Due | None


def rows(suggestions: QuerySet[Suggestion] | list[Suggestion], *, today: date) -> list[Row]:
    """Dress cases for a list; a due day is shown only where somebody still owes the step."""
    return [
        Row(
            item,
            chip_for(item, today=today),
            due_for(item, today=today) if item.status in OWED_STATUSES else None,
        )
        for item in suggestions
    ]


def most_urgent(*, today: date, limit: int) -> list[Row]:
    """Return the open cases that somebody owes something in, the nearest due day first, for the staff's first page."""
    waiting = (
        Suggestion.objects.filter(status__in=OWED_STATUSES)
        .select_related("department", "community")
        .annotate(next_due_on=NEXT_DUE_ON)
        .order_by("next_due_on", "pk")[:limit]
    )
    return rows(waiting, today=today)


def recent_steps(user: User, *, limit: int) -> list[SuggestionEvent]:
    """Return what a member of staff did last, for the first page."""
    steps = SuggestionEvent.objects.filter(actor=user).select_related("suggestion")
    return list(steps.order_by("-happened_at", "-pk")[:limit])


def department_list(department_id: int) -> QuerySet[Suggestion]:
    """Return a department's cases for its own list: what waits for a reply first, by due day."""
    return (
        Suggestion.objects.filter(department_id=department_id)
        .select_related("community", "category")
        .order_by("reply_due_on", "pk")
    )


def was_returned_by(department_id: int, suggestion_pk: int) -> bool:
    """Say whether a case is away from a department because that department returned it."""
    returned = Assignment.objects.filter(
        # Over ``pk``, which takes a number beyond any key; the column behind ``suggestion`` does not.
        suggestion__pk=suggestion_pk,
        department=department_id,
        returned_on__isnull=False,
    )
    return returned.exclude(suggestion__department=department_id).exists()


def department_tiles(department_id: int, *, today: date) -> dict[str, int]:
    """Return the four numbers above a department's list, in one query."""
    return (
        Suggestion.objects.awaiting_reply()
        .filter(department_id=department_id)
        .aggregate(
            overdue=Count("pk", filter=Q(reply_due_on__lt=today)),
            due_soon=Count("pk", filter=Q(reply_due_on__range=(today, today + timedelta(days=3)))),
            doing=Count("pk"),
            again=Count("pk", filter=Q(round_no__gt=1)),
        )
    )


def find_by_code(*, code: str, phone_tail: str) -> Suggestion | None:
    """Return the case of a normalised tracking code, if the last four digits of its phone number fit too.

    A wrong code and a wrong number look the same to the caller.
    """
    if not tracking.is_well_formed(code) or len(phone_tail) != 4:
        return None
    return Suggestion.objects.filter(code_digest__in=tracking.digests(code), contact_phone__endswith=phone_tail).first()


@dataclass(frozen=True)
class ReplyView:
    """A reply as the case page shows it."""

    reply: Reply
    department: str
    round_no: int
    files: list[Attachment]


@dataclass(frozen=True)
class TimelineItem:
    """One dot of the history: a heading, when, and lines of fact."""

    title: str
    when: datetime | date | None
    lines: list[str]
    is_now: bool = False
    round_heading: str = ""


@dataclass(frozen=True)
class CaseFile:
    """Everything a page about one case shows, read in a fixed number of queries."""

    suggestion: Suggestion
    chip: Chip
    due: Due | None
    term: ReplyTerm
    assignment: Assignment | None
    replies: list[ReplyView]
    photos: list[Attachment]
    events: list[SuggestionEvent]
    today: date

    @property
    def evaluate_by(self) -> date | None:
        """The last day of the time in which the resident is asked to evaluate, while that is open."""
        if self.suggestion.status != Status.REPLIED or not self.replies:
            return None
        replied_on = timezone.localdate(self.replies[0].reply.replied_at)
        return deadlines.evaluation_due_on(replied_on=replied_on, evaluate_days=self.term.evaluate_days)

    @property
    def reply_pk(self) -> int | None:
        """The answer that is evaluated: the one in force in this round."""
        return self.replies[0].reply.pk if self.suggestion.status == Status.REPLIED and self.replies else None

    @property
    def how_computed(self) -> list[str]:
        """The sentences that explain the due day; empty before the case is assigned."""
        if self.assignment is None:
            return []
        start, due = self.assignment.assigned_on, self.assignment.due_on
        again = self.assignment.round_no > 1
        days = self.term.rehandle_days if again else self.term.reply_days
        limit = f"{'重新办理' if again else self.suggestion.get_channel_display()} {days} 天"
        begun = "重新办理" if again else "交办"
        sentences = [
            f"{full_day(start)}{begun}，从次日起数 {(due - start).days} 天，到{full_day(due)}止。",
            "按自然日计算，周末和节假日都算在内。",
            f"依据：{self.term.source}（{limit}）。",
        ]
        if (due - start).days != days:
            sentences.append("这一天由街道人大工委在规定的期限内确定。")
        return sentences

    @property
    def awaited(self) -> TimelineItem | None:
        """What comes next, from whom and until when: the red dot of the history."""
        suggestion = self.suggestion
        match Status(suggestion.status):
            case Status.SUBMITTED:
                return TimelineItem("等街道人大工委受理", suggestion.accept_due_on, [], is_now=True)
            case Status.ACCEPTED:
                return TimelineItem("等街道人大工委交办", None, [], is_now=True)
            case Status.ASSIGNED:
                return TimelineItem(f"等{suggestion.department}答复", suggestion.reply_due_on, [], is_now=True)
            case Status.REPLIED:
                return TimelineItem("等居民评价", self.evaluate_by, [], is_now=True)
        return None

    def timeline(self, *, for_staff: bool) -> list[TimelineItem]:
        """Return the history, newest first. Residents read offices, staff read names."""
        items = [self.awaited] if self.awaited else []
        previous_round = None
        for event in self.events:
            lines = [event.note] if event.note else []
            if for_staff and event.actor:
                lines.insert(0, event.actor.display_name)
            heading = f"第 {event.round_no} 轮" if event.round_no > 1 and event.round_no != previous_round else ""
            previous_round = event.round_no
            items.append(TimelineItem(event.get_kind_display(), event.happened_at, lines, round_heading=heading))
        return items


def last_step(suggestion: Suggestion) -> int | None:
    """Return the key of the last thing that happened to a case."""
    return suggestion.events.order_by("-happened_at", "-pk").values_list("pk", flat=True).first()


def reply_to_evaluate(suggestion: Suggestion) -> int | None:
    """Return the newest answer in force, which is the one that waits for its evaluation."""
    replies = Reply.objects.filter(assignment__suggestion=suggestion, sent_back_at__isnull=True)
    return replies.order_by("-assignment__round_no").values_list("pk", flat=True).first()


def case_file(suggestion: Suggestion, *, today: date) -> CaseFile:
    """Read what belongs to one case, for every page about it: rounds, replies, files, history.

    The caller has already made sure that the reader may see the case, and loaded it ``with_names()``.
    """
    assignments = list(suggestion.assignments.select_related("department").order_by("-round_no", "-pk"))
    replies = (
        Reply.objects.filter(assignment__suggestion=suggestion)
        .select_related("assignment__department", "evaluation")
        .order_by("-replied_at", "-pk")
    )
    files: dict[int | None, list[Attachment]] = {}
    for attachment in suggestion.attachments.order_by("created_at"):
        files.setdefault(attachment.reply_id, []).append(attachment)
    reply_views = [
        ReplyView(reply, str(reply.assignment.department), reply.assignment.round_no, files.get(reply.pk, []))
        for reply in replies
    ]
    current = next((item for item in assignments if item.returned_on is None), None)
    return CaseFile(
        suggestion=suggestion,
        chip=chip_for(suggestion, today=today),
        due=due_for(suggestion, today=today, answered_on=current.replied_on if current else None),
        term=ReplyTerm.objects.get(channel=suggestion.channel),
        assignment=current if suggestion.department_id else None,
        replies=reply_views,
        photos=files.get(None, []),
        events=list(suggestion.events.select_related("actor").order_by("-happened_at", "-pk")),
        today=today,
    )
