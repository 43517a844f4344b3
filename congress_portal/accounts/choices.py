"""Who uses the portal, in the committee's words."""

from django.db.models import TextChoices


class Role(TextChoices):
    """One role per account. What a role may do is in each app's ``permissions.RIGHTS`` and nowhere else."""

    ADMIN = "admin", "系统管理员"
    DIRECTOR = "director", "工委主任"
    CLERK = "clerk", "工委经办"
    AUDITOR = "auditor", "审计员"
    OFFICER = "officer", "承办单位"
    DEPUTY = "deputy", "人大代表"
    COUNCILLOR = "councillor", "居民议事员"


# Work in the browser admin. The others have pages of their own.
STAFF_ROLES = frozenset({Role.ADMIN, Role.DIRECTOR, Role.CLERK, Role.AUDITOR})

# The two or three people who run the committee's daily work.
COMMITTEE_ROLES = frozenset({Role.DIRECTOR, Role.CLERK})


class AgeBand(TextChoices):
    """Age bands of residents, the same for visitors, suggestions and the population of a community."""

    UNDER_18 = "0-17", "18 岁以下"
    FROM_18 = "18-34", "18—34 岁"
    FROM_35 = "35-59", "35—59 岁"
    FROM_60 = "60-79", "60—79 岁"
    OVER_80 = "80+", "80 岁及以上"
