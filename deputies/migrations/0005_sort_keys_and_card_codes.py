"""Give everybody on file a sort key and a card code, which new people get when they are saved."""

from django.db import migrations

from deputies.names import new_card_code, sort_key_of


def fill_in(apps, schema_editor):
    Person = apps.get_model("deputies", "Person")
    for person in Person.objects.filter(card_code="").iterator():
        person.sort_key = person.sort_key or sort_key_of(person.name)
        person.card_code = new_card_code()
        person.save(update_fields=["sort_key", "card_code"])


class Migration(migrations.Migration):
    dependencies = [("deputies", "0004_what_they_do_together")]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop, elidable=True)]
