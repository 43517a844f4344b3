"""An activity from its plan to its minutes: plan, change, announce, hold, cancel, report back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from congress_portal.accounts.models import Community, User
from congress_portal.common.dates import full_day
from congress_portal.common.text import has_mobile_number
from congress_portal.common.uploads import PreparedFile
from congress_portal.common.workdays import add_months
from deputies import sign_in_codes
from deputies.choices import ActivityFileKind, ActivityKind, ActivityStatus, ActivityStep, Attendance
from deputies.models import (
    Activity,
    ActivityFile,
    ActivityPlace,
    Batch,
    Outsiders,
    Participation,
    Person,
    WorkPlanItem,
)
from deputies.notifications import activities as notifications
from deputies.selectors.activities import residents_coming
from deputies.workflow.activity_steps import (
    OPEN,
    check_in_office,
    check_move,
    check_status,
    locked,
    need_reason,
    require,
    require_organiser,
    write_event,
)
from deputies.workflow.attendance import post_duties
from deputies.workflow.refusals import (
    ActivityTimesNotAllowed,
    AttendanceNotAllowed,
    CountsNotAllowed,
    LeaveUndecided,
    MoveNotAllowed,
    NarrativeNotAllowed,
    NobodyInvited,
    NotEntrusted,
    PlanItemNotAllowed,
    ReasonMissing,
    ReportDayNotAllowed,
    ResidentsComing,
    SeatsTaken,
)

Place = str | tuple[str, Community | None]

# What plan_activity and change_activity take beside kind, title and times.
FIELDS = (
    "topic", "plan_item", "organiser", "entrusted_by", "entrusted_due_on", "notice", "is_open", "seats",
    "sign_up_until", "in_summary",
)  # fmt: skip
CHANGEABLE = ("kind", "title", "starts_at", "ends_at", *FIELDS)
# What is written when it is over. The rest of an activity that was held is on record, in files and in figures.
CHANGEABLE_AFTERWARDS = ("narrative", "minutes", "in_summary")

# Against a slip of the keyboard in a year (local defaults).
YEARS_BACK, YEARS_AHEAD = 10, 2
BATCHES_WITHIN = timedelta(days=31)  # of the days of the activity


@dataclass(frozen=True)
class BatchRow:
    """One batch of a mass visit (批次) as it is told to ``record_held``."""

    number: int
    held_on: date
    person_count: int
    note: str = ""


def plan_activity(
    *,
    kind: ActivityKind,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    places: Sequence[Place] = (),
    by: User,
    now: datetime,
    **fields: Any,
) -> Activity:
    """Put an activity on record, to be announced later, or held already and entered after the fact.

    ``fields`` are any of FIELDS. Raises ActivityTimesNotAllowed, ReasonMissing (a due day without who asked for it),
    PlanItemNotAllowed for an item that was taken out of the plan meanwhile.
    """
    require(by.has_perm("deputies.add_activity"))
    if unknown := fields.keys() - set(FIELDS):
        raise TypeError(f"No such fields of an activity to plan: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        activity = Activity(
            kind=kind, title=title.strip(), starts_at=starts_at, ends_at=ends_at, created_by=by, **fields
        )
        _check_plan(activity)
        _check_years(activity, now=now)
        _lock_plan_item(activity)
        activity.save(force_insert=True)
        _put_places(activity, places)
        write_event(activity, kind=ActivityStep.PLANNED, by=by, now=now)
    return activity


def change_activity(
    activity: Activity, *, changes: dict[str, Any], places: Sequence[Place] | None = None, by: User, now: datetime
) -> Activity:
    """Change what is on record of an activity; ``places`` take the place of all before them, None leaves them.

    Whoever is asked is told when the time or the place moved. An activity that was held or cancelled keeps
    everything but CHANGEABLE_AFTERWARDS. Nothing is written where nothing differs. Raises what ``plan_activity`` does,
    ResidentsComing or SeatsTaken where residents who signed up would be left without their seats, and
    NarrativeNotAllowed for a mobile number in what is public.
    """
    require_organiser(by)
    if unknown := changes.keys() - {*CHANGEABLE, *CHANGEABLE_AFTERWARDS}:
        raise TypeError(f"No such fields of an activity to change: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        activity = locked(activity)
        changed = {name: value for name, value in changes.items() if getattr(activity, name) != value}
        new_places = places is not None and _as_rows(places) != _rows_of(activity)
        if not changed and not new_places:
            return activity
        if new_places or changed.keys() - set(CHANGEABLE_AFTERWARDS):
            check_status(activity, OPEN)
        for name, value in changed.items():
            setattr(activity, name, value)
        _check_plan(activity)
        if changed.keys() & {"starts_at", "ends_at"}:
            _check_years(activity, now=now)
        if changed.keys() & {"is_open", "seats"}:
            _check_residents(activity)
        if changed.keys() & {"is_open", "narrative"}:
            _check_narrative(activity)
        if "plan_item" in changed:
            _lock_plan_item(activity)
        if changed:
            activity.save(update_fields=list(changed))
        if new_places:
            _put_places(activity, places or ())
        words = [_label(name) for name in changed]
        write_event(
            activity,
            kind=ActivityStep.CHANGED,
            by=by,
            now=now,
            note="、".join([*words, *(["地点"] if new_places else [])]),
        )
        moved = [
            *(["时间"] if changed.keys() & {"starts_at", "ends_at"} else []),
            *(["地点"] if new_places else []),
        ]
        if moved and activity.status == ActivityStatus.ANNOUNCED and activity.ends_at > now:
            notifications.tell_moved(activity, changed=moved)
    return activity


def announce_activity(activity: Activity, *, people: Iterable[Person] = (), by: User, now: datetime) -> Activity:
    """Ask these people, and whoever was put on the list before, and tell them. From now on they see the activity.

    Raises NobodyInvited for an activity that neither anybody is asked to nor residents can come to, and
    ActivityTimesNotAllowed for one that is over.
    """
    require_organiser(by)
    with transaction.atomic():
        activity = locked(activity)
        check_move(activity, ActivityStatus.ANNOUNCED)
        if activity.ends_at <= now:
            raise ActivityTimesNotAllowed(
                "这次活动的时间已经过了，不用再发通知。请先登记参加人员，再点“举行完毕”；时间写错的，请先修改时间。"
            )
        _ask(activity, people, now=now)
        asked = list(activity.participations.values_list("person_id", flat=True))
        if not asked and not activity.is_open:
            raise NobodyInvited("还没有选邀请谁。请选择参加的人，或者把活动改成向居民开放。")
        activity.status = ActivityStatus.ANNOUNCED
        activity.save(update_fields=["status"])
        write_event(activity, kind=ActivityStep.ANNOUNCED, by=by, now=now, note=f"邀请 {len(asked)} 人")
        notifications.tell_invited(activity, people=asked)
    return activity


def invite(activity: Activity, *, people: Iterable[Person], by: User, now: datetime) -> list[Participation]:
    """Ask more people; who is asked already stays as they are. Returns the new rows.

    Before the announcement, and after the activity is over, nobody is told: the one comes with it, the other is how
    an activity is put on record after the fact.
    """
    require_organiser(by)
    with transaction.atomic():
        activity = locked(activity)
        check_status(activity, OPEN)
        new = _ask(activity, people, now=now)
        if new:
            write_event(activity, kind=ActivityStep.INVITED, by=by, now=now, note=f"{len(new)} 人")
            if activity.status == ActivityStatus.ANNOUNCED and activity.ends_at > now:
                notifications.tell_invited(activity, people=[row.person_id for row in new])
    return new


def sign_in_code(activity: Activity, *, now: datetime) -> sign_in_codes.SignInCode:
    """Return what the screen shows this minute. Who may look at the screen is the page's to ask."""
    return sign_in_codes.sign_in_code(activity.pk, now=now)


