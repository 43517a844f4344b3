"""What identifies a resident: corrected or taken out on request, and erased when its time is over."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from congress_portal.accounts.models import Committee, User
from suggestions import deadlines, permissions
from suggestions.choices import EventKind
from suggestions.models import Suggestion
from suggestions.workflow.intake import Contact
from suggestions.workflow.steps import locked, require, write_event


def correct_contact(suggestion: Suggestion, *, contact: Contact, by: User, now: datetime) -> Suggestion:
    """Correct or take out a resident's name, number and age band, as the resident asked.

    Source: 个人信息保护法第四十六条、第四十七条. The event says that it was done, never what was there.
    """
    with transaction.atomic():
        suggestion = locked(suggestion)
        require(permissions.can_correct_contact(by, suggestion))
        suggestion.contact_name = contact.name
        suggestion.contact_phone = contact.phone
        suggestion.age_band = contact.age_band
        suggestion.save(update_fields=["contact_name", "contact_phone", "age_band"])
        write_event(
            suggestion, kind=EventKind.CONTACT_CORRECTED, from_status=suggestion.status, by=by, now=now, note=""
        )
    return suggestion


def erase_expired_contacts(*, now: datetime) -> int:
    """Erase name, number, age band and photos of cases that ended longer ago than the office keeps them.

    The matter, the replies and the figures stay. Returns how many cases were erased; a second run finds none.
    """
    committee = Committee.objects.first()
    if committee is None:
        return 0
    ended_by = deadlines.retention_ends_on(today=timezone.localdate(now), years=committee.retention_years)
    expired = Suggestion.objects.personal_data_expired(ended_by=ended_by)
    erased = 0
    for pk in list(expired.values_list("pk", flat=True)):
        with transaction.atomic():
            suggestion = expired.select_for_update(of=("self",)).filter(pk=pk).first()
            if suggestion is None:
                continue  # another worker was here first
            suggestion.contact_name = suggestion.contact_phone = suggestion.age_band = ""
            suggestion.save(update_fields=["contact_name", "contact_phone", "age_band"])
            for photo in suggestion.attachments.filter(reply=None):
                transaction.on_commit(partial(photo.file.storage.delete, str(photo.file.name)))
                photo.delete()
            write_event(
                suggestion,
                kind=EventKind.ERASED,
                from_status=suggestion.status,
                by=None,
                now=now,
                note=f"结束满 {committee.retention_years} 年，称呼、手机号、年龄段和照片已删除。",
            )
            erased += 1
    return erased
