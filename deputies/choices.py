"""What a person may sit on."""

from django.db.models import TextChoices


class MandateKind(TextChoices):
    DEPUTY = "deputy", "人大代表"
    COUNCILLOR = "councillor", "居民议事员"


class CongressLevel(TextChoices):
    """The congress a deputy sits in. A residents' council has no level."""

    NATIONAL = "national", "全国"
    PROVINCE = "province", "省"
    CITY = "city", "设区的市"
    COUNTY = "county", "县（市、区）"
    TOWNSHIP = "township", "乡镇"


class ConstituencyType(TextChoices):
    """Where a deputy or councillor comes from (代表类别): shows who takes part and who does not. Local default list."""

    STREET = "street", "街道"
    COMMUNITY = "community", "社区"
    OFFICE = "office", "职务"
    MILITARY = "military", "部队"
    ENTERPRISE = "enterprise", "企业"
    FARMER = "farmer", "农民"
    WORKER = "worker", "工人"
    PROFESSIONAL = "professional", "专业技术"
    OTHER = "other", "其他"


class MandateBegin(TextChoices):
    """How somebody came to a mandate."""

    ELECTED = "elected", "换届选举"
    BY_ELECTION = "by_election", "补选"
    RECOMMENDED = "recommended", "推选"


class MandateEnd(TextChoices):
    """Why a mandate ended (代表法关于代表资格终止的规定; the list itself is a local default)."""

    TERM_ENDED = "term_ended", "任期届满"
    RESIGNED = "resigned", "辞职"
    MOVED = "moved", "迁出或调离"
    DISQUALIFIED = "disqualified", "资格终止"
    RECALLED = "recalled", "罢免"
    DIED = "died", "去世"
    OTHER = "other", "其他"


class DutyKind(TextChoices):
    """What a line of the duty file is about. Local default list."""

    SESSION = "session", "出席人代会"
    MEETING = "meeting", "参加会议"
    INSPECTION = "inspection", "视察"
    RESEARCH = "research", "调研"
    SYMPOSIUM = "symposium", "座谈"
    SUPERVISION = "supervision", "监督评议"
    TRAINING = "training", "学习培训"
    VISIT = "visit", "走访选民"
    RECEPTION = "reception", "接待选民"
    SUGGESTION = "suggestion", "转交意见建议"
    PROPOSAL = "proposal", "提出议案建议"
    VOTE = "vote", "票选测评"
    REPORT = "report", "向选民述职"
    OTHER = "other", "其他履职"


class DutyOutcome(TextChoices):
    PRESENT = "present", "到场"
    EXCUSED = "excused", "请假"
    ABSENT = "absent", "缺席"
    DONE = "done", "完成"


class DutyStatus(TextChoices):
    """A line of the file: logged by the deputy until staff decide, or posted by the portal and so confirmed."""

    LOGGED = "logged", "待确认"
    RETURNED = "returned", "已退回"
    CONFIRMED = "confirmed", "已确认"
    CORRECTED = "corrected", "已更正"
    WITHDRAWN = "withdrawn", "已撤回"


DUTY_MOVES = {
    DutyStatus.LOGGED: {DutyStatus.CONFIRMED, DutyStatus.RETURNED, DutyStatus.WITHDRAWN},
    DutyStatus.RETURNED: {DutyStatus.LOGGED, DutyStatus.WITHDRAWN},
    DutyStatus.CONFIRMED: {DutyStatus.CORRECTED, DutyStatus.WITHDRAWN},
    DutyStatus.CORRECTED: {DutyStatus.WITHDRAWN},
    DutyStatus.WITHDRAWN: {DutyStatus.CONFIRMED},  # only by its source, when it posts the line again
}


class DutyStep(TextChoices):
    """What happened to a line of the file."""

    POSTED = "posted", "自动记入"
    LOGGED = "logged", "本人补记"
    ENTERED = "entered", "工委代记"
    CHANGED = "changed", "本人修改"
    CONFIRMED = "confirmed", "确认"
    RETURNED = "returned", "退回"
    CORRECTED = "corrected", "更正"
    WITHDRAWN = "withdrawn", "撤回"


class ActivityKind(TextChoices):
    SESSION = "session", "人代会会议"
    COMMITTEE_MEETING = "committee_meeting", "工委会议"
    COUNCIL_SESSION = "council_session", "居民议事会会议"
    PRE_SESSION = "pre_session", "会前视察"
    DRAFTS = "drafts", "初始意见建议交流"
    TRAINING = "training", "学习培训"
    INSPECTION = "inspection", "视察"
    PERMIT_INSPECTION = "permit_inspection", "持证视察"  # 代表法第二十九条
    RESEARCH = "research", "调研"
    SYMPOSIUM = "symposium", "座谈会"
    SUPERVISION = "supervision", "专项督查"
    REVIEW = "review", "审查"
    APPRAISAL = "appraisal", "民主评议"
    HEARING = "hearing", "听取报告"
    VISIT_DEPUTIES = "visit_deputies", "走访代表"
    VISIT_VOTERS = "visit_voters", "走访选民和选区"
    COORDINATION = "coordination", "工作对接"
    PERFORMANCE_REPORT = "performance_report", "述职会"
    MASS_VISIT = "mass_visit", "组织群众考察"