def record_held(
    activity: Activity,
    *,
    narrative: str = "",
    outsiders: Sequence[tuple[str, int]] = (),
    batches: Sequence[BatchRow] = (),
    by: User,
    now: datetime,
) -> Activity:
    """Put on record that it was held, and post a line into the file of everybody asked who was in office that day.

    Who was asked and not seen is absent from now on. Raises AttendanceNotAllowed before it begins, LeaveUndecided
    while somebody waits for an answer, CountsNotAllowed, NarrativeNotAllowed.
    """
    require_organiser(by)
    with transaction.atomic():
        activity = locked(activity)
        check_move(activity, ActivityStatus.HELD)
        if activity.starts_at > now:
            raise AttendanceNotAllowed("活动还没有开始，不能登记为举行完毕。时间写错的，请先修改时间。")
        rows = list(activity.participations.select_for_update().order_by("pk"))
        if asking := [row.person_id for row in rows if row.state == Attendance.LEAVE_ASKED]:
            names = "、".join(
                Person.objects.filter(pk__in=asking).order_by("sort_key", "pk").values_list("name", flat=True)
            )
            raise LeaveUndecided(f"{names}请假还没有批。请先批假，再登记举行完毕。")
        activity.participations.filter(state__in=(Attendance.INVITED, Attendance.SIGNED_UP)).update(
            state=Attendance.ABSENT
        )
        _put_counts(activity, outsiders, batches, now=now)
        activity.status = ActivityStatus.HELD
        activity.narrative = narrative.strip() or activity.narrative
        _check_narrative(activity)
        activity.save(update_fields=["status", "narrative"])
        present = sum(row.state == Attendance.PRESENT for row in rows)
        write_event(activity, kind=ActivityStep.HELD, by=by, now=now, note=f"邀请 {len(rows)} 人，到场 {present} 人")
        post_duties(activity, by=by, now=now)
    return activity


