"""Deputies and councillors, with the terms they serve, and who of them passes a matter on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from congress_portal.management.sample.names import DONGQIAO, GUIHUA, HEWAN, NANTANG, XINHE
from congress_portal.management.sample.office import COUNCIL_STARTED_ON
from congress_portal.management.sample.street import Street
from deputies.choices import CongressLevel, ConstituencyType, MandateBegin, MandateEnd, MandateKind
from deputies.models import DeputyGroup, Mandate, Person
from suggestions.choices import Channel

FOURTEENTH = ("第十四届", date(2017, 1, 12), date(2022, 1, 14))
FIFTEENTH = ("第十五届", date(2022, 1, 15), None)
MOVED_AWAY = ("第十五届", date(2022, 1, 15), date(2023, 8, 31))
BY_ELECTION = ("第十五届", date(2023, 12, 20), None)
CITY_TERM = ("第九届", date(2022, 2, 20), None)
CO_OPTED_ON = date(2023, 3, 18)

# The groups follow the communities; the two smallest share one.
GROUPS = {
    "第一代表小组": (NANTANG,),
    "第二代表小组": (GUIHUA,),
    "第三代表小组": (DONGQIAO,),
    "第四代表小组": (HEWAN, XINHE),
}

T = ConstituencyType

AGAIN, NEW, BY_ELECTED = (FOURTEENTH, FIFTEENTH), (FIFTEENTH,), (BY_ELECTION,)

# name, born, community, electoral district, where the deputy comes from, terms in the county's congress
DEPUTIES = (
    ("陈雅文", date(1983, 4, 19), NANTANG, 1, T.PROFESSIONAL, AGAIN),
    ("林建国", date(1968, 10, 2), NANTANG, 1, T.ENTERPRISE, AGAIN),
    ("徐海波", date(1976, 7, 25), NANTANG, 2, T.STREET, NEW),
    ("方晓", date(1990, 12, 8), NANTANG, 2, T.WORKER, NEW),
    ("周国平", date(1964, 3, 14), NANTANG, 2, T.COMMUNITY, AGAIN),
    ("金若兰", date(1979, 8, 30), GUIHUA, 3, T.PROFESSIONAL, AGAIN),
    ("孙志明", date(1971, 1, 17), GUIHUA, 3, T.ENTERPRISE, AGAIN),
    ("李秋实", date(1987, 9, 23), GUIHUA, 3, T.COMMUNITY, NEW),
    ("顾文斌", date(1973, 5, 6), GUIHUA, 3, T.OFFICE, NEW),
    ("郑晓梅", date(1980, 2, 11), DONGQIAO, 4, T.COMMUNITY, AGAIN),
    ("何庆丰", date(1966, 11, 28), DONGQIAO, 4, T.WORKER, AGAIN),
    ("许向阳", date(1975, 6, 15), DONGQIAO, 4, T.ENTERPRISE, NEW),
    ("宋佳宁", date(1991, 3, 3), DONGQIAO, 4, T.COMMUNITY, BY_ELECTED),
    ("韩立新", date(1969, 12, 21), HEWAN, 5, T.STREET, AGAIN),
    ("彭雪梅", date(1978, 4, 9), HEWAN, 5, T.COMMUNITY, AGAIN),
    ("唐远航", date(1985, 8, 1), HEWAN, 5, T.MILITARY, NEW),
    ("曹静怡", date(1988, 10, 27), HEWAN, 5, T.PROFESSIONAL, NEW),
    ("袁伟民", date(1967, 2, 5), XINHE, 6, T.FARMER, AGAIN),
    ("邓思源", date(1982, 7, 12), XINHE, 6, T.ENTERPRISE, AGAIN),
    ("程安琪", date(1993, 1, 31), XINHE, 7, T.COMMUNITY, NEW),
    ("叶知秋", date(1977, 9, 18), XINHE, 7, T.OFFICE, NEW),
    # Three are no longer deputies: two did not stand again, one moved away.
    ("龚炳坤", date(1955, 5, 20), NANTANG, 1, T.COMMUNITY, (FOURTEENTH,)),
    ("钱玉英", date(1958, 9, 7), XINHE, 6, T.FARMER, (FOURTEENTH,)),
    ("樊世杰", date(1970, 6, 30), DONGQIAO, 4, T.ENTERPRISE, (MOVED_AWAY,)),
)
IN_THE_CITY_TOO = "林建国"  # still one person
# name, born, community, where the councillor comes from
COUNCILLORS = (
    ("沈月琴", date(1959, 6, 3), NANTANG, T.COMMUNITY),
    ("王德顺", date(1952, 2, 18), NANTANG, T.COMMUNITY),
    ("张桂兰", date(1956, 8, 26), NANTANG, T.COMMUNITY),
    ("刘长河", date(1961, 11, 9), NANTANG, T.WORKER),
    ("杨春燕", date(1984, 3, 27), NANTANG, T.PROFESSIONAL),
    ("黄卫东", date(1968, 7, 15), NANTANG, T.ENTERPRISE),
    ("吴秀英", date(1954, 12, 1), NANTANG, T.COMMUNITY),
    ("赵金水", date(1957, 4, 22), GUIHUA, T.COMMUNITY),
    ("马玉珍", date(1960, 10, 13), GUIHUA, T.COMMUNITY),
    ("胡光明", date(1963, 1, 30), GUIHUA, T.WORKER),
    ("朱丽华", date(1972, 5, 19), GUIHUA, T.PROFESSIONAL),
    ("郭志强", date(1979, 9, 4), GUIHUA, T.ENTERPRISE),
    ("罗美娟", date(1981, 2, 25), GUIHUA, T.COMMUNITY),
    ("梁永康", date(1955, 7, 7), GUIHUA, T.COMMUNITY),
    ("谢阿根", date(1953, 3, 16), DONGQIAO, T.WORKER),
    ("冯彩霞", date(1965, 8, 11), DONGQIAO, T.COMMUNITY),
    ("董建平", date(1970, 12, 24), DONGQIAO, T.ENTERPRISE),
    ("萧文静", date(1989, 6, 8), DONGQIAO, T.PROFESSIONAL),
    ("潘国良", date(1958, 10, 29), DONGQIAO, T.COMMUNITY),
    ("于淑芬", date(1962, 4, 5), DONGQIAO, T.COMMUNITY),
    ("余保田", date(1956, 1, 12), DONGQIAO, T.WORKER),
    ("苏小妹", date(1986, 11, 21), HEWAN, T.COMMUNITY),
    ("卢正阳", date(1974, 5, 28), HEWAN, T.PROFESSIONAL),
    ("蒋素云", date(1957, 9, 17), HEWAN, T.COMMUNITY),
    ("蔡小龙", date(1992, 2, 6), HEWAN, T.ENTERPRISE),
    ("贾爱民", date(1960, 7, 31), HEWAN, T.COMMUNITY),
    ("丁香云", date(1963, 12, 10), HEWAN, T.FARMER),
    ("魏守信", date(1951, 3, 8), HEWAN, T.COMMUNITY),
    ("薛巧玲", date(1966, 8, 20), XINHE, T.FARMER),
    ("阎大勇", date(1975, 1, 3), XINHE, T.WORKER),
    ("田喜凤", date(1959, 5, 14), XINHE, T.FARMER),
    ("石开山", date(1964, 10, 25), XINHE, T.COMMUNITY),
    ("白雪莲", date(1987, 4, 30), XINHE, T.PROFESSIONAL),
    ("江一帆", date(1994, 9, 11), XINHE, T.ENTERPRISE),
)
CO_OPTED = ("蔡小龙", "白雪莲", "江一帆")

FIRST_PHONE = 17055509001

# Who passes on what comes by a channel; by web, letter and telephone residents come themselves.
RAISERS = {
    Channel.RECEPTION: (MandateKind.DEPUTY,),
    Channel.DIRECT: (MandateKind.DEPUTY,),
    Channel.ACTIVITY: (MandateKind.DEPUTY,),
    Channel.OVERSIGHT: (MandateKind.DEPUTY,),
    Channel.SESSION: (MandateKind.DEPUTY,),
    Channel.INTERSESSION: (MandateKind.DEPUTY,),
    Channel.COUNCIL: (MandateKind.COUNCILLOR,),
    Channel.WECHAT: (MandateKind.DEPUTY, MandateKind.COUNCILLOR),
}


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Who sits where, from when to when: a mandate by the names of things."""

    name: str
    born_on: date
    kind: MandateKind
    community: str
    comes_from: ConstituencyType
    starts_on: date
    ends_on: date | None = None
    level: str = ""
    term: str = ""
    district: str = ""
    began_by: str = ""
    ended_by: str = ""

    def is_held(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)


