"""What happened from the first day of the WeChat groups on, by absolute days: the record that the summaries count.

Until the end of 2024 the numbers by channel are fixed. Later years are thinner, and end where the desk of today
begins. The plan of a year does not depend on the day of installation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from congress_portal.common.workdays import WorkCalendar
from congress_portal.management.sample import desk, names
from congress_portal.management.sample.gathering import EVERYBODY, Gathering, hold
from congress_portal.management.sample.matters import KINDS, NOT_OURS, OBSERVED, PROPOSED, Kind, Single, Told, fill
from congress_portal.management.sample.office import COUNCIL_STARTED_ON, WECHAT_STARTED_ON
from congress_portal.management.sample.people import raiser
from congress_portal.management.sample.story import FAIR, GOOD, POOR, SLOW, SO_SO, Round, Story
from congress_portal.management.sample.street import Street
from congress_portal.management.sample.walking import walk
from deputies.choices import ActivityKind
from suggestions.choices import Channel, Outcome

# How many came in, by year and channel. What oversight topics put forward is told in ``oversight``.
RECEIVED = {
    2021: {Channel.WECHAT: 14},
    2022: {Channel.WECHAT: 24, Channel.COUNCIL: 14},
    2023: {Channel.WECHAT: 30, Channel.COUNCIL: 19},
    2024: {
        Channel.RECEPTION: 78,
        Channel.WECHAT: 38,
        Channel.COUNCIL: 22,
        Channel.WEB: 17,
        Channel.PHONE: 9,
        Channel.LETTER: 6,
        Channel.ACTIVITY: 6,
        Channel.DIRECT: 5,
        Channel.SESSION: 5,
        Channel.INTERSESSION: 3,
    },
}
SINCE = {
    Channel.RECEPTION: 16,
    Channel.WECHAT: 9,
    Channel.COUNCIL: 6,
    Channel.WEB: 6,
    Channel.PHONE: 2,
    Channel.DIRECT: 2,
    Channel.SESSION: 2,
    Channel.ACTIVITY: 1,
    Channel.LETTER: 1,
}

# Deputies receive voters twice a month, the residents' council meets once a quarter. A day off moves them on.
RECEPTION_DAYS = (5, 20)
COUNCIL_MONTHS, COUNCIL_DAY = (2, 5, 8, 11), 8
SESSION = (1, 18)  # of the district's congress

# The last three of 2024 in the WeChat groups are still open at the end of that year.
OPEN_AT_YEAR_END = (date(2024, 12, 5), date(2024, 12, 12), date(2024, 12, 19))
# Of the last months before, everything from council and groups is handled without a detour, and closed.
STRAIGHT_FROM, LAST_TO_CLOSE = date(2024, 9, 1), date(2024, 11, 8)

# Of a hundred cases so many go like this.
LATE, NOBODY_ANSWERED, RETURNED, THIN_REPLY, NOT_ACCEPTED = 5, 9, 3, 2, 16
POOR_IF_IT_CAN, POOR_AGAIN = 45, 18
WITH_PHOTOS = {Channel.WECHAT: 50, Channel.WEB: 45, Channel.DIRECT: 40, Channel.RECEPTION: 5}
APART = timedelta(days=400)  # before the same kind of matter comes up in a community again
OUTCOME_WEIGHTS = {Outcome.SOLVED: 70, Outcome.BEING_SOLVED: 22, Outcome.NOT_NOW: 20, Outcome.REFERENCE: 20}
# How satisfied people are with each class of answer: weights of good, fair, so-so.
RATINGS = (GOOD, FAIR, SO_SO)
RATING_WEIGHTS = {
    Outcome.SOLVED: (90, 7, 3),
    Outcome.BEING_SOLVED: (76, 16, 8),
    Outcome.NOT_NOW: (45, 33, 22),
    Outcome.REFERENCE: (50, 30, 20),
}
STILL_POOR = "比上次好一些，但还没有彻底解决，希望有人到现场一起看一看。"
IN_THE_END = "已请您和社区干部一起到现场，逐处确认，没有做到位的当场列出，三天内补做完毕，由您签字验收。"

# Where the clerk first sends what is not clear.
MISTAKEN_FOR = {
    names.CITY: names.BUILD,
    names.BUILD: names.CITY,
    names.ENFORCE: names.CITY,
    names.SOCIAL: names.CITY,
    names.ENVIRONMENT: names.ENFORCE,
    names.SAFETY: names.ENFORCE,
    names.ECONOMY: names.MARKET,
    names.MARKET: names.ENFORCE,
    names.POLICE: names.CITY,
    names.POWER: names.BUILD,
    names.WATER: names.BUILD,
    names.HEALTH: names.SOCIAL,
}


def build(street: Street) -> None:
    last_day = max(desk.begins_on(street) - timedelta(days=1), desk.FIRST_DAY - timedelta(days=1))
    for story in Historian(street.calendar).stories(until=min(last_day, street.today)):
        if story.channel == Channel.ACTIVITY:
            street.plan(hold(street, inspection_behind(story)))
            story = replace(story, activity=story.title)
        street.plan(walk(street, story))


def inspection_behind(story: Story) -> Gathering:
    """Return the inspection at which a matter was found, named by what its title says before the finding."""
    where, *_ = re.split("时|中看到|发现", story.title)
    if len(where) < 4:
        where += story.place
    kind = ActivityKind.RESEARCH if "调研" in where else ActivityKind.INSPECTION
    return Gathering(
        kind=kind,
        title=where.replace("监督", "视察", 1),
        on=story.received_on,
        asked=EVERYBODY,
        community=story.community,
        names=(story.raised_by,),
        places=((story.place, story.community),),
        key=story.title,
    )


def slots(year: int, calendar: WorkCalendar) -> list[tuple[date, Channel]]:
    """Return when something comes in during a year, and by which channel, in the order of time."""
    random = Random(f"云禾街道 {year}")  # noqa: S311 - for variety, not for secrets
    counts = RECEIVED.get(year, SINCE)
    return sorted(
        (day, channel) for channel in counts for day in _days(year, channel, counts[channel], calendar, random)
    )


def _days(year: int, channel: Channel, count: int, calendar: WorkCalendar, random: Random) -> list[date]:
    every_day = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    match channel:
        case Channel.RECEPTION:
            held_on = [date(year, month, day) for month in range(1, 13) for day in RECEPTION_DAYS]
        case Channel.COUNCIL:
            held_on = [max(date(year, month, COUNCIL_DAY), COUNCIL_STARTED_ON) for month in COUNCIL_MONTHS]
        case Channel.SESSION:
            held_on = [date(year, *SESSION)]
        case Channel.WECHAT:
            open_ones = [day for day in OPEN_AT_YEAR_END if day.year == year]
            last = LAST_TO_CLOSE if open_ones else every_day[-1]
            possible = [day for day in every_day if WECHAT_STARTED_ON <= day <= last]
            return random.sample(possible, count - len(open_ones)) + open_ones
        case Channel.WEB | Channel.DIRECT:
            return random.sample(every_day, count)
        case _:
            return random.sample([day for day in every_day if calendar.is_working_day(day)], count)
    # Spread evenly over the days on which it is held, the rest by chance.
    held_on = [calendar.next_working_day(day) for day in held_on]
    each, rest = divmod(count, len(held_on))
    return held_on * each + random.sample(held_on, rest)


class Historian:
    """Finds a matter for each day on record, so that nothing is told twice and a season brings its own."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self.calendar = calendar
        self.titles = {case.title for case in desk.CASES}
        self.times_told: Counter[str] = Counter()
        self.last_told: dict[tuple[str, str], date] = {}
        self.proposed, self.observed, self.not_ours = iter(PROPOSED), iter(OBSERVED), iter(NOT_OURS)

    def stories(self, *, until: date) -> Iterator[Story]:
        """Yield the stories of all years up to a day, in the order of time."""
        for year in range(WECHAT_STARTED_ON.year, until.year + 1):
            for number, (day, channel) in enumerate(slots(year, self.calendar)):
                if day > until:
                    return
                random = Random(f"云禾街道 {year} 第 {number} 件")  # noqa: S311 - for variety, not for secrets
                if story := self._story(day, channel, random):
                    yield story

    def _story(self, day: date, channel: Channel, random: Random) -> Story | None:
        match channel:
            case Channel.SESSION | Channel.INTERSESSION:
                return _of_deputies(next(self.proposed, None), day, channel, random, after=random.randint(30, 50))
            case Channel.ACTIVITY:
                return _of_deputies(next(self.observed, None), day, channel, random, after=random.randint(6, 13))
            case Channel.WEB | Channel.PHONE | Channel.LETTER if _chance(random, NOT_ACCEPTED):
                if (matter := next(self.not_ours, None)) is not None:
                    return Story(
                        received_on=day,
                        channel=channel,
                        category=matter.category,
                        community=matter.community,
                        title=matter.title,
                        matter=matter.words,
                        declined=(matter.reason, matter.referred_to),
                    )
        return self._of_residents(day, channel, random)

    def _of_residents(self, day: date, channel: Channel, random: Random) -> Story:
        community = random.choice(names.COMMUNITIES)
        kind, told, place = self._find(day, community, random)
        values = {"place": place, "community": community}
        # Of the last months of 2024 every council case and nearly every one of the groups was closed in time.
        straight = channel in (Channel.COUNCIL, Channel.WECHAT) and STRAIGHT_FROM <= day < desk.FIRST_DAY
        has_photos = bool(kind.scene) and _chance(random, WITH_PHOTOS.get(channel, 0))
        story = Story(
            received_on=day,
            channel=channel,
            category=kind.category,
            community=community,
            place=place,
            title=fill(told.title, values, random),
            matter=fill(told.words, values, random),
            raised_by=raiser(channel, community, on=day, random=random),
            scene=kind.scene,
            photos=random.randint(1, 2) if has_photos else 0,
            accepted_after=1 if straight else random.choice((1, 1, 1, 1, 2)),
            assigned_after=0 if straight else random.choice((0, 0, 1)),
            department=kind.department,
        )
        outcomes = list(told.replies)
        outcome = random.choices(outcomes, [OUTCOME_WEIGHTS[one] for one in outcomes])[0]
        first = Round(
            after=random.randint(3, 11),
            reply=fill(random.choice(told.replies[outcome]), values, random),
            outcome=outcome,
            ratings=random.choices(RATINGS, RATING_WEIGHTS[outcome])[0],
            rated_after=random.randint(2, 7),
        )
        if straight:
            waits = day in OPEN_AT_YEAR_END
            return replace(story, rounds=(replace(first, after=13, rated_after=9) if waits else first,))
        if told is kind.told[0] and kind.poor and outcome == Outcome.SOLVED and _chance(random, POOR_IF_IT_CAN):
            return replace(story, rounds=_again(kind, first, values, random))
        if _chance(random, LATE):
            first = replace(first, after=random.randint(16, 24), ratings=SLOW)
        elif _chance(random, NOBODY_ANSWERED):
            first = replace(first, ratings=None, nobody_answered=True)
        return replace(
            story,
            rounds=(first,),
            first_sent_to=MISTAKEN_FOR[kind.department] if _chance(random, RETURNED) else "",
            thin_reply_first=_chance(random, THIN_REPLY),
        )

    def _find(self, day: date, community: str, random: Random) -> tuple[Kind, Told, str]:
        """Return what has been told least often, at a place where it was not told yet."""
        in_season = [(kind, told) for kind in KINDS if day.month in kind.months for told in kind.told]
        in_season.sort(key=lambda pair: (self.times_told[pair[1].title], random.random()))
        for kind, told in in_season:
            before = self.last_told.get((kind.told[0].title, community))
            if before and day - before < APART:
                continue
            places = [place for at in kind.at for place in names.PLACES[community].get(at, ())]
            for place in random.sample(places, len(places)):
                title = told.title.format(place=place)
                if title not in self.titles:
                    self.titles.add(title)
                    self.times_told[told.title] += 1
                    self.last_told[kind.told[0].title, community] = day
                    return kind, told, place
        raise LookupError(f"Nothing is left to tell on {day} in {community}.")


