"""What each role may do with the outbox. A person's own inbox needs no right beyond being that person."""

from congress_portal.accounts.choices import STAFF_ROLES, Role
from congress_portal.accounts.rights import Right

RIGHTS = (
    Right("notifications.view_message", "查看消息发送情况", STAFF_ROLES, "只看标题和发送情况，不看内容。"),
    Right(
        "notifications.change_message", "重新发送失败的消息", (Role.ADMIN, Role.DIRECTOR, Role.CLERK), "内容不能修改。"
    ),
)
