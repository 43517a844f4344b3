"""Who is told what of oversight topics: the committee of each turn, the department that is to act when it begins.

Departments have no page of a topic; what they are to do reaches them as suggestions. So their message says it all and
leads nowhere.
"""

from __future__ import annotations

from django.db.models import QuerySet

from congress_portal.accounts.choices import COMMITTEE_ROLES, Role
from congress_portal.accounts.models import User
from congress_portal.common.dates import full_day
from congress_portal.notifications.outbox import notify
from deputies.models import OversightRound, OversightTopic


def tell_topic_opened(topic: OversightTopic, round_: OversightRound, *, by: User) -> None:
    department = f"落实单位：{topic.department}" if topic.department else ""
    _tell_committee(
        topic,
        by=by,
        subject=f"确定监督议题：{topic.title}",
        body=_lines(f"{full_day(round_.started_on)}开始监督。", department, _look(round_)),
    )
    _tell_department(
        topic,
        subject=f"街道人大工委确定监督议题：{topic.title}",
        body=_lines(
            f"由{topic.department}落实，{full_day(round_.started_on)}开始监督。",
            f"监督重点：{topic.aim}" if topic.aim else "",
            "提出的意见建议会逐件交办。有疑问请联系街道人大工委。",
        ),
    )


def tell_round_begun(topic: OversightTopic, round_: OversightRound, *, by: User) -> None:
    turn = f"第 {round_.number} 轮监督{full_day(round_.started_on)}开始。"
    _tell_committee(topic, by=by, subject=f"再监督：{topic.title}", body=_lines(turn, _look(round_)))
    _tell_department(
        topic,
        subject=f"街道人大工委再次监督：{topic.title}",
        body=_lines(turn, "上一轮没有落实到位的，请继续落实。有疑问请联系街道人大工委。"),
    )


def tell_topic_closed(topic: OversightTopic, *, by: User) -> None:
    _tell_committee(topic, by=by, subject=f"监督议题办结：{topic.title}", body=f"结论：{topic.conclusion}")


def _tell_committee(topic: OversightTopic, *, by: User, subject: str, body: str) -> None:
    notify(to=_committee().exclude(pk=by.pk), subject=subject, body=body, url=topic.get_absolute_url())


def _tell_department(topic: OversightTopic, *, subject: str, body: str) -> None:
    if topic.department_id is not None:
        officers = User.objects.filter(is_active=True, role=Role.OFFICER, department=topic.department_id)
        notify(to=officers.order_by("pk"), subject=subject, body=body)


def _committee() -> QuerySet[User]:
    return User.objects.filter(is_active=True, role__in=COMMITTEE_ROLES).order_by("pk")


def _look(round_: OversightRound) -> str:
    return f"下次检查：{full_day(round_.look_again_on)}" if round_.look_again_on else ""


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
