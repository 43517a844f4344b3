"""The permission table: what each role may do.

Every app keeps its own part as ``RIGHTS`` in ``permissions.py``. The admin, the views, the page "谁能做什么" and the
tests all read this one table. Rights say what a role may do at all; which records it may do it to is
``visible_filter`` and the ``can_…`` predicates beside the table.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from congress_portal.accounts.choices import Role


@dataclass(frozen=True)
class Right:
    """One line of the table.

    ``code`` is in Django's form ``app.action_model``, so that the stock admin asks the same table.
    """

    code: str
    label: str
    roles: frozenset[Role]
    note: str = ""

    def __init__(self, code: str, label: str, roles: Iterable[Role], note: str = "") -> None:
        for name, value in (("code", code), ("label", label), ("roles", frozenset(roles)), ("note", note)):
            object.__setattr__(self, name, value)


@cache
def rights_by_app() -> dict[str, tuple[Right, ...]]:
    """Collect the tables of all installed apps: app label → its rights, in the order of INSTALLED_APPS."""
    tables = {}
    for config in apps.get_app_configs():
        module = f"{config.name}.permissions"
        if config.name.partition(".")[0] in _OUR_PACKAGES and find_spec(module):
            rights = tuple(getattr(import_module(module), "RIGHTS", ()))
            if rights:
                tables[config.label] = rights
    return tables


@cache
def roles_with(code: str) -> frozenset[Role]:
    """Return the roles that hold a right; an unknown code belongs to nobody."""
    for rights in rights_by_app().values():
        for right in rights:
            if right.code == code:
                return right.roles
    return frozenset()


_OUR_PACKAGES = frozenset({"congress_portal", "deputies", "suggestions", "liaison_station", "livelihood_projects"})
