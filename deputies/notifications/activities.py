"""Who is told what of an activity. Who has no account is told by telephone: the page of the activity names them."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet
from django.urls import reverse

from congress_portal.accounts.choices import COMMITTEE_ROLES
from congress_portal.accounts.models import User
from congress_portal.notifications.outbox import notify
from deputies.models import Activity, Participation, Person
from deputies.selectors.activities import when, where


def tell_invited(activity: Activity, *, people: Collection[int]) -> int:
    """Ask people to an activity; return how many were told, which are those with an account."""
    users = list(_accounts().filter(person__in=people))
    place = where(activity)
    notify(
        to=users,
        subject=f"邀请您参加：{activity.title}",
        body=_lines(
            f"时间：{when(activity)}",
            f"地点：{place}" if place else "",
            activity.notice,
            "请打开后选择报名或者请假。",
        ),
        url=_page(activity),
    )
    return len(users)


def tell_moved(activity: Activity, *, changed: Collection[str]) -> None:
    """Tell everybody asked that the time or the place is another one; ``changed`` holds the words for which."""
    place = where(activity)
    notify(
        to=_asked(activity),
        subject=f"{'和'.join(changed)}有变：{activity.title}",
        body=_lines(
            f"现在的时间：{when(activity)}",
            f"现在的地点：{place}" if place else "",
            "如果不能参加，请打开后请假。",
        ),
        url=_page(activity),
    )


def tell_cancelled(activity: Activity, *, reason: str) -> None:
    notify(
        to=_asked(activity),
        subject=f"活动取消：{activity.title}",
        body=_lines(f"原定时间：{when(activity)}", f"取消原因：{reason}"),
        url=_page(activity),
    )


def tell_invitation_taken_back(activity: Activity, *, person: Person) -> None:
    """The page of the activity is no longer open to that person: the message leads to their list."""
    notify(
        to=_accounts().filter(person=person),
        subject=f"邀请已收回：{activity.title}",
        body=_lines(f"时间：{when(activity)}", "这次活动您不用参加了。如有疑问，请联系街道人大工委。"),
        url=reverse("deputies:activity_list"),
    )


def tell_leave_decided(participation: Participation, *, granted: bool) -> None:
    activity = participation.activity
    outcome = "已准假" if granted else "没有准假"
    notify(
        to=_accounts().filter(person=participation.person_id),
        subject=f"{outcome}：{activity.title}",
        body=_lines(
            f"时间：{when(activity)}",
            "" if granted else f"原因：{participation.leave_refusal}",
            "" if granted else "请安排时间参加；确有困难，请联系街道人大工委。",
        ),
        url=_page(activity),
    )


def tell_committee_leave_asked(participation: Participation) -> None:
    """The reason for the leave is not in the message: it may be about somebody's health."""
    activity = participation.activity
    notify(
        to=User.objects.filter(is_active=True, role__in=COMMITTEE_ROLES).order_by("pk"),
        subject=f"{participation.person}请假：{activity.title}",
        body=_lines(f"时间：{when(activity)}", "请打开这次活动批假。"),
        url=activity.get_absolute_url(),
    )


def _accounts() -> QuerySet[User]:
    return User.objects.filter(is_active=True).order_by("pk")


def _asked(activity: Activity) -> QuerySet[User]:
    return _accounts().filter(person__participations__activity=activity)


def _page(activity: Activity) -> str:
    return reverse("deputies:activity_detail", args=(activity.pk,))


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
