"""What every verb about an activity is made of: lock, check, and put on record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from congress_portal.accounts.models import User
from congress_portal.common.dates import full_day, month_day
from deputies.choices import ACTIVITY_MOVES, ActivityStatus, ActivityStep
from deputies.models import Activity, ActivityEvent, Mandate, Person
from deputies.models.activities import REASON_LENGTH
from deputies.workflow.refusals import MoveNotAllowed, NotInOffice, ReasonMissing

OPEN = frozenset({ActivityStatus.PLANNED, ActivityStatus.ANNOUNCED})


def locked(activity: Activity) -> Activity:
    return Activity.objects.select_for_update().get(pk=activity.pk)


def require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied("您的角色不能办这一步。需要办理请联系街道人大工委。")


def require_organiser(by: User) -> None:
    require(by.has_perm("deputies.change_activity"))


def need_reason(reason: str, sentence: str) -> str:
    if not reason.strip():
        raise ReasonMissing(sentence)
    return reason.strip()


def check_status(activity: Activity, allowed: Iterable[ActivityStatus]) -> None:
    """Refuse a step that the activity's status does not lead to, and say who did what since."""
    if ActivityStatus(activity.status) not in allowed:
        raise MoveNotAllowed(f"没有保存：{what_happened_since(activity)}请打开这次活动看最新情况。")


def check_move(activity: Activity, to: ActivityStatus) -> None:
    check_status(activity, [status for status, onward in ACTIVITY_MOVES.items() if to in onward])


def what_happened_since(activity: Activity) -> str:
    """Return the sentence that explains why a verb came too late: who did what, and when."""
    event = activity.events.select_related("actor").order_by("-happened_at", "-pk").first()
    since = ""
    if event is not None:
        happened = timezone.localtime(event.happened_at)
        who = event.actor.display_name if event.actor else "网站"
        since = f"{month_day(happened)} {happened:%H:%M}，{who}办了“{event.get_kind_display()}”，"
    return f"{since}这次活动现在是“{activity.get_status_display()}”。"


def check_in_office(people: Iterable[Person], *, on: date) -> None:
    """Refuse people without a mandate on that day, by name."""
    by_pk = {person.pk: person for person in people}
    in_office = set(Mandate.objects.in_force(on).filter(person__in=by_pk).values_list("person_id", flat=True))
    if strangers := [person.name for pk, person in by_pk.items() if pk not in in_office]:
        names = "、".join(strangers[:5]) + (f"等 {len(strangers)} 人" if len(strangers) > 5 else "")
        raise NotInOffice(f"{names}在{full_day(on)}不在任，不能邀请；到场的，请记在其他人员里。")


def write_event(activity: Activity, *, kind: ActivityStep, by: User | None, now: datetime, note: str = "") -> None:
    ActivityEvent.objects.create(activity=activity, kind=kind, actor=by, note=note[:REASON_LENGTH], happened_at=now)