def _seats() -> Iterator[Seat]:
    for name, born_on, community, district, comes_from, terms in DEPUTIES:
        who = {"name": name, "born_on": born_on, "community": community, "comes_from": comes_from}
        for term, starts_on, ends_on in terms:
            yield Seat(
                **who,
                kind=MandateKind.DEPUTY,
                level=CongressLevel.COUNTY,
                term=term,
                district=f"第 {district} 选区",
                starts_on=starts_on,
                began_by=MandateBegin.BY_ELECTION if terms == BY_ELECTED else MandateBegin.ELECTED,
                ends_on=ends_on,
                ended_by=_end_of(terms) if ends_on else "",
            )
        if name == IN_THE_CITY_TOO:
            term, starts_on, ends_on = CITY_TERM
            yield Seat(
                **who,
                kind=MandateKind.DEPUTY,
                level=CongressLevel.CITY,
                term=term,
                starts_on=starts_on,
                began_by=MandateBegin.ELECTED,
            )
    for name, born_on, community, comes_from in COUNCILLORS:
        yield Seat(
            name=name,
            born_on=born_on,
            community=community,
            comes_from=comes_from,
            kind=MandateKind.COUNCILLOR,
            starts_on=CO_OPTED_ON if name in CO_OPTED else COUNCIL_STARTED_ON,
            began_by=MandateBegin.RECOMMENDED,
        )


