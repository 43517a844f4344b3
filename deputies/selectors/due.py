"""What the reminders on record were about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from deputies.models import Activity, Mandate, OversightTopic

# What the committee owes as a whole; the second part is the matter, as in every key.
DUTY_KEY, REPORTS_KEY = "committee:duty", "committee:reports"


@dataclass(frozen=True)
class Subject:
    """A record by the name and the page that staff know it by."""

    name: str
    url: str


def subjects_of(keys: Iterable[str]) -> dict[str, Subject]:
    """Return what each key of a reminder stands for, with one query for each kind of record.

    What the committee owes as a whole has no record of its own, and leads to a list.
    """
    wanted: dict[str, dict[int, list[str]]] = {"activity": {}, "topic": {}, "mandate": {}}
    for key in keys:
        kind, _, rest = key.partition(":")
        pk = rest.partition(":")[0]
        if kind in wanted and pk.isdecimal():
            wanted[kind].setdefault(int(pk), []).append(key)
    found: dict[str, Subject] = {
        DUTY_KEY: Subject("等待确认的履职记录", reverse("admin:deputies_dutyrecord_changelist")),
        REPORTS_KEY: Subject("还没述职的代表", reverse("admin:deputies_performancereport_owed")),
    }
    if activities := wanted["activity"]:
        for activity in Activity.objects.filter(pk__in=activities).only("title"):
            found |= dict.fromkeys(activities[activity.pk], Subject(activity.title, activity.get_absolute_url()))
    if topics := wanted["topic"]:
        for topic in OversightTopic.objects.filter(pk__in=topics).only("title"):
            found |= dict.fromkeys(topics[topic.pk], Subject(topic.title, topic.get_absolute_url()))
    if mandates := wanted["mandate"]:
        for mandate in Mandate.objects.filter(pk__in=mandates).select_related("person"):
            url = reverse("admin:deputies_person_change", args=(mandate.person_id,))
            found |= dict.fromkeys(mandates[mandate.pk], Subject(f"{mandate.person}，{mandate}", url))
    return found