def correct_counts(
    activity: Activity,
    *,
    outsiders: Sequence[tuple[str, int]] = (),
    batches: Sequence[BatchRow] = (),
    by: User,
    now: datetime,
) -> Activity:
    """Replace the head counts and batches of an activity that was held, where a number was mistyped."""
    require_organiser(by)
    with transaction.atomic():
        activity = locked(activity)
        check_status(activity, [ActivityStatus.HELD])
        before = _counts_of(activity)
        _put_counts(activity, outsiders, batches, now=now)
        if _counts_of(activity) != before:
            write_event(activity, kind=ActivityStep.CHANGED, by=by, now=now, note="更正其他人员和批次")
    return activity


def cancel_activity(activity: Activity, *, reason: str, by: User, now: datetime) -> Activity:
    """Call an activity off and tell whoever was told of it."""
    require_organiser(by)
    reason = need_reason(reason, "请写明取消的原因，被邀请的人会看到。")
    with transaction.atomic():
        activity = locked(activity)
        check_move(activity, ActivityStatus.CANCELLED)
        was_announced = activity.status == ActivityStatus.ANNOUNCED
        activity.status = ActivityStatus.CANCELLED
        activity.save(update_fields=["status"])
        write_event(activity, kind=ActivityStep.CANCELLED, by=by, now=now, note=reason)
        if was_announced:
            notifications.tell_cancelled(activity, reason=reason)
    return activity


def report_back(activity: Activity, *, text: str, on: date, by: User, now: datetime) -> Activity:
    """Put on record what was reported to who asked for the activity (受委托), and when. Once."""
    require_organiser(by)
    text = need_reason(text, "请写明报告了什么。")
    with transaction.atomic():
        activity = locked(activity)
        check_status(activity, [ActivityStatus.HELD])
        if not activity.entrusted_by:
            raise NotEntrusted("这次活动没有登记受谁委托，不用报告结果。")
        if activity.reported_back_on:
            raise MoveNotAllowed(
                f"{full_day(activity.reported_back_on)}已经向{activity.entrusted_by}报告过，不用再报告。"
            )
        if not activity.starts_on <= on <= timezone.localdate(now):
            raise ReportDayNotAllowed(f"报告日期要在活动当天（{full_day(activity.starts_on)}）到今天之间。")
        activity.report_back, activity.reported_back_on = text, on
        activity.save(update_fields=["report_back", "reported_back_on"])
        write_event(
            activity, kind=ActivityStep.REPORTED_BACK, by=by, now=now, note=f"{full_day(on)}报告{activity.entrusted_by}"
        )
    return activity


