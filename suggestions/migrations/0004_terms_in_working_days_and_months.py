"""Turn the calendar days of the time limits into working days, and the statute's 90 days into its three months.

Numbers that an office has changed keep their length: seven calendar days are five working days.
"""

from django.db import migrations

PROPOSAL_CHANNELS = ("session", "intersession")
STATUTE = "代表法第五十一条"
STATUTE_WITH_ITS_YEAR = "代表法（2025年3月11日修正）第五十一条"

# These were meant as working days all along, and written as the nearest thing there was.
MEANT = {"accept_days": 2, "return_days": 7}


def turn(apps, schema_editor):
    for term in apps.get_model("suggestions", "ReplyTerm").objects.all():
        for name, meant in MEANT.items():
            days = getattr(term, name)
            setattr(term, name, days if days == meant else _working_days(days))
        term.rehandle_months = _months(term.rehandle_days)
        if term.channel in PROPOSAL_CHANNELS:
            term.reply_days, term.reply_months = None, _months(term.reply_days)
            term.source = STATUTE_WITH_ITS_YEAR if term.source == STATUTE else term.source
        else:
            term.reply_days = _working_days(term.reply_days)
            term.other_source = term.source  # one local rule for all its terms
        term.save()


def turn_back(apps, schema_editor):
    for term in apps.get_model("suggestions", "ReplyTerm").objects.all():
        term.reply_days = round(term.reply_days * 7 / 5) if term.reply_days else term.reply_months * 30
        term.reply_months = None
        term.rehandle_days = term.rehandle_months * 30
        term.source = STATUTE if term.source == STATUTE_WITH_ITS_YEAR else term.source
        term.save()


def _working_days(days):
    return max(1, round(days * 5 / 7))


def _months(days):
    return max(1, round(days / 30))


class Migration(migrations.Migration):
    dependencies = [("suggestions", "0003_working_days_and_reminders")]
    operations = [migrations.RunPython(turn, turn_back)]
