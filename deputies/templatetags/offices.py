"""Mandates as people call them."""

from django import template

from congress_portal.accounts.models import Committee
from deputies.models import Mandate
from deputies.selectors.board import office as office_of

register = template.Library()


@register.filter
def office(mandate: Mandate, committee: Committee | None) -> str:
    """Write a mandate as the board does, with the district's own name, such as 安澜区第十五届人大代表.

    Before set-up there is no committee, and the lazy object of the templates stands for None.
    """
    return office_of(mandate, district_name=getattr(committee, "district_name", "")).name
