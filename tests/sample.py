"""The sample street for tests: loaded on a chosen day, and taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

import time_machine
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from congress_portal.management.commands import load_demo
from congress_portal.notifications.models import Message
from deputies.models import (
    Activity,
    Batch,
    DutyRecord,
    Mandate,
    Outsiders,
    OversightRound,
    OversightTopic,
    Participation,
    PerformanceReport,
    ResidentSignUp,
    WorkPlanItem,
)
from suggestions.models import Assignment, Attachment, Evaluation, Reply, Suggestion, SuggestionEvent

# What a case is made of, by names, so that two databases can be compared. Times come as days: what happens today
# happens at the latest now.
_RECORDS = {
    Mandate: ("person__name", "person__born_on", "person__phone", "kind", "level", "term", "group__name",
              "constituency_type", "community__name", "starts_on", "ends_on"),
    Suggestion: ("number", "title", "matter", "place", "channel", "kind", "status", "received_on", "closed_on",
                 "declined_on", "accept_due_on", "reply_due_on", "community__name", "category__name",
                 "raised_by__name", "department__name", "contact_name", "contact_phone", "age_band"),
    Assignment: ("suggestion__number", "round_no", "department__name", "assigned_on", "due_on", "replied_on"),
    Reply: ("assignment__suggestion__number", "text", "outcome", "replied_by__username", "replied_at"),
    Evaluation: ("suggestion__number", "round_no", "process", "result", "reason", "evaluated_on"),
    SuggestionEvent: ("suggestion__number", "kind", "note", "actor__username", "happened_at"),
    Activity: ("kind", "title", "starts_at", "ends_at", "status", "topic__title", "plan_item__title", "entrusted_by",
               "reported_back_on", "in_summary", "narrative"),
    Participation: ("activity__title", "activity__starts_on", "person__name", "state", "spoke"),
    Outsiders: ("activity__title", "activity__starts_on", "category", "count"),
    Batch: ("activity__title", "number", "held_on", "person_count"),
    ResidentSignUp: ("activity__title", "name", "head_count", "cancelled_at"),
    OversightTopic: ("year", "title", "department__name", "group__name", "status", "closed_on"),
    OversightRound: ("topic__title", "number", "started_on", "look_again_on", "ended_on"),
    WorkPlanItem: ("plan", "plan__published_on", "month", "title", "planned_count"),
    DutyRecord: ("person__name", "kind", "happened_on", "title", "outcome", "status"),
    PerformanceReport: ("mandate__person__name", "held_on", "voters_present", "result"),
    Attachment: ("suggestion__number", "original_name", "sha256"),
    Message: ("recipient__username", "subject", "body", "created_at", "state"),
}  # fmt: skip


@contextmanager
def street_on(day: datetime, folder: Path) -> Iterator[str]:
    """Load the sample street on that day, yield what the command says, and take everything back in the end."""
    output = StringIO()
    with (
        time_machine.travel(day, tick=True),  # the command tells its messages by when they were written
        override_settings(MEDIA_ROOT=folder / "media"),
        mock.patch.object(load_demo, "ACCOUNTS_FILE", folder / "sample_accounts.txt"),
        transaction.atomic(),
    ):
        call_command("load_demo", stdout=output)
        yield output.getvalue()
        transaction.set_rollback(True)


def told() -> dict[str, list[tuple[Any, ...]]]:
    """Read everything the sample tells, but for keys, passwords and codes."""
    return {
        model.__name__: sorted(
            (tuple(_plain(value) for value in row) for row in model._base_manager.values_list(*names)), key=repr
        )
        for model, names in _RECORDS.items()
    }


def _plain(value: Any) -> Any:
    return timezone.localdate(value) if isinstance(value, datetime) else value
