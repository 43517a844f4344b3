"""What a matter of the sample is made of, and how its words are filled in for one place.

A text may hold ``{place}``, ``{community}``, and numbers: ``{n:3-6}`` takes a number between the two and keeps it, so
that the same text or the reply to it can say ``{n}`` again.
"""

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from random import Random

from suggestions.choices import Outcome

_OUTCOMES = {
    "solved": Outcome.SOLVED,
    "going_on": Outcome.BEING_SOLVED,
    "not_now": Outcome.NOT_NOW,
    "noted": Outcome.REFERENCE,
}
_SLOT = re.compile(r"{(\w+)(?::(\d+)-(\d+))?}")


@dataclass(frozen=True)
class Told:
    """One way to bring a matter forward: the office's title for it, the resident's own words, and what is replied."""

    title: str
    words: str
    replies: Mapping[Outcome, tuple[str, ...]]


@dataclass(frozen=True)
class Kind:
    """A kind of matter as a street hears it again and again, each time from another place and in other words.

    ``at`` names the kinds of places it comes from, ``months`` when it does. ``poor`` is what somebody says whom the
    first reply did not satisfy, and ``again`` what the department then replies: both fit the first telling only.
    """

    category: str
    department: str
    at: tuple[str, ...]
    told: tuple[Told, ...]
    poor: str = ""
    again: str = ""
    months: tuple[int, ...] = tuple(range(1, 13))
    scene: str = ""


@dataclass(frozen=True)
class Single:
    """A matter that comes up once, in the words of a deputy, with the reply it got."""

    category: str
    department: str
    title: str
    words: str
    outcome: Outcome
    reply: str
    community: str = ""
    place: str = ""


@dataclass(frozen=True)
class NotOurs:
    """Something that is not accepted: why, and who handles it."""

    category: str
    title: str
    words: str
    reason: str
    referred_to: str
    community: str = ""


def own(**replies: str | tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Give one telling replies of its own in the classes named; an empty tuple takes a class away from it."""
    return {name: (texts,) if isinstance(texts, str) else texts for name, texts in replies.items()}


def kind(category: str, department: str, *at: str, told: tuple, **rest) -> Kind:
    """Write down a kind with the replies that fit all its tellings, by class: ``solved``, ``going_on``…."""
    common = {name: rest.pop(name) for name in _OUTCOMES if name in rest}
    tellings = []
    for title, words, *special in told:
        replies = {_OUTCOMES[name]: texts for name, texts in (common | dict(*special)).items() if texts}
        tellings.append(Told(title, words, replies))
    return Kind(category=category, department=department, at=at, told=tuple(tellings), **rest)


def fill(text: str, values: MutableMapping[str, str], random: Random) -> str:
    """Put the values into the text; numbers that it asks for are drawn and kept among the values."""

    def value(slot: re.Match[str]) -> str:
        name, low, high = slot.groups()
        if low:
            values[name] = str(random.randint(int(low), int(high)))
        return values[name]

    return _SLOT.sub(value, text)
