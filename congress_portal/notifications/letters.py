"""What some people are to be told, before it is written into the outbox."""

from dataclasses import dataclass

from congress_portal.accounts.models import User


@dataclass(frozen=True)
class Letter:
    """One message to several people, not written yet."""

    to: list[User]
    subject: str
    body: str
    url: str
