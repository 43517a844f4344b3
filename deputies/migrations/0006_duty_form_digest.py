from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deputies", "0005_sort_keys_and_card_codes"),
    ]

    operations = [
        migrations.AddField(
            model_name="dutyrecord",
            name="form_digest",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddConstraint(
            model_name="dutyrecord",
            constraint=models.UniqueConstraint(
                condition=models.Q(("form_digest", ""), _negated=True),
                fields=("form_digest",),
                name="duty_one_line_a_form",
            ),
        ),
    ]
