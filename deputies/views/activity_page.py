"""The page of one activity, laid out for staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from congress_portal.common.templatetags.portal import cn_date, cn_datetime
from deputies.choices import ActivityStatus, Attendance
from deputies.models import Activity, ActivityFile, Participation
from deputies.selectors import activities as selectors
from deputies.selectors.invitations import CHIP_CODES


def page_context(user: Any, activity: Activity, *, now: datetime) -> dict[str, Any]:
    page = selectors.activity_page(activity, now=now)
    is_announced = activity.status == ActivityStatus.ANNOUNCED
    may_organise = user.has_perm("deputies.change_activity")
    residents_coming = selectors.residents_coming(activity)
    return {
        "activity": activity,
        "page": page,
        "next_sentence": _next_sentence(page),
        "facts": _facts(page),
        "people": [_person(row, is_announced=is_announced, may_read_reasons=may_organise) for row in page.rows],
        "photos": [_file(file) for file in page.photos],
        "papers": [_file(file) for file in page.papers],
        "timeline": [
            {
                "title": event.get_kind_display(),
                "when": event.happened_at,
                "lines": [line for line in (event.actor.display_name if event.actor else "", event.note) if line],
            }
            for event in page.events
        ],
        "residents_coming": residents_coming if activity.is_open or residents_coming else None,
        "may_see_sign_ups": user.has_perm("deputies.see_sign_ups"),
        "may_print": user.has_perm("deputies.print_activity"),
        "may_organise": may_organise,
        "is_announced": is_announced,
    }


def _next_sentence(page: selectors.ActivityPage) -> str:
    activity, now = page.activity, page.now
    if activity.status == ActivityStatus.CANCELLED:
        return ""
    if page.asking:
        return f"{len(page.asking)} 人请假，等工委批"
    if activity.status == ActivityStatus.HELD:
        if activity.entrusted_by and not activity.reported_back_on:
            return f"等向{activity.entrusted_by}报告结果"
        return "" if activity.minutes or activity.narrative else "等写活动情况和纪要"
    if activity.ends_at <= now:
        return "时间已过，等登记到场和举行完毕"
    if activity.starts_at <= now:
        return "正在进行"
    return "还没有通知" if activity.status == ActivityStatus.PLANNED else "等活动开始"


def _facts(page: selectors.ActivityPage) -> list[dict[str, Any]]:
    activity, tally = page.activity, page.tally
    facts: list[dict[str, Any]] = [{"label": "时间", "value": selectors.when(activity)}]
    if where := selectors.where(activity):
        facts.append({"label": "地点", "value": where})
    if activity.organiser:
        facts.append({"label": "组织者", "value": activity.organiser})
    if activity.entrusted_by:
        facts.append({"label": "受谁委托", "value": activity.entrusted_by})
        if activity.reported_back_on:
            facts.append({"label": "已报告", "value": cn_date(activity.reported_back_on)})
        elif activity.entrusted_due_on:
            is_late = activity.entrusted_due_on < timezone.localdate(page.now)
            facts.append(
                {
                    "label": "要求报告",
                    "value": f"{cn_date(activity.entrusted_due_on)}前",
                    "note": "已经过期" if is_late else "",
                    "is_bad": is_late,
                }
            )
    if tally.invited:
        parts = (("报名", tally.signed_up), ("待回复", tally.unanswered), ("请假待批", tally.leave_asked))
        waiting = "，".join(f"{label} {number} 人" for label, number in parts if number)
        facts.append({"label": "邀请", "value": f"{tally.invited} 人", "note": waiting})
        seen = (("到场", tally.present), ("准假", tally.excused), ("缺席", tally.absent))
        if any(number for _, number in seen):
            facts.append({"label": "到场", "value": "，".join(f"{label} {number} 人" for label, number in seen)})
    if activity.status == ActivityStatus.HELD and tally.invited:
        note = ""
        if tally.excused and tally.rate_without_leave:
            note = f"不含准假的：{_percent(tally.rate_without_leave)}"
        facts.append({"label": "到会率", "value": _percent(tally.rate), "note": note})
    if activity.is_open:
        until = activity.sign_up_until or activity.starts_at
        seats = f"{activity.seats} 个名额" if activity.seats else "名额不限"
        facts.append({"label": "向居民开放", "value": seats, "note": f"报名到 {cn_datetime(until)}"})
    return facts


def _percent(rate: tuple[int, int] | None) -> str:
    if rate is None:
        return "没有应到的人"
    return f"{rate[0] * 100 / rate[1]:.1f}%（{rate[0]}/{rate[1]}）"


def _person(row: Participation, *, is_announced: bool, may_read_reasons: bool) -> dict[str, Any]:
    """Lay out one line; why somebody cannot come is for those only who decide on leave."""
    person: Any = row.person
    notes = []
    if may_read_reasons and row.state in (Attendance.LEAVE_ASKED, Attendance.EXCUSED):
        notes.append(f"原因：{row.leave_reason}")
    if row.state == Attendance.INVITED and row.leave_refusal:
        notes.append(f"没有准假：{row.leave_refusal}" if may_read_reasons else "没有准假")
    if row.signed_in_at:
        by = f"，{row.signed_in_by.display_name}代为登记" if row.signed_in_by else "签到"
        notes.append(f"{cn_datetime(row.signed_in_at)}{by}")
    if row.speech:
        notes.append(f"发言：{row.speech}")
    if person.user_id is None and row.state == Attendance.INVITED and is_announced:
        notes.append("没有账户，请打电话通知")
    if not row.is_counted:  # type: ignore[attr-defined]  # annotated
        notes.append("活动当天不在任，不计入")
    return {
        "name": person.name,
        "url": reverse("admin:deputies_person_change", args=(person.pk,)),
        "seats": "，".join(str(mandate) for mandate in person.in_force),
        "chip": (CHIP_CODES[Attendance(row.state)], row.get_state_display()),
        "notes": notes,
    }


def _file(file: ActivityFile) -> dict[str, Any]:
    return {
        "pk": file.pk,
        "name": file.caption or file.original_name,
        "size": file.size,
        "url": reverse("deputies:activity_file", args=(file.pk,)),
        "is_picture": file.content_type.startswith("image/"),
    }
