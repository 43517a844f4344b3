"""Who may read and print the annual summary."""

from congress_portal.accounts.choices import COMMITTEE_ROLES, Role
from congress_portal.accounts.rights import Right

RIGHTS = (
    Right("annual_summary.view_summary", "查看年度工作总结", (*COMMITTEE_ROLES, Role.AUDITOR)),
    Right("annual_summary.print_summary", "生成年度工作总结 PDF", (*COMMITTEE_ROLES, Role.AUDITOR)),
)
