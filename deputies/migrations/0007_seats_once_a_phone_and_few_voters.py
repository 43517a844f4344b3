from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deputies", "0006_duty_form_digest"),
    ]

    operations = [
        migrations.AddField(
            model_name="performancereport",
            name="few_voters_reason",
            field=models.CharField(
                blank=True, help_text="到场选民少于规定人数的填。", max_length=500, verbose_name="人数不足的原因"
            ),
        ),
        migrations.AddConstraint(
            model_name="residentsignup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cancelled_at__isnull", True), models.Q(("phone", ""), _negated=True)),
                fields=("activity", "phone"),
                name="sign_up_once_a_phone",
            ),
        ),
    ]
