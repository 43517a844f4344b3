"""Why a verb cannot be done now. The text is a full sentence for the person who tried."""

from congress_portal.common.refusal import Refusal


class MoveNotAllowed(Refusal):
    """The case is no longer in a state from which this verb goes; the sentence says what happened since."""


class DueDateNotAllowed(Refusal):
    """The chosen day is in the past or later than the office's own rule allows."""


class DepartmentNotAllowed(Refusal):
    """The department is no longer in use."""


class ReasonMissing(Refusal):
    """A dissatisfied evaluation, a refusal or a return needs its reason in writing."""


class TooLateToReturn(Refusal):
    """The days in which a department may return a case are over."""


class TooEarlyToClose(Refusal):
    """The resident may still evaluate."""


class ReceivedDateNotAllowed(Refusal):
    """The day of receipt lies in the future, or so far back that it must be a typing error."""


class FormAlreadyUsed(Refusal):
    """This form has brought in another case before; the text names its number."""


class ReplyChanged(MoveNotAllowed):
    """The department has answered anew since the page was opened: that answer has not been read yet."""


class RowRefused(Refusal):
    """One of several handed in together cannot be taken, so none was; ``row`` is its place, from 0."""

    def __init__(self, row: int, sentence: str) -> None:
        super().__init__(sentence)
        self.row = row
