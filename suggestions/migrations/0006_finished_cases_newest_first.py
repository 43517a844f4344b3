from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    dependencies = [
        ("suggestions", "0005_replyterm_without_rehandle_days"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="suggestion",
            name="suggestion_work_order",
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(
                models.Case(
                    models.When(status__in=("closed", "declined"), then=models.Value(1)), default=models.Value(0)
                ),
                models.OrderBy(Coalesce("closed_on", "declined_on"), descending=True),
                models.Case(
                    models.When(status__in=("submitted", "accepted", "declined"), then=models.F("accept_due_on")),
                    default=models.F("reply_due_on"),
                ),
                models.F("id"),
                name="suggestion_work_order",
            ),
        ),
    ]
