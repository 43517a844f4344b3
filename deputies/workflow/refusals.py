"""What the verbs refuse, each by its name and in a sentence for people."""

from congress_portal.common.refusal import Refusal


class MoveNotAllowed(Refusal):
    """The record is not in a state from which this step leads on."""


class ReasonMissing(Refusal):
    """The step needs a reason that somebody else will read."""


class DutyDayNotAllowed(Refusal):
    """The day lies ahead, or outside every mandate of the person. Belongs to the field of the day."""
