"""The verbs of people and what they do together. Everything that changes a record of this app happens in this package.

Each verb locks, checks that the person may do it and that the record may move there, refuses with a named error, and
writes the change, the event and the messages in one transaction. The clock comes in as ``now``.
"""

from deputies.workflow.duty import record_duty, withdraw_duty
from deputies.workflow.importing import (
    OF_MANDATE,
    OF_PERSON,
    PeoplePlan,
    PersonRow,
    import_people,
    plan_people,
)
from deputies.workflow.refusals import DutyDayNotAllowed, MoveNotAllowed, ReasonMissing

__all__ = [
    "OF_MANDATE",
    "OF_PERSON",
    "DutyDayNotAllowed",
    "MoveNotAllowed",
    "PeoplePlan",
    "PersonRow",
    "ReasonMissing",
    "import_people",
    "plan_people",
    "record_duty",
    "withdraw_duty",
]
