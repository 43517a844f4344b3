"""Fill the calendar with the State Council's notices of the years that the library chinesecalendar knows."""

from chinese_calendar import constants
from django.db import migrations

FIRST_YEAR = 2016  # cases may be typed in from the ten years before

# The names as the notices write them; the library shortens three.
NAMES = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节"}

# In these years one holiday was both, and the notice headed it so.
BOTH = {2017: "中秋节、国庆节", 2020: "国庆节、中秋节", 2023: "中秋节、国庆节", 2025: "国庆节、中秋节"}


def fill(apps, schema_editor):
    calendar_year, calendar_day = (apps.get_model("common", name) for name in ("CalendarYear", "CalendarDay"))
    for year in range(FIRST_YEAR, max(constants.holidays).year + 1):
        row, is_new = calendar_year.objects.get_or_create(
            year=year, defaults={"is_provisional": False, "source": f"国务院办公厅关于{year}年部分节假日安排的通知"}
        )
        if is_new:
            calendar_day.objects.bulk_create(
                calendar_day(day=day, year=row, name=name, is_working=day in constants.workdays)
                for day, name in _days_of_notice(year)
            )


def _days_of_notice(year):
    """Yield the days with their names. New Year in December belongs to the notice of the year that begins."""
    for day, key in sorted((constants.holidays | constants.workdays).items()):
        chinese = constants.Holiday(key).chinese
        name = NAMES.get(chinese, chinese)
        if name in ("国庆节", "中秋节"):
            name = BOTH.get(day.year, name)
        if year == (day.year + 1 if (name, day.month) == ("元旦", 12) else day.year):
            yield day, name


class Migration(migrations.Migration):
    dependencies = [("common", "0002_work_calendar")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
