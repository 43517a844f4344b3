"""What somebody is told of their own file. What they did themselves they are not told."""

from django.urls import reverse

from congress_portal.accounts.models import User
from congress_portal.notifications.outbox import notify
from deputies.models import Person


def tell_person_phone_is_public(person: Person, *, by: User) -> None:
    """Nobody's number becomes public without their learning of it."""
    _tell(
        person,
        by=by,
        subject="您的联系电话已公开",
        body="街道人大工委按您的同意，在公示栏公开了您的联系电话。没有同意过、或者不想再公开的，请联系街道人大工委。",
    )


def tell_person_phone_is_withdrawn(person: Person, *, by: User) -> None:
    _tell(person, by=by, subject="您的联系电话不再公开", body="公示栏已经不再显示您的联系电话。")


def tell_person_phone_is_outdated(person: Person, *, by: User) -> None:
    _tell(
        person,
        by=by,
        subject="您的联系电话不再公开",
        body="档案里您的联系电话有变，公示栏不再显示原来的号码。要公开现在的号码，请打开这条消息的链接，点“同意公开”，"
        "或者联系街道人大工委。",
    )


def _tell(person: Person, *, by: User, subject: str, body: str) -> None:
    user = person.user
    if user is not None and user != by and user.is_active:
        notify(to=[user], subject=subject, body=body, url=reverse("own"))
