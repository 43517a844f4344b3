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