def _of_deputies(matter: Single | None, day: date, channel: Channel, random: Random, *, after: int) -> Story | None:
    if matter is None:
        return None
    answer = Round(
        after=after, reply=matter.reply, outcome=matter.outcome, ratings=GOOD, rated_after=random.randint(2, 9)
    )
    return Story(
        received_on=day,
        channel=channel,
        category=matter.category,
        community=matter.community,
        place=matter.place,
        title=matter.title,
        matter=matter.words,
        raised_by=raiser(channel, matter.community, on=day, random=random),
        department=matter.department,
        rounds=(answer,),
    )


def _again(kind: Kind, first: Round, values: dict[str, str], random: Random) -> tuple[Round, ...]:
    """Return the rounds of a case whose first answer did not satisfy; now and then the second did not either."""
    first = replace(first, ratings=POOR, reason=kind.poor)
    second = Round(
        after=random.randint(6, 14),
        reply=fill(kind.again, values, random),
        outcome=Outcome.SOLVED,
        ratings=random.choice((GOOD, GOOD, GOOD, FAIR)),
    )
    if not _chance(random, POOR_AGAIN):
        return first, second
    third = Round(after=random.randint(5, 10), reply=IN_THE_END, outcome=Outcome.SOLVED, ratings=GOOD)
    return first, replace(second, ratings=POOR, reason=STILL_POOR), third


def _chance(random: Random, percent: int) -> bool:
    return random.randrange(100) < percent
