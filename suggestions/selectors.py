"""Questions about suggestions, shaped for the pages that ask them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from congress_portal.accounts.models import User
from congress_portal.common.calendar_rows import work_calendar
from congress_portal.common.figures import FIRST_YEAR
from congress_portal.common.workdays import WorkCalendar
from suggestions import deadlines, due_days, tracking
from suggestions.choices import QUIET_STEPS, Status
from suggestions.deadlines import Limit
from suggestions.due_days import Due, Explanation
from suggestions.models import NEXT_DUE_ON, Assignment, Attachment, Reply, ReplyTerm, Suggestion, SuggestionEvent

SOON_WORKING_DAYS = 3

# Where somebody still owes a step: accepting, assigning, or the reply.
OWED_STATUSES = (Status.SUBMITTED, Status.ACCEPTED, Status.ASSIGNED)


@dataclass(frozen=True)
class Chip:
    """A status as it is shown: ``code`` picks icon and colour, ``label`` is the word beside it."""

    code: str
    label: str


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


def due_for(
    suggestion: Suggestion,
    *,
    today: date,
    calendar: WorkCalendar,
    answered_on: date | None = None,
    provisional: str = "",
) -> Due | None:
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
    return due_days.due(verb, due_on, today=today, calendar=calendar, answered_on=answered_on, provisional=provisional)


@dataclass(frozen=True)
class Row:
    """One case in a list."""

    suggestion: Suggestion
    chip: Chip
    due: Due | None


def rows(suggestions: Iterable[Suggestion], *, today: date, calendar: WorkCalendar) -> list[Row]:
    """Dress cases for a list; a due day is shown only where somebody still owes the step."""
    return [
        Row(
            item,
            chip_for(item, today=today),
            due_for(item, today=today, calendar=calendar) if item.status in OWED_STATUSES else None,
        )
        for item in suggestions
    ]


def raised_by(user: User) -> QuerySet[Suggestion]:
    """Return the cases a deputy or councillor raised or was written to about, the newest first."""
    return (
        Suggestion.objects.visible_to(user)
        .select_related("community", "department", "category")
        .order_by("-received_on", "-pk")
    )


def latest_raised(user: User, *, today: date, limit: int) -> tuple[list[Row], int]:
    """Return the newest of them, dressed for a list, and how many there are in all."""
    in_all = Suggestion.objects.visible_to(user).order_by().values(every=Value(1)).annotate(n=Count("pk")).values("n")
    newest = list(raised_by(user).annotate(in_all=Subquery(in_all))[:limit])
    if not newest:
        return [], 0
    return rows(newest, today=today, calendar=work_calendar()), newest[0].in_all


def most_urgent(*, today: date, limit: int) -> list[Row]:
    """Return the open cases that somebody owes something in, the nearest due day first, for the staff's first page."""
    waiting = (
        Suggestion.objects.filter(status__in=OWED_STATUSES)
        .select_related("department", "community")
        .annotate(next_due_on=NEXT_DUE_ON)
        .order_by("next_due_on", "pk")[:limit]
    )
    return rows(waiting, today=today, calendar=work_calendar())


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


