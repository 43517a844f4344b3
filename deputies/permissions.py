"""What each role may do with people and their mandates."""

from congress_portal.accounts.choices import COMMITTEE_ROLES, Role
from congress_portal.accounts.rights import Right

RIGHTS = (
    Right("deputies.view_person", "查看人员和职务", (*COMMITTEE_ROLES, Role.AUDITOR)),
    Right("deputies.add_person", "登记人员", COMMITTEE_ROLES),
    Right("deputies.change_person", "修改人员", COMMITTEE_ROLES),
    Right("deputies.view_mandate", "查看任职", (*COMMITTEE_ROLES, Role.AUDITOR)),
    Right("deputies.add_mandate", "登记任职", COMMITTEE_ROLES),
    Right("deputies.change_mandate", "修改、结束任职", COMMITTEE_ROLES),
)