def add_files(
    activity: Activity,
    *,
    files: Sequence[PreparedFile],
    kind: ActivityFileKind,
    by: User,
    now: datetime,
    caption: str = "",
) -> list[ActivityFile]:
    """Keep photos or papers with an activity. Raises UploadRefused when storage is full."""
    require_organiser(by)
    with transaction.atomic():
        activity = locked(activity)
        check_status(activity, [*OPEN, ActivityStatus.HELD])
        stored = [
            ActivityFile.store(file, uploaded_by=by, activity=activity, kind=kind, caption=caption, created_at=now)
            for file in files
        ]
        if stored:
            what = "照片" if kind == ActivityFileKind.PHOTO else "材料"
            write_event(
                activity, kind=ActivityStep.CHANGED, by=by, now=now, note=f"上传{what}：{'、'.join(map(str, stored))}"
            )
    return stored


def remove_file(file: ActivityFile, *, by: User, now: datetime) -> Activity:
    """Take back a photo or a paper that does not belong here; its name stays in the history."""
    require_organiser(by)
    with transaction.atomic():
        activity = locked(file.activity)
        note = f"删除{file.get_kind_display()}：{file}"
        transaction.on_commit(partial(file.file.storage.delete, str(file.file.name)))
        file.delete()
        write_event(activity, kind=ActivityStep.CHANGED, by=by, now=now, note=note)
    return activity


def _label(name: str) -> str:
    field: Any = Activity._meta.get_field(name)
    return str(field.verbose_name)


def _check_plan(activity: Activity) -> None:
    if activity.ends_at < activity.starts_at:
        raise ActivityTimesNotAllowed("结束时间不能早于开始时间，请核对。")
    if activity.sign_up_until and activity.sign_up_until > activity.starts_at:
        raise ActivityTimesNotAllowed("居民报名的截止时间不能晚于活动开始，请核对。")
    if activity.entrusted_due_on and not activity.entrusted_by:
        raise ReasonMissing("填了要求报告的日期，也要填受谁委托。")


def _check_years(activity: Activity, *, now: datetime) -> None:
    today = timezone.localdate(now)
    if timezone.localdate(activity.starts_at) < add_months(today, -12 * YEARS_BACK):
        raise ActivityTimesNotAllowed(f"开始时间早了 {YEARS_BACK} 年以上，请核对年份。")
    if timezone.localdate(activity.starts_at) > add_months(today, 12 * YEARS_AHEAD):
        raise ActivityTimesNotAllowed(f"开始时间在 {YEARS_AHEAD} 年以后，请核对年份。")
    if timezone.localdate(activity.ends_at) > add_months(today, 12 * YEARS_AHEAD):
        raise ActivityTimesNotAllowed(f"结束时间在 {YEARS_AHEAD} 年以后，请核对年份。")


def _check_residents(activity: Activity) -> None:
    """Refuse to close, or to make too small, what residents have seats at. The caller holds the activity's lock."""
    coming = residents_coming(activity)
    if coming and not activity.is_open:
        raise ResidentsComing(
            f"已经有 {coming} 位居民报名，不能改为不开放。请先打电话告诉他们，并在居民报名里逐个取消；"
            "活动不办了的，请点“取消活动”。"
        )
    if activity.is_open and activity.seats is not None and coming > activity.seats:
        raise SeatsTaken(
            f"已经有 {coming} 位居民报名，名额不能少于 {coming} 个。"
            "确实要减少的，请先打电话告诉居民，并在居民报名里取消。"
        )


