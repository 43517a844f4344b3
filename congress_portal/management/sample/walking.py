"""One case from what was said to what came of it: each step taken by the verb, at an hour when people take it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from congress_portal.accounts.models import User
from congress_portal.common.dates import month_day
from congress_portal.common.workdays import add_months
from congress_portal.management.sample.pictures import photo
from congress_portal.management.sample.story import WITH_CONTACT, Round, Story
from congress_portal.management.sample.street import Course, Street, moment
from suggestions import workflow
from suggestions.choices import Channel, Kind, Outcome, Rating
from suggestions.models import Suggestion
from suggestions.selectors import reply_to_evaluate
from suggestions.tracking import new_submission_key

PROPOSALS = (Channel.SESSION, Channel.INTERSESSION)

RESIDENTS = (
    ("王女士", "35-59"),
    ("李先生", "35-59"),
    ("赵阿姨", "60-79"),
    ("孙先生", "18-34"),
    ("周女士", "35-59"),
    ("吴师傅", "60-79"),
    ("郑女士", "35-59"),
    ("冯先生", "35-59"),
    ("蒋阿姨", "60-79"),
    ("韩师傅", "35-59"),
    ("沈女士", "18-34"),
    ("杨先生", ""),
    ("朱阿姨", "60-79"),
    ("秦女士", "35-59"),
    ("许先生", "60-79"),
    ("何女士", ""),
)
RETURN_REASONS = (
    "经核对职责清单，这件事由{department}负责，请重新交办。",
    "我单位没有这方面的处理权限，按分工应由{department}办理，请改交。",
    "已与{department}当面核对，由他们办理更合适，居民的要求已经转告，请改交。",
)
THIN_REPLY = "来件收悉。我单位高度重视，将加强日常管理，积极推动问题解决。"
SENT_BACK = "答复只写了态度，没有写现场看到什么、怎么做、什么时候做完，请补充以后再答复。"
CALLS_IN_VAIN = (
    "{first}、{second}两次打电话没有接通，已发短信告知答复内容。",
    "{first}打电话时居民在外地，{second}再打没有接通，答复内容已请社区转告。",
    "{first}、{second}两次联系，居民表示知道了，没有评价。",
)


def walk(street: Street, story: Story) -> Course:
    """Lead a case through its steps. Those of an office fall on working days and in office hours."""
    random = Random(story.title)  # noqa: S311 - for variety, not for secrets
    suggestion = yield from _received(street, story, random)
    yield from _to_its_end(street, story, suggestion, random)


def handle(street: Street, story: Story, suggestion: Suggestion) -> Course:
    """Lead a case that is on record already through the steps after that."""
    yield from _to_its_end(street, story, suggestion, Random(story.title))  # noqa: S311 - for variety


def _to_its_end(street: Street, story: Story, suggestion: Suggestion, random: Random) -> Course:
    ended_on = yield from _handled(street, story, suggestion, random)
    if ended_on and story.holds_personal_data:
        # The night on which the portal by itself erases what identifies the resident.
        night = add_months(ended_on, 12 * street.committee.retention_years) + timedelta(days=1)
        now = yield moment(night, 3, 15)
        workflow.erase_expired_contacts(now=now)


def _received(street: Street, story: Story, random: Random) -> Generator[datetime, datetime, Suggestion]:
    name, age_band = random.choice(RESIDENTS)
    contact = workflow.Contact(name=name, phone=f"1705550{random.randint(2000, 8999)}", age_band=age_band)
    submission = submission_of(street, story, contact=contact if story.channel in WITH_CONTACT else None)
    photos = [
        replace(photo(story.scene, number % 2), name=f"现场照片{number + 1}.jpg") for number in range(story.photos)
    ]
    said_on, key = story.received_on, new_submission_key()
    if story.by_resident:
        now = yield min(moment(said_on, random.randint(7, 21), random.randint(0, 59)), street.now)
        received = workflow.submit_suggestion(submission, key=key, photos=photos, now=now)
    else:
        # What is said on a day off, or at night in a group, the clerk enters on the next working day.
        late = story.channel == Channel.WECHAT and said_on < street.today and random.random() < 0.4
        entered_on = street.working_day(said_on, after=1 if late else 0)
        now = yield min(moment(entered_on, random.randint(14, 16), random.randint(0, 59)), street.now)
        received = workflow.enter_suggestion(
            submission, key=key, photos=photos, received_on=said_on, by=street.clerk, now=now
        )
    if photos:
        received.suggestion.attachments.update(created_at=now)
    return received.suggestion


def submission_of(street: Street, story: Story, *, contact: workflow.Contact | None = None) -> workflow.Submission:
    """Return what is handed in: the words of a story, with the things it names."""
    return workflow.Submission(
        matter=story.matter,
        category=street.categories[story.category],
        community=street.communities.get(story.community),
        place=story.place,
        contact=contact or workflow.Contact(),
        channel=story.channel,
        kind=Kind.PROPOSAL if story.channel in PROPOSALS else Kind.OPINION,
        title=story.title,
        raised_by=street.people.get(story.raised_by),
        activity=street.activities.get(story.activity),
    )


def _handled(
    street: Street, story: Story, suggestion: Suggestion, random: Random
) -> Generator[datetime, datetime, date | None]:
    """Take the committee's and the department's steps; return the day on which the case ended, if it did."""
    if story.accepted_after is None:
        return None
    day = street.working_day(timezone.localdate(suggestion.received_at), after=story.accepted_after)
    now = yield moment(day, random.randint(8, 9), random.randint(35, 59))
    if story.declined:
        reason, place = story.declined
        workflow.decline_suggestion(suggestion, reason=reason, referred_to=place, by=street.clerk, now=now)
        return day
    workflow.accept_suggestion(suggestion, by=street.clerk, now=now)
    if story.assigned_after is None:
        return None
    day = street.working_day(day, after=story.assigned_after)
    if story.first_sent_to:
        now = yield moment(day, 10, random.randint(0, 59))
        _assign(street, suggestion, story.first_sent_to, now)
        day = street.working_day(day, after=random.randint(1, 4))
        now = yield moment(day, 15, random.randint(0, 59))
        reason = random.choice(RETURN_REASONS).format(department=story.department)
        workflow.return_to_committee(suggestion, reason=reason, by=street.officers[story.first_sent_to], now=now)
        day = street.working_day(day, after=1)
    now = yield moment(day, random.randint(10, 11), random.randint(0, 50))
    _assign(street, suggestion, story.department, now, due_on=story.due_on)
    officer = street.officers[story.department]
    if story.thin_reply_first:
        day = street.working_day(day, after=3)
        now = yield moment(day, 16, random.randint(0, 59))
        workflow.record_reply(suggestion, text=THIN_REPLY, outcome=Outcome.REFERENCE, files=[], by=officer, now=now)
        day = street.working_day(day, after=1)
        now = yield moment(day, 9, random.randint(0, 59))
        due_on = street.working_day(day, after=8)
        workflow.send_back_reply(suggestion, reason=SENT_BACK, due_on=due_on, by=street.clerk, now=now)
    for answer in story.rounds:
        day = street.working_day(day, after=answer.after)
        now = yield moment(day, random.choice((9, 10, 11, 14, 15, 16)), random.randint(0, 59))
        workflow.record_reply(suggestion, text=answer.reply, outcome=answer.outcome, files=[], by=officer, now=now)
        if answer.nobody_answered:
            return (yield from _closed_unrated(street, suggestion, random, replied_on=day))
        if answer.ratings is None:
            return None
        day += timedelta(days=answer.rated_after)
        if story.by_resident:
            now = yield moment(day, random.randint(18, 21), random.randint(0, 59))
            _rate(suggestion, answer, by=None, now=now)
        else:
            # Who did not come by form is called.
            day = street.working_day(day)
            now = yield moment(day, random.randint(9, 11), random.randint(0, 59))
            _rate(suggestion, answer, by=street.clerk, now=now)
        if answer.ratings[1] != Rating.DISSATISFIED:
            return day
    return None


def _assign(
    street: Street, suggestion: Suggestion, department: str, now: datetime, *, due_on: date | None = None
) -> None:
    by_rule = workflow.reply_due_by_rule(suggestion, assigned_on=timezone.localdate(now))
    workflow.assign_to_department(
        suggestion,
        department=street.departments[department],
        due_on=min(due_on, by_rule) if due_on else by_rule,
        by=street.clerk,
        now=now,
    )


def _rate(suggestion: Suggestion, answer: Round, *, by: User | None, now: datetime) -> None:
    process, result = answer.ratings
    workflow.evaluate_reply(
        suggestion,
        reply_pk=reply_to_evaluate(suggestion),
        process=process,
        result=result,
        reason=answer.reason,
        by=by,
        now=now,
    )


def _closed_unrated(
    street: Street, suggestion: Suggestion, random: Random, *, replied_on: date
) -> Generator[datetime, datetime, date]:
    """Call twice in vain, and close the case once the days for evaluating are over."""
    first, second = street.working_day(replied_on, after=3), street.working_day(replied_on, after=6)
    day = street.working_day(max(second, replied_on + timedelta(days=random.randint(11, 15))))
    now = yield moment(day, 15, random.randint(0, 59))
    note = random.choice(CALLS_IN_VAIN).format(first=month_day(first), second=month_day(second))
    workflow.close_without_evaluation(suggestion, note=note, by=street.clerk, now=now)
    return day
