from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deputies", "0007_seats_once_a_phone_and_few_voters"),
    ]

    operations = [
        migrations.AlterField(
            model_name="oversightevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "确定议题"),
                    ("changed", "修改"),
                    ("noted", "检查情况"),
                    ("opinions_sent", "提出意见建议"),
                    ("round_ended", "落实情况"),
                    ("round_begun", "再监督"),
                    ("reported_back", "报告结果"),
                    ("closed", "办结"),
                ],
                max_length=16,
                verbose_name="步骤",
            ),
        ),
    ]
