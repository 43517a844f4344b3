"""What each role may do with people and what they do together: the table, then which records it holds for.

Each ``can_…`` predicate about one record stands beside the filter that lists the same records, so that a list and a
page can never disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from congress_portal.accounts.choices import COMMITTEE_ROLES, Role
from congress_portal.accounts.rights import Right
from deputies.choices import ActivityStatus, DutyStatus

if TYPE_CHECKING:  # rights know no rows
    from django.contrib.auth.models import AnonymousUser

    from congress_portal.accounts.models import User
    from deputies.models import Activity, DutyRecord, Person

    AnyUser = User | AnonymousUser

_READERS = (*COMMITTEE_ROLES, Role.AUDITOR)
_ON_MANDATE = (Role.DEPUTY, Role.COUNCILLOR)

RIGHTS = (
    Right("deputies.view_person", "查看人员和职务", _READERS),
    Right("deputies.add_person", "登记人员", COMMITTEE_ROLES),
    Right("deputies.change_person", "修改人员", COMMITTEE_ROLES),
    Right("deputies.see_person_contact", "查看、导出人员的出生日期和联系电话", COMMITTEE_ROLES),
    Right("deputies.import_person", "用表格导入人员和任职", COMMITTEE_ROLES),
    Right("deputies.export_person", "导出人员和任职", _READERS, "审计员导出的表格里没有出生日期和联系电话。"),
    Right("deputies.record_phone_agreement", "记录同意、不再同意公开电话", COMMITTEE_ROLES, "代表本人也可以自己办。"),
    Right("deputies.view_mandate", "查看任职", _READERS),
    Right("deputies.add_mandate", "登记任职", COMMITTEE_ROLES),
    Right("deputies.change_mandate", "修改、结束任职，办理换届", COMMITTEE_ROLES),
    Right("deputies.view_deputygroup", "查看代表小组", _READERS),
    Right("deputies.add_deputygroup", "新增代表小组", COMMITTEE_ROLES),
    Right("deputies.change_deputygroup", "修改、停用代表小组", COMMITTEE_ROLES),
    Right("deputies.import_deputygroup", "用表格导入代表小组", COMMITTEE_ROLES),
    Right("deputies.export_deputygroup", "导出代表小组", _READERS),
    Right("deputies.print_board", "打印公示栏和代表码", COMMITTEE_ROLES),
    Right("deputies.view_activity", "查看全部活动", _READERS),
    Right("deputies.add_activity", "登记活动", COMMITTEE_ROLES),
    Right("deputies.change_activity", "组织活动：通知、邀请、批假、登记到场、写纪要", COMMITTEE_ROLES),
    Right("deputies.print_activity", "打印签到表和纪要", COMMITTEE_ROLES),
    Right("deputies.see_sign_ups", "查看居民报名的姓名和电话", COMMITTEE_ROLES, "活动结束后按隐私说明删除。"),
    Right("deputies.answer_invitation", "报名、请假、签到", _ON_MANDATE, "只对邀请了自己的活动。"),
    Right("deputies.view_oversighttopic", "查看监督议题", _READERS),
    Right("deputies.add_oversighttopic", "确定监督议题", COMMITTEE_ROLES),
    Right("deputies.change_oversighttopic", "跟踪、办结监督议题", COMMITTEE_ROLES),
    Right("deputies.view_workplan", "查看年度工作计划", _READERS, "公布后任何人都可以看。"),
    Right("deputies.add_workplan", "编制年度工作计划", COMMITTEE_ROLES),
    Right("deputies.change_workplan", "修改、公布年度工作计划", COMMITTEE_ROLES),
    Right("deputies.print_workplan", "打印年度工作计划", COMMITTEE_ROLES),
    Right("deputies.view_dutyrecord", "查看全部履职档案", _READERS),
    Right("deputies.add_dutyrecord", "代为记录履职", COMMITTEE_ROLES, "代表自己不方便上网时用。"),
    Right("deputies.decide_dutyrecord", "确认、退回、更正履职记录", COMMITTEE_ROLES, "不能确认关于自己的记录。"),
    Right("deputies.print_file", "打印履职档案", COMMITTEE_ROLES),
    Right("deputies.view_own_file", "查看、打印自己的履职档案", _ON_MANDATE, "看不到别人的。"),
    Right("deputies.log_duty", "补记自己的履职", _ON_MANDATE),
    Right("deputies.view_performancereport", "查看述职记录", _READERS),
    Right("deputies.add_performancereport", "登记述职和评议结果", COMMITTEE_ROLES),
    Right("deputies.change_performancereport", "更正述职记录", COMMITTEE_ROLES),
    Right("deputies.view_duereminder", "查看履职提醒", _READERS, "网站自动提醒，不能修改。"),
)


def can_see_contact(user: AnyUser) -> bool:
    """Say whether this person may see birth dates and telephone numbers of deputies and councillors."""
    return user.has_perm("deputies.see_person_contact")


def can_view_person(user: AnyUser, person: Person) -> bool:
    """Staff see everybody on file, people on mandate themselves; what is public of people in office is so beside."""
    if not user.is_authenticated:
        return False
    return user.has_perm("deputies.view_person") or person.user_id == user.pk


def can_record_phone_agreement(user: AnyUser, person: Person) -> bool:
    """Staff put on record what somebody told them; that very person may decide without them."""
    if not user.is_authenticated:
        return False
    if user.has_perm("deputies.record_phone_agreement"):
        return True
    return user.has_perm("deputies.view_own_file") and person.user_id == user.pk


def activity_filter(user: AnyUser) -> Q:
    """Return the condition of the activities a user may know to exist; open ones are on the public calendar beside."""
    if not user.is_authenticated:
        return Q(pk__in=())
    if user.has_perm("deputies.view_activity"):
        return Q()
    if user.has_perm("deputies.answer_invitation"):
        # A person is invited to an activity once, so the join brings no activity twice.
        return Q(participations__person__user=user.pk) & ~Q(status=ActivityStatus.PLANNED)
    return Q(pk__in=())


def can_view_activity(user: AnyUser, activity: Activity) -> bool:
    if not user.is_authenticated:
        return False
    if user.has_perm("deputies.view_activity"):
        return True
    if user.has_perm("deputies.answer_invitation"):
        is_invited = activity.participations.filter(person__user=user.pk).exists()
        return is_invited and activity.status != ActivityStatus.PLANNED
    return False


def duty_filter(user: AnyUser) -> Q:
    """Return the condition of the lines of duty files a user may know to exist."""
    if not user.is_authenticated:
        return Q(pk__in=())
    if user.has_perm("deputies.view_dutyrecord"):
        return Q()
    if user.has_perm("deputies.view_own_file"):
        return Q(person__user_id=user.pk)
    return Q(pk__in=())


def can_view_duty(user: AnyUser, record: DutyRecord) -> bool:
    if not user.is_authenticated:
        return False
    if user.has_perm("deputies.view_dutyrecord"):
        return True
    return user.has_perm("deputies.view_own_file") and record.person.user_id == user.pk


def can_decide_duty(user: AnyUser, record: DutyRecord) -> bool:
    """Nobody decides on a line about themselves, nor on one that waits and that they logged.

    Whoever the account belongs to by now: unlinking it makes nobody a stranger to what they wrote.
    What staff entered for somebody else is confirmed with that, and never waits.
    """
    if record.person.user_id == user.pk or (record.status == DutyStatus.LOGGED and record.logged_by_id == user.pk):
        return False
    return user.has_perm("deputies.decide_dutyrecord")


def can_change_duty(user: AnyUser, record: DutyRecord) -> bool:
    """Say whether this is the person's own file; how long a line may be changed is a matter of its status."""
    return user.has_perm("deputies.log_duty") and record.person.user_id == user.pk
