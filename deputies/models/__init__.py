"""People and what they do together. One file per noun."""

from deputies.models.activities import (
    Activity,
    ActivityEvent,
    ActivityFile,
    ActivityPlace,
    Batch,
    Outsiders,
    Participation,
    ResidentSignUp,
)
from deputies.models.duty import DutyEvent, DutyPhoto, DutyRecord
from deputies.models.oversight import OversightEvent, OversightRound, OversightTopic, WorkPlan, WorkPlanItem
from deputies.models.people import DeputyGroup, Mandate, Person, PersonPhoto
from deputies.models.reports import DueReminder, PerformanceReport

__all__ = [
    "Activity",
    "ActivityEvent",
    "ActivityFile",
    "ActivityPlace",
    "Batch",
    "DeputyGroup",
    "DueReminder",
    "DutyEvent",
    "DutyPhoto",
    "DutyRecord",
    "Mandate",
    "Outsiders",
    "OversightEvent",
    "OversightRound",
    "OversightTopic",
    "Participation",
    "PerformanceReport",
    "Person",
    "PersonPhoto",
    "ResidentSignUp",
    "WorkPlan",
    "WorkPlanItem",
]
