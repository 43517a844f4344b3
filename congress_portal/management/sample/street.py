"""The street while it is being made: what its parts share, and the diary that is played from the first day to now."""

from collections.abc import Generator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush

from django.contrib.admin.models import LogEntry
from django.db.models import F
from django.utils import timezone

from congress_portal.accounts.models import Committee, Community, Department, User
from congress_portal.common.calendar_rows import work_calendar
from congress_portal.notifications.models import Message
from deputies.models import Activity, OversightTopic, Person
from suggestions.models import Category

READ_AFTER = timedelta(days=7)  # messages older than this have been read, as they would be
READ_WITHIN = timedelta(hours=2)

# A course of events: it yields the moment of its next step, and takes the step when it is resumed with that moment.
Course = Generator[datetime, datetime, None]


class Street:
    """What the parts of the sample share. What has not happened yet at ``now`` never enters the diary."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now
        self.today = timezone.localdate(now)
        self.calendar = work_calendar()
        self.committee: Committee
        self.communities: dict[str, Community] = {}
        self.departments: dict[str, Department] = {}
        self.categories = {category.name: category for category in Category.objects.all()}
        self.clerk: User
        self.officers: dict[str, User] = {}  # who answers, by department
        self.accounts: dict[str, User] = {}  # who can sign in, by the name shown
        self.people: dict[str, Person] = {}
        self.topics: dict[str, OversightTopic] = {}
        self.activities: dict[str, Activity] = {}  # those that something else points at
        self.accounts_text = ""
        self._diary: list[tuple[datetime, int, Course]] = []
        self._entries = 0

    # ---- days and hours

    def working_day(self, day: date, *, after: int = 0) -> date:
        """Return the day, or the first working day from it on; with ``after``, so many working days later."""
        return self.calendar.add_working_days(day, after) if after else self.calendar.next_working_day(day)

    def working_day_ago(self, count: int) -> date:
        """Return the working day so many working days before the last one that is not in the future."""
        day = self.today
        while count or not self.calendar.is_working_day(day):
            count -= self.calendar.is_working_day(day)
            day -= timedelta(days=1)
        return day

    # ---- the diary

    def plan(self, course: Course) -> None:
        """Enter a course of events into the diary."""
        self._enter(next(course), course)

    def play(self) -> None:
        """Let everything happen in the order of time, up to now, and date messages and log entries by their step."""
        while self._diary and self._diary[0][0] <= self.now:
            at, _, course = heappop(self._diary)
            following = None
            with suppress(StopIteration):
                following = course.send(at)
            Message.objects.filter(created_at__gt=self.now).update(created_at=at)
            LogEntry.objects.filter(action_time__gt=self.now).update(action_time=at)
            if following:
                self._enter(following, course)
        old = Message.objects.filter(created_at__lt=self.now - READ_AFTER)
        old.update(read_at=F("created_at") + READ_WITHIN)

    def _enter(self, at: datetime, course: Course) -> None:
        # The number keeps two things of one moment in the order in which they were planned.
        self._entries += 1
        heappush(self._diary, (at, self._entries, course))


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a time of a day in Shanghai."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))
