"""Give a new database the categories and the time limits of each channel, all of them local defaults to edit."""

from django.db import migrations

CATEGORIES = ("道路与照明", "环境卫生", "住房与物业", "教育医疗养老", "交通出行", "其他")

# Calendar days: three weeks stand for the usual 15 working days, 90 days for the statute's three months.
OPINION_CHANNELS = (
    "reception",
    "council",
    "wechat",
    "web",
    "direct",
    "activity",
    "oversight",
    "letter",
    "phone",
)
PROPOSAL_CHANNELS = ("session", "intersession")


def fill(apps, schema_editor):
    category = apps.get_model("suggestions", "Category")
    term = apps.get_model("suggestions", "ReplyTerm")
    for position, name in enumerate(CATEGORIES, start=1):
        category.objects.get_or_create(name=name, defaults={"position": position * 10})
    for channel in OPINION_CHANNELS:
        term.objects.get_or_create(channel=channel)
    for channel in PROPOSAL_CHANNELS:
        term.objects.get_or_create(channel=channel, defaults={"reply_days": 90, "source": "代表法第五十一条"})


class Migration(migrations.Migration):
    dependencies = [("suggestions", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
