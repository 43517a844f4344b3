"""Names typed before tables could be imported, as they are kept since: 张　三 would not be found as 张三."""

import re
import unicodedata

from django.db import migrations

_WIDTHLESS = re.compile("[\u00ad\u200b\u2060\ufeff]")
_BEFORE_AND_BEHIND = re.compile(r"^[\s']+|\s+$")
_REFUSED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_HALF_WIDTH = {half + 0xFEE0: half for first, last in ("09", "AZ", "az") for half in range(ord(first), ord(last) + 1)}


def as_read(name):
    """Return the name without the spaces that only spread it out, or as it is where no table could bring it in."""
    text = _WIDTHLESS.sub("", name).replace("\r\n", "\n").replace("\r", "\n")
    if _REFUSED.search(text):
        return name
    text = _BEFORE_AND_BEHIND.sub("", text).translate(_HALF_WIDTH)
    text = re.sub(r"\s+", _space_between, text)
    return name if not text or text.isdigit() else text


def _space_between(found):
    before, behind = found.string[found.start() - 1], found.string[found.end()]
    return " " if _is_letter(before) and _is_letter(behind) else ""


def _is_letter(character):
    return character in ".,'" or (character.isalpha() and unicodedata.east_asian_width(character) not in "WF")


def clean_names(apps, schema_editor):
    people = apps.get_model("deputies", "Person").objects
    for person in people.order_by("pk"):
        name = as_read(person.name)
        if name == person.name:
            continue
        if person.born_on and people.filter(name=name, born_on=person.born_on).exists():
            continue  # the same person twice, perhaps: for people to decide
        person.name = name
        person.save(update_fields=["name"])


class Migration(migrations.Migration):
    dependencies = [("deputies", "0002_people_by_excel")]

    operations = [migrations.RunPython(clean_names, migrations.RunPython.noop)]
