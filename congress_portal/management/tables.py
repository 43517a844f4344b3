"""The tables that the commands import and export, by the word one types, and the account it is done by."""

from typing import Any

from django.core.management.base import CommandError

from congress_portal.accounts.models import User
from congress_portal.accounts.resources import CommunityResource, DepartmentResource
from congress_portal.common.import_export import SheetResource
from deputies.resources import DeputyGroupResource, PersonResource

TABLES: dict[str, type[SheetResource]] = {
    "people": PersonResource,
    "groups": DeputyGroupResource,
    "departments": DepartmentResource,
    "communities": CommunityResource,
}
TABLE_HELP = "哪张表：" + "、".join(f"{word}（{resource().title}）" for word, resource in TABLES.items())


def table(word: str, *, user: Any = None) -> SheetResource:
    """Return the table of this name, as the user may have it. Raises CommandError."""
    if word not in TABLES:
        raise CommandError(f"没有“{word}”这张表。{TABLE_HELP}。")
    return TABLES[word].for_user(user) if user else TABLES[word]()


def account(username: str) -> User:
    """Return the account in whose name it is done. Raises CommandError."""
    if not username:
        raise CommandError("请用 --by 写明由谁来办（用户名），以便记录在案。")
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"没有“{username}”这个在用的账户。")
    return user
