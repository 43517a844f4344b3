from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("suggestions", "0004_terms_in_working_days_and_months")]
    operations = [migrations.RemoveField(model_name="replyterm", name="rehandle_days")]