def _check_narrative(activity: Activity) -> None:
    """Refuse somebody's number in what the public calendar tells of an open activity."""
    if activity.is_open and has_mobile_number(activity.narrative):
        raise NarrativeNotAllowed("这次活动向居民开放，“活动情况”会公开，里面不能有手机号。请删掉号码后再保存。")


def _lock_plan_item(activity: Activity) -> None:
    """Keep the item of the plan from being taken out before the activity points at it."""
    if activity.plan_item_id is None:
        return
    items = WorkPlanItem.objects.select_for_update().filter(pk=activity.plan_item_id)
    if items.first() is None:
        raise PlanItemNotAllowed("选的事项刚刚从年度计划里去掉了，请重新选择。")


def batch_days(activity: Activity) -> tuple[date, date]:
    """Return the first and the last day on which a batch of the activity can have been."""
    return activity.starts_on - BATCHES_WITHIN, timezone.localdate(activity.ends_at) + BATCHES_WITHIN


def _as_rows(places: Sequence[Place]) -> list[tuple[str, int | None]]:
    pairs = [(place, None) if isinstance(place, str) else place for place in places]
    return [(name.strip(), community.pk if community else None) for name, community in pairs if name.strip()]


def _rows_of(activity: Activity) -> list[tuple[str, int | None]]:
    return list(activity.places.order_by("position", "pk").values_list("name", "community_id"))


def _put_places(activity: Activity, places: Sequence[Place]) -> None:
    activity.places.all().delete()
    ActivityPlace.objects.bulk_create(
        ActivityPlace(activity=activity, position=position, name=name, community_id=community_pk)
        for position, (name, community_pk) in enumerate(_as_rows(places), 1)
    )


def _ask(activity: Activity, people: Iterable[Person], *, now: datetime) -> list[Participation]:
    wanted = {person.pk: person for person in people}
    asked = set(activity.participations.filter(person__in=wanted).values_list("person_id", flat=True))
    new = [person for pk, person in wanted.items() if pk not in asked]
    check_in_office(new, on=activity.starts_on)
    return Participation.objects.bulk_create(
        Participation(activity=activity, person=person, invited_at=now) for person in new
    )


def _put_counts(
    activity: Activity, outsiders: Sequence[tuple[str, int]], batches: Sequence[BatchRow], *, now: datetime
) -> None:
    categories = [category.strip() for category, _ in outsiders]
    for category in categories:
        if categories.count(category) > 1:
            raise CountsNotAllowed(f"其他人员里“{category}”写了两次，请合成一行。")
    numbers = [batch.number for batch in batches]
    for number in numbers:
        if numbers.count(number) > 1:
            raise CountsNotAllowed(f"第 {number} 批写了两次，请核对批次。")
    if any(count < 1 for _, count in outsiders) or any(batch.person_count < 1 for batch in batches):
        raise CountsNotAllowed("人数和人次要填大于 0 的整数。")
    today = timezone.localdate(now)
    if ahead := [batch.number for batch in batches if batch.held_on > today]:
        raise CountsNotAllowed(f"第 {ahead[0]} 批的日期还没有到，请核对日期。")
    first, last = batch_days(activity)
    if far := [batch.number for batch in batches if not first <= batch.held_on <= last]:
        raise CountsNotAllowed(
            f"第 {far[0]} 批的日期要在{full_day(first)}到{full_day(last)}之间，离活动太远了，请核对年份和日期。"
        )
    activity.outsiders.all().delete()
    activity.batches.all().delete()
    Outsiders.objects.bulk_create(
        Outsiders(activity=activity, category=category.strip(), count=count) for category, count in outsiders
    )
    Batch.objects.bulk_create(
        Batch(
            activity=activity,
            number=batch.number,
            held_on=batch.held_on,
            person_count=batch.person_count,
            note=batch.note,
        )
        for batch in batches
    )


def _counts_of(activity: Activity) -> list[tuple[Any, ...]]:
    batches = activity.batches.order_by("number").values_list("number", "held_on", "person_count", "note")
    return [*activity.outsiders.order_by("category").values_list("category", "count"), *batches]
