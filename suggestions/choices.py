"""The words of a suggestion's life, and the table of its allowed moves."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """Opinions follow local limits, proposals and motions follow the statute on deputies."""

    OPINION = "opinion", "社情民意"
    PROPOSAL = "proposal", "代表建议"
    MOTION = "motion", "议案"


class Channel(TextChoices):
    """Where a suggestion came in. Counted apart everywhere."""

    RECEPTION = "reception", "选民接待"
    COUNCIL = "council", "居民议事会"
    WECHAT = "wechat", "微信工作群"
    WEB = "web", "网上提交"
    DIRECT = "direct", "代表直通车"
    ACTIVITY = "activity", "视察调研"
    OVERSIGHT = "oversight", "监督议题"
    LETTER = "letter", "来信来访"
    PHONE = "phone", "电话"
    SESSION = "session", "会议期间"
    INTERSESSION = "intersession", "闭会期间"


class Status(TextChoices):
    SUBMITTED = "submitted", "待受理"
    ACCEPTED = "accepted", "待交办"
    ASSIGNED = "assigned", "办理中"
    REPLIED = "replied", "待评价"
    CLOSED = "closed", "已办结"
    DECLINED = "declined", "不受理"


# Every change of status goes through this table. Overdue is not a status: it is ASSIGNED past its due day.
MOVES: dict[Status, frozenset[Status]] = {
    Status.SUBMITTED: frozenset({Status.ACCEPTED, Status.DECLINED}),
    Status.ACCEPTED: frozenset({Status.ASSIGNED, Status.DECLINED}),
    Status.ASSIGNED: frozenset({Status.REPLIED, Status.ACCEPTED}),
    Status.REPLIED: frozenset({Status.CLOSED, Status.ASSIGNED}),
    Status.CLOSED: frozenset(),
    Status.DECLINED: frozenset(),
}


class Outcome(TextChoices):
    """The classes of a reply (办理类别). The letters are printed; a place may word them differently."""

    SOLVED = "A", "已经解决"
    BEING_SOLVED = "B", "正在解决或列入计划"
    NOT_NOW = "C", "目前条件下不能解决"
    REFERENCE = "D", "留作参考"


class Rating(TextChoices):
    SATISFIED = "satisfied", "满意"
    BASIC = "basic", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"


class EventKind(TextChoices):
    """What can happen to a suggestion; the label is the heading on its history page."""

    SUBMITTED = "submitted", "提交"
    ENTERED = "entered", "登记"
    ACCEPTED = "accepted", "受理"
    DECLINED = "declined", "不受理"
    ASSIGNED = "assigned", "交办"
    RETURNED = "returned", "承办单位退办"
    REPLIED = "replied", "承办单位答复"
    SENT_BACK = "sent_back", "答复退回重办"
    EVALUATED = "evaluated", "评价"
    REOPENED = "reopened", "重新办理"
    CLOSED = "closed", "办结"
    CONTACT_CORRECTED = "contact", "更正联系方式"
    ERASED = "erased", "删除个人信息"
    RECOMPUTED = "recomputed", "期限重新计算"


# Steps that take nothing away from what somebody has just read or is writing: no page is out of date for them.
QUIET_STEPS = frozenset({EventKind.RECOMPUTED})


class DueStep(TextChoices):
    """What somebody owes by a day: the committee accepts, the department replies."""

    ACCEPT = "accept", "受理"
    REPLY = "reply", "答复"


class ReminderStage(TextChoices):
    """How near the due day is when somebody is reminded (催办). Each stage of a due day is told once."""

    SOON = "soon", "3 个自然日内到期"
    TODAY = "today", "今天到期"
    OVERDUE = "overdue", "已经逾期"
