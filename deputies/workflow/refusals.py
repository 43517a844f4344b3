"""What the verbs refuse, each by its name and in a sentence for people."""

from congress_portal.common.refusal import Refusal


class MoveNotAllowed(Refusal):
    """The record is not in a state from which this step leads on."""


class ReasonMissing(Refusal):
    """The step needs a reason that somebody else will read."""


class DutyDayNotAllowed(Refusal):
    """The day lies ahead, or outside every mandate of the person. Belongs to the field of the day."""


class MandateDayNotAllowed(Refusal):
    """The day a mandate ends, or a term begins, cannot be that day. Belongs to the field of the day."""


class TermNotAllowed(Refusal):
    """A change of term that cannot be: nothing to end, a name used before, a person or a group that does not fit."""


class PhoneMissing(Refusal):
    """There is no telephone number on file that could be published."""


class ActivityTimesNotAllowed(Refusal):
    """The end lies before the start, or residents could sign up after it has begun. Belongs to the times."""


class NotInOffice(Refusal):
    """Somebody holds no mandate on the day of the activity, so it is not that person's duty. Belongs to the people."""


class NobodyInvited(Refusal):
    """There is nobody to tell of the activity. Belongs to the people."""


class NotInvited(Refusal):
    """The person is not asked to this activity."""


class AnswerTooLate(Refusal):
    """The activity has begun or is over, so that an answer no longer helps."""


class LeaveUndecided(Refusal):
    """Somebody asked for leave and was not answered."""


class AttendanceNotAllowed(Refusal):
    """What is to be recorded of somebody cannot be known yet, or is no answer to whether the person came."""


class SignInNotOpen(Refusal):
    """It is too early or too late to sign in."""


class CodeWrong(Refusal):
    """This was never a code of this activity, or is not shown yet. Belongs to the field of the code."""


class CodeExpired(Refusal):
    """The code was right once. Belongs to the field of the code."""


class TooManyTries(Refusal):
    """So many wrong codes that somebody seems to be guessing."""


class AlreadySignedIn(Refusal):
    """The first sign-in stands."""


class CountsNotAllowed(Refusal):
    """A head count or a batch is not a number, is written twice, or lies ahead."""


class NotEntrusted(Refusal):
    """Nobody asked for this activity, so there is nobody to report to."""


class ReportDayNotAllowed(Refusal):
    """The day of the report lies ahead, or before what it reports on. Belongs to the field of the day."""


class FormAlreadyUsed(Refusal):
    """The key of the form belongs to something else that was written in it before."""


class NothingToCorrect(Refusal):
    """The correction says what the line says already."""


class TooManyPhotos(Refusal):
    """A line of the duty file holds only so many. Belongs to the field of the photos."""


class YearNotAllowed(Refusal):
    """A topic or a plan of a year that cannot be meant. Belongs to the field of the year."""


class TopicTaken(Refusal):
    """The year has a topic of that name already. Belongs to the field of the title."""


class TopicClosed(MoveNotAllowed):
    """The topic is closed, so nothing more is put under it."""


class RoundDayNotAllowed(Refusal):
    """The day a round begins or ends, or a topic is closed, is out of order. Belongs to the field of that day."""


class NextRoundDayNotAllowed(Refusal):
    """The next round would begin before this one ends, or too far ahead. Belongs to the field of that day."""


class LookDayNotAllowed(Refusal):
    """The next look would be before the round begins, or nobody looks again. Belongs to the field of that day."""


class PlanEmpty(Refusal):
    """A plan without anything in it is not published, nor copied."""


class PlanNotEmpty(Refusal):
    """A plan in which something stands is not written over by another year's."""


class PlanItemInUse(Refusal):
    """An item that activities point at, or that was published, is not removed: it is dropped with a reason."""


class PlanItemNotAllowed(Refusal):
    """An item of a plan that cannot be: no such month, no title, no count, a topic of another year."""


class PlanChangedMeanwhile(Refusal):
    """Somebody else saved the plan since the page was opened."""


class SignUpClosed(Refusal):
    """Residents cannot sign up, or give up their seats, any more: it is over, cancelled, or past the last moment."""


class SeatsFull(Refusal):
    """Fewer seats are left than asked for. Belongs to the field of the head count."""


class ResidentsComing(Refusal):
    """An activity that residents have seats at is not closed to them. Belongs to whether it is open."""


class SeatsTaken(Refusal):
    """More seats are given away than there would be. Belongs to the field of the seats."""


class HeadCountNotAllowed(Refusal):
    """Nobody, or more people than may come under one number. Belongs to the field of the head count."""


class AlreadySignedUp(Refusal):
    """The telephone number has seats at this activity. Belongs to the field of the number."""


class SeatUnknown(Refusal):
    """No seats belong to this code."""


class DutyChangedSince(MoveNotAllowed):
    """The line was changed after the page was opened; who reads it as it is now may press again."""


class NoReportOwed(Refusal):
    """The mandate is one that does not report to voters."""


class ReportExists(Refusal):
    """The report of that day is on record. Belongs to the field of the day."""


class VotesNotAllowed(Refusal):
    """The counts cannot be, or the result announced is not what they say. ``field`` is where the sentence belongs."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class FewVotersReasonMissing(ReasonMissing):
    """Fewer voters were there than the local rule asks for. Belongs to the field of that reason."""


class NarrativeNotAllowed(Refusal):
    """What everybody will read names a telephone number. Belongs to the field of the narrative."""
