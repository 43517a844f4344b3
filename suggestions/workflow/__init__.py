"""The verbs of a suggestion's life. Everything that changes a case happens in this package.

Each verb locks the case, checks that the person may do it and that the case may move there, refuses with a named
error, and writes the change, the event and the messages in one transaction. The clock comes in as ``now``.
"""

from suggestions.workflow.closing import close_without_evaluation, evaluate_reply
from suggestions.workflow.handling import (
    accept_suggestion,
    assign_to_department,
    decline_suggestion,
    record_reply,
    return_to_committee,
    send_back_reply,
)
from suggestions.workflow.intake import (
    Contact,
    Received,
    Submission,
    enter_suggestion,
    put_forward,
    submit_suggestion,
    title_from,
    was_received,
)
from suggestions.workflow.personal_data import correct_contact, erase_expired_contacts
from suggestions.workflow.recomputing import recompute_due_dates
from suggestions.workflow.refusals import (
    DepartmentNotAllowed,
    DueDateNotAllowed,
    FormAlreadyUsed,
    MoveNotAllowed,
    ReasonMissing,
    ReceivedDateNotAllowed,
    ReplyChanged,
    RowRefused,
    TooEarlyToClose,
    TooLateToReturn,
)
from suggestions.workflow.reminding import ReminderRun, Told, remind, send_due_reminders
from suggestions.workflow.steps import reply_due_by_rule, what_happened_since

__all__ = [
    "Contact",
    "DepartmentNotAllowed",
    "DueDateNotAllowed",
    "FormAlreadyUsed",
    "MoveNotAllowed",
    "ReasonMissing",
    "Received",
    "ReceivedDateNotAllowed",
    "ReminderRun",
    "ReplyChanged",
    "RowRefused",
    "Submission",
    "Told",
    "TooEarlyToClose",
    "TooLateToReturn",
    "accept_suggestion",
    "assign_to_department",
    "close_without_evaluation",
    "correct_contact",
    "decline_suggestion",
    "enter_suggestion",
    "erase_expired_contacts",
    "evaluate_reply",
    "put_forward",
    "recompute_due_dates",
    "record_reply",
    "remind",
    "reply_due_by_rule",
    "return_to_committee",
    "send_back_reply",
    "send_due_reminders",
    "submit_suggestion",
    "title_from",
    "was_received",
    "what_happened_since",
]
