"""Who may see and do what with suggestions: the table, then which records it holds for.

Each ``can_…`` predicate about one case stands beside the filter that lists the same cases, so that a list and a
page can never disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from congress_portal.accounts.choices import COMMITTEE_ROLES, Role
from congress_portal.accounts.rights import Right

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from congress_portal.accounts.models import User
    from suggestions.models import Suggestion

    AnyUser = User | AnonymousUser

_READERS = (*COMMITTEE_ROLES, Role.AUDITOR)

RIGHTS = (
    Right("suggestions.view_suggestion", "查看全部意见建议", _READERS),
    Right(
        "suggestions.add_suggestion",
        "代为登记意见建议",
        COMMITTEE_ROLES,
        "选民接待、议事会、微信群等各个渠道。",
    ),
    Right("suggestions.change_suggestion", "整理标题、类别和社区", COMMITTEE_ROLES, "正文保持居民原话，不能改。"),
    Right("suggestions.see_contact", "查看居民姓名和电话", COMMITTEE_ROLES, "承办单位、审计员和代表都看不到。"),
    Right("suggestions.correct_contact", "更正、删除居民姓名和电话", COMMITTEE_ROLES, "居民要求时。"),
    Right("suggestions.accept_suggestion", "受理、不受理", COMMITTEE_ROLES),
    Right("suggestions.assign_suggestion", "交办", COMMITTEE_ROLES),
    Right("suggestions.send_back_reply", "退回答复重办", COMMITTEE_ROLES),
    Right("suggestions.record_evaluation", "代居民记录评价", COMMITTEE_ROLES, "电话回访或当面评价时用。"),
    Right("suggestions.close_suggestion", "逾期未评价时办结", COMMITTEE_ROLES),
    Right(
        "suggestions.view_own_department",
        "查看交办给本单位的件",
        (Role.OFFICER,),
        "只看本单位的，看不到居民电话。",
    ),
    Right("suggestions.reply_suggestion", "答复本单位的件", (Role.OFFICER,)),
    Right("suggestions.return_suggestion", "退办不属于本单位的件", (Role.OFFICER,)),
    Right(
        "suggestions.view_raised",
        "查看自己转来或提出的件",
        (Role.DEPUTY, Role.COUNCILLOR),
        "只看进展，不处理个案，看不到居民电话。",
    ),
    Right("suggestions.view_reminder", "查看催办记录", _READERS, "网站自动提醒，不能修改。"),
    Right("suggestions.view_category", "查看类别", _READERS),
    Right("suggestions.add_category", "新增类别", COMMITTEE_ROLES),
    Right("suggestions.change_category", "修改、停用类别", COMMITTEE_ROLES),
    Right("suggestions.view_replyterm", "查看办理期限", _READERS),
    Right("suggestions.change_replyterm", "修改办理期限", (Role.DIRECTOR,)),
)


def visible_filter(user: AnyUser) -> Q:
    """Return the condition of the cases a user may know to exist; a resident comes by tracking code instead."""
    if not user.is_authenticated:
        return Q(pk__in=())
    if user.has_perm("suggestions.view_suggestion"):
        return Q()
    if user.has_perm("suggestions.view_own_department") and user.department_id:
        return Q(department_id=user.department_id)
    if user.has_perm("suggestions.view_raised"):
        return Q(raised_by__user_id=user.pk)
    return Q(pk__in=())


def can_view(user: AnyUser, suggestion: Suggestion) -> bool:
    if not user.is_authenticated:
        return False
    if user.has_perm("suggestions.view_suggestion"):
        return True
    if user.has_perm("suggestions.view_own_department"):
        return user.department_id is not None and suggestion.department_id == user.department_id
    if user.has_perm("suggestions.view_raised"):
        return suggestion.raised_by is not None and suggestion.raised_by.user_id == user.pk
    return False


def can_see_contact(user: AnyUser) -> bool:
    return user.has_perm("suggestions.see_contact")


def can_correct_contact(user: AnyUser, suggestion: Suggestion) -> bool:
    return user.has_perm("suggestions.correct_contact") and can_view(user, suggestion)


def can_accept(user: AnyUser, suggestion: Suggestion) -> bool:
    """Also the right to decline: both are the one decision about what comes in."""
    return user.has_perm("suggestions.accept_suggestion") and can_view(user, suggestion)


def can_assign(user: AnyUser, suggestion: Suggestion) -> bool:
    return user.has_perm("suggestions.assign_suggestion") and can_view(user, suggestion)


def can_send_back(user: AnyUser, suggestion: Suggestion) -> bool:
    return user.has_perm("suggestions.send_back_reply") and can_view(user, suggestion)


def can_record_evaluation(user: AnyUser, suggestion: Suggestion) -> bool:
    return user.has_perm("suggestions.record_evaluation") and can_view(user, suggestion)


def can_close(user: AnyUser, suggestion: Suggestion) -> bool:
    return user.has_perm("suggestions.close_suggestion") and can_view(user, suggestion)


def can_reply(user: AnyUser, suggestion: Suggestion) -> bool:
    return user.has_perm("suggestions.reply_suggestion") and can_view(user, suggestion)


def can_return(user: AnyUser, suggestion: Suggestion) -> bool:
    return user.has_perm("suggestions.return_suggestion") and can_view(user, suggestion)