def department_tiles(department_id: int, *, today: date, calendar: WorkCalendar) -> dict[str, int]:
    """Return the four numbers above a department's list, in one query."""
    soon = calendar.add_working_days(today, SOON_WORKING_DAYS)
    return (
        Suggestion.objects.awaiting_reply()
        .filter(department_id=department_id)
        .aggregate(
            overdue=Count("pk", filter=Q(reply_due_on__lt=today)),
            due_soon=Count("pk", filter=Q(reply_due_on__range=(today, soon))),
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
    explanation: Explanation | None
    return_by: date | None
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
    """Return the key of the last thing that happened to a case and that a page must be read again for."""
    steps = suggestion.events.exclude(kind__in=QUIET_STEPS)
    return steps.order_by("-happened_at", "-pk").values_list("pk", flat=True).first()


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
    term, calendar = ReplyTerm.objects.get(channel=suggestion.channel), work_calendar()
    explanation = _explanation(suggestion, assignments, term=term, calendar=calendar)
    is_owed = suggestion.status in OWED_STATUSES
    return CaseFile(
        suggestion=suggestion,
        chip=chip_for(suggestion, today=today),
        due=due_for(
            suggestion,
            today=today,
            calendar=calendar,
            answered_on=current.replied_on if current else None,
            provisional=explanation.provisional if explanation and is_owed else "",
        ),
        term=term,
        assignment=current if suggestion.department_id else None,
        replies=reply_views,
        photos=files.get(None, []),
        events=list(suggestion.events.select_related("actor").order_by("-happened_at", "-pk")),
        explanation=explanation,
        return_by=deadlines.return_due_on(
            assigned_on=current.assigned_on, return_days=term.return_days, calendar=calendar
        )
        if current
        else None,
        today=today,
    )


def _explanation(
    suggestion: Suggestion, assignments: list[Assignment], *, term: ReplyTerm, calendar: WorkCalendar
) -> Explanation | None:
    """Explain the due day of a case: of accepting while that is owed, afterwards of the reply in its last round."""
    if suggestion.status == Status.SUBMITTED:
        return accepting(suggestion, term=term, calendar=calendar)
    current = next((item for item in assignments if item.returned_on is None), None)
    if current is None or suggestion.department_id is None:
        return None
    title, begun, whose = "答复期限是怎么算的", "交办", suggestion.get_channel_display()
    was_returned = any(item.returned_on and item.round_no == current.round_no for item in assignments)
    if current.round_no > 1 and not was_returned:
        begun = whose = "重新办理"
    if current.limit is None or not current.due_by_rule:
        return due_days.chosen(
            title, current.assigned_on, begun=begun, due_on=current.due_on, limit=current.limit, whose=whose
        )
    return due_days.explain(
        title,
        current.assigned_on,
        begun=begun,
        whose=whose,
        limit=current.limit,
        calendar=calendar,
        given=current.due_on,
    )


def accepting(suggestion: Suggestion, *, term: ReplyTerm, calendar: WorkCalendar) -> Explanation | None:
    """Explain the day by which a case is accepted; None for cases older than the record of its term."""
    if suggestion.accept_days is None:
        return None
    return due_days.explain(
        "受理期限是怎么算的",
        timezone.localdate(suggestion.received_at),  # not received_on: it may have been said long before
        begun="登记" if suggestion.entered_by_id else "收到",
        whose="受理",
        limit=Limit(suggestion.accept_days, source=term.other_source),
        calendar=calendar,
        given=suggestion.accept_due_on,
    )


def last_day_from(today: date, suggestion: Suggestion, *, begun: str) -> Explanation:
    """Explain the last day that the committee may give a department, when the case is assigned or sent back today."""
    term = ReplyTerm.objects.get(channel=suggestion.channel)
    return due_days.explain(
        "答复期限是怎么算的",
        today,
        begun=begun,
        whose=suggestion.get_channel_display(),
        limit=term.reply_limit,
        calendar=work_calendar(),
    )


@dataclass(frozen=True)
class Opinion:
    """A case put forward under an oversight topic, with the newest answer to it that is in force."""

    row: Row
    reply: Reply | None


def opinions_under(topic_pk: int, *, today: date) -> list[Opinion]:
    """Return what was put forward under an oversight topic, the newest first, with its answers, in two queries."""
    cases = Suggestion.objects.filter(topic=topic_pk).with_names().order_by("-received_on", "-pk")
    in_force = Reply.objects.filter(assignment__suggestion__topic=topic_pk, sent_back_at__isnull=True)
    replies = {
        reply.assignment.suggestion_id: reply
        for reply in in_force.select_related("assignment__department").order_by("replied_at", "pk")
    }
    return [Opinion(row, replies.get(row.suggestion.pk)) for row in rows(cases, today=today, calendar=work_calendar())]


def with_opinion_counts(topics: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate oversight topics with ``opinion_count``, and how many of these are answered: ``answered_count``."""
    cases = Suggestion.objects.filter(topic=OuterRef("pk")).order_by()
    answered = Reply.objects.filter(assignment__suggestion=OuterRef("pk"), sent_back_at__isnull=True)
    return topics.annotate(opinion_count=_count_of(cases), answered_count=_count_of(cases.filter(Exists(answered))))


def _count_of(cases: QuerySet[Suggestion]) -> Coalesce:
    return Coalesce(Subquery(cases.values("topic").annotate(n=Count("pk")).values("n")), 0)
