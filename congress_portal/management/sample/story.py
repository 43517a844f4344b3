"""What is known of a case before it happens: what is brought forward, and how it goes on."""

from dataclasses import dataclass
from datetime import date

from suggestions.choices import Channel, Outcome, Rating

# Who comes by these channels says whom to call back.
WITH_CONTACT = (Channel.WEB, Channel.RECEPTION, Channel.PHONE, Channel.LETTER, Channel.DIRECT)

Rated = tuple[Rating, Rating]  # of the process, of the result

GOOD = (Rating.SATISFIED, Rating.SATISFIED)
FAIR = (Rating.SATISFIED, Rating.BASIC)
SLOW = (Rating.BASIC, Rating.SATISFIED)
SO_SO = (Rating.BASIC, Rating.BASIC)
POOR = (Rating.BASIC, Rating.DISSATISFIED)


@dataclass(frozen=True, kw_only=True)
class Round:
    """One answer, so many working days ``after`` the round began, and what was said of it some days later."""

    after: int
    reply: str
    outcome: Outcome
    ratings: Rated | None = None  # None: nothing was said of it yet
    rated_after: int = 4
    reason: str = ""
    nobody_answered: bool = False  # called in vain, and closed without an evaluation


@dataclass(frozen=True, kw_only=True)
class Story:
    """One case. It ends where nothing more is said of it, so a story may stop at every step."""

    received_on: date
    channel: Channel
    category: str
    title: str
    matter: str
    community: str = ""
    place: str = ""
    raised_by: str = ""
    activity: str = ""  # the inspection at which it was found
    scene: str = ""
    photos: int = 0
    accepted_after: int | None = 1  # working days; None: nobody has decided yet
    declined: tuple[str, str] | None = None  # why, and where it belongs
    assigned_after: int | None = 0  # working days after it was accepted; None: waits to be assigned
    department: str = ""
    first_sent_to: str = ""  # a department that returns it
    thin_reply_first: bool = False  # an answer that the committee sends back
    due_on: date | None = None  # earlier than the rules give
    rounds: tuple[Round, ...] = ()

    @property
    def by_resident(self) -> bool:
        return self.channel == Channel.WEB

    @property
    def holds_personal_data(self) -> bool:
        return self.photos > 0 or self.channel in WITH_CONTACT
