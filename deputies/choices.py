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
