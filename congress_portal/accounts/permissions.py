"""What each role may do with accounts and the office's own records."""

from congress_portal.accounts.choices import COMMITTEE_ROLES, STAFF_ROLES, Role
from congress_portal.accounts.rights import Right

_ADMIN = (Role.ADMIN,)
_SETUP = (Role.ADMIN, Role.DIRECTOR)

RIGHTS = (
    Right("accounts.view_user", "查看账户", STAFF_ROLES),
    Right("accounts.add_user", "开账户", _ADMIN),
    Right("accounts.change_user", "修改、停用账户和重设密码", _ADMIN, "系统管理员不办业务，业务人员不管账户。"),
    Right("accounts.view_department", "查看承办单位", STAFF_ROLES),
    Right("accounts.add_department", "新增承办单位", _SETUP),
    Right("accounts.change_department", "修改、停用承办单位", _SETUP),
    Right("accounts.import_department", "用表格导入承办单位", _SETUP),
    Right("accounts.export_department", "导出承办单位", STAFF_ROLES),
    Right("accounts.view_community", "查看社区", STAFF_ROLES),
    Right("accounts.add_community", "新增社区", _SETUP),
    Right("accounts.change_community", "修改、停用社区", _SETUP),
    Right("accounts.import_community", "用表格导入社区", _SETUP),
    Right("accounts.export_community", "导出社区", STAFF_ROLES),
    Right("accounts.view_committee", "查看工委信息", STAFF_ROLES),
    Right("accounts.change_committee", "修改工委信息", _SETUP),
    # The calendar lies below the accounts and so below this table.
    Right("common.view_calendaryear", "查看工作日历", STAFF_ROLES),
    Right(
        "common.change_calendaryear", "记入放假通知、修改工作日历", COMMITTEE_ROLES, "改了以后，未办结的期限重新计算。"
    ),
)
