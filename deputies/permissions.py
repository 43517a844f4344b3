"""What each role may do with people, their mandates and their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from congress_portal.accounts.choices import COMMITTEE_ROLES, Role
from congress_portal.accounts.rights import Right

if TYPE_CHECKING:  # rights know no rows
    from django.contrib.auth.models import AnonymousUser

    from congress_portal.accounts.models import User

_READERS = (*COMMITTEE_ROLES, Role.AUDITOR)

RIGHTS = (
    Right("deputies.view_person", "查看人员和职务", _READERS),
    Right("deputies.add_person", "登记人员", COMMITTEE_ROLES),
    Right("deputies.change_person", "修改人员", COMMITTEE_ROLES),
    Right("deputies.see_person_contact", "查看、导出人员的出生日期和联系电话", COMMITTEE_ROLES),
    Right("deputies.import_person", "用表格导入人员和任职", COMMITTEE_ROLES),
    Right("deputies.export_person", "导出人员和任职", _READERS, "审计员导出的表格里没有出生日期和联系电话。"),
    Right("deputies.view_mandate", "查看任职", _READERS),
    Right("deputies.add_mandate", "登记任职", COMMITTEE_ROLES),
    Right("deputies.change_mandate", "修改、结束任职", COMMITTEE_ROLES),
    Right("deputies.view_deputygroup", "查看代表小组", _READERS),
    Right("deputies.add_deputygroup", "新增代表小组", COMMITTEE_ROLES),
    Right("deputies.change_deputygroup", "修改、停用代表小组", COMMITTEE_ROLES),
    Right("deputies.import_deputygroup", "用表格导入代表小组", COMMITTEE_ROLES),
    Right("deputies.export_deputygroup", "导出代表小组", _READERS),
)


def can_see_contact(user: User | AnonymousUser) -> bool:
    """Say whether this person may see birth dates and telephone numbers of deputies and councillors."""
    return user.has_perm("deputies.see_person_contact")