# What taking part in an activity is called in the duty file.
DUTY_OF = {
    ActivityKind.SESSION: DutyKind.SESSION,
    ActivityKind.COMMITTEE_MEETING: DutyKind.MEETING,
    ActivityKind.COUNCIL_SESSION: DutyKind.MEETING,
    ActivityKind.PRE_SESSION: DutyKind.INSPECTION,
    ActivityKind.DRAFTS: DutyKind.MEETING,
    ActivityKind.TRAINING: DutyKind.TRAINING,
    ActivityKind.INSPECTION: DutyKind.INSPECTION,
    ActivityKind.PERMIT_INSPECTION: DutyKind.INSPECTION,
    ActivityKind.RESEARCH: DutyKind.RESEARCH,
    ActivityKind.SYMPOSIUM: DutyKind.SYMPOSIUM,
    ActivityKind.SUPERVISION: DutyKind.SUPERVISION,
    ActivityKind.REVIEW: DutyKind.SUPERVISION,
    ActivityKind.APPRAISAL: DutyKind.SUPERVISION,
    ActivityKind.HEARING: DutyKind.SUPERVISION,
    ActivityKind.VISIT_DEPUTIES: DutyKind.OTHER,
    ActivityKind.VISIT_VOTERS: DutyKind.VISIT,
    ActivityKind.COORDINATION: DutyKind.MEETING,
    ActivityKind.PERFORMANCE_REPORT: DutyKind.OTHER,  # who reports gets a line of kind REPORT from the report itself
    ActivityKind.MASS_VISIT: DutyKind.INSPECTION,
}


class ActivityStatus(TextChoices):
    PLANNED = "planned", "筹备中"
    ANNOUNCED = "announced", "已通知"
    HELD = "held", "已举行"
    CANCELLED = "cancelled", "已取消"


ACTIVITY_MOVES = {
    ActivityStatus.PLANNED: {ActivityStatus.ANNOUNCED, ActivityStatus.HELD, ActivityStatus.CANCELLED},
    ActivityStatus.ANNOUNCED: {ActivityStatus.HELD, ActivityStatus.CANCELLED},
    ActivityStatus.HELD: set(),
    ActivityStatus.CANCELLED: set(),
}


class ActivityStep(TextChoices):
    """What happened to an activity."""

    PLANNED = "planned", "登记"
    CHANGED = "changed", "修改"
    ANNOUNCED = "announced", "发出通知"
    INVITED = "invited", "邀请"
    LEAVE_GRANTED = "leave_granted", "准假"
    LEAVE_REFUSED = "leave_refused", "不准假"
    ATTENDANCE = "attendance", "登记到场"
    HELD = "held", "举行完毕"
    REPORTED_BACK = "reported_back", "报告结果"
    CANCELLED = "cancelled", "取消"


class Attendance(TextChoices):
    """Where somebody invited stands: before the activity by their own answer, after it by what was seen."""

    INVITED = "invited", "待回复"
    SIGNED_UP = "signed_up", "报名参加"
    LEAVE_ASKED = "leave_asked", "请假待批"
    EXCUSED = "excused", "已准假"
    PRESENT = "present", "到场"
    ABSENT = "absent", "缺席"


ATTENDANCE_OUTCOMES = {
    Attendance.PRESENT: DutyOutcome.PRESENT,
    Attendance.EXCUSED: DutyOutcome.EXCUSED,
    Attendance.ABSENT: DutyOutcome.ABSENT,
}


class ActivityFileKind(TextChoices):
    PHOTO = "photo", "照片"
    PAPER = "paper", "材料"


class TopicStatus(TextChoices):
    OPEN = "open", "监督中"
    CLOSED = "closed", "已办结"


class TopicStep(TextChoices):
    """What happened to an oversight topic: 监督—落实—再监督—再落实."""

    OPENED = "opened", "确定议题"
    CHANGED = "changed", "修改"
    NOTED = "noted", "检查情况"
    OPINIONS_SENT = "opinions_sent", "提出意见建议"
    ROUND_ENDED = "round_ended", "落实情况"
    ROUND_BEGUN = "round_begun", "再监督"
    REPORTED_BACK = "reported_back", "报告结果"
    CLOSED = "closed", "办结"


class ReportResult(TextChoices):
    """What the voters present said of a report on a deputy's work (述职评议)."""

    SATISFIED = "satisfied", "满意"
    FAIRLY = "fairly", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"


class ReminderStage(TextChoices):
    SOON = "soon", "将到期"
    TODAY = "today", "今天到期"
    OVERDUE = "overdue", "已逾期"