def _end_of(terms: tuple[tuple[str, date, date | None], ...]) -> MandateEnd:
    return MandateEnd.MOVED if terms == (MOVED_AWAY,) else MandateEnd.TERM_ENDED


SEATS = tuple(_seats())


def build(street: Street) -> None:
    groups = {}
    for position, (name, communities) in enumerate(GROUPS.items(), start=1):
        group = DeputyGroup.objects.create(name=name, position=position * 10)
        groups |= dict.fromkeys(communities, group)
    for seat in SEATS:
        if seat.name not in street.people:
            street.people[seat.name] = Person.objects.create(
                name=seat.name,
                born_on=seat.born_on,
                phone=str(FIRST_PHONE + len(street.people)),
                user=street.accounts.get(seat.name),
            )
        Mandate.objects.create(
            person=street.people[seat.name],
            kind=seat.kind,
            level=seat.level,
            term=seat.term,
            district=seat.district,
            constituency_type=seat.comes_from,
            group=groups[seat.community],
            community=street.communities[seat.community],
            starts_on=seat.starts_on,
            began_by=seat.began_by,
            ends_on=seat.ends_on,
            ended_by=seat.ended_by,
        )


def raiser(channel: Channel, community: str, *, on: date, random: Random) -> str:
    """Return who passes on a matter of that community: somebody in office there, else anybody; empty for nobody."""
    held = [seat for seat in SEATS if seat.kind in RAISERS.get(channel, ()) and seat.is_held(on)]
    names = [seat.name for seat in held if seat.community == community] or [seat.name for seat in held]
    return random.choice(sorted(set(names))) if names else ""
