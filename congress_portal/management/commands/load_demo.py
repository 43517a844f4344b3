"""Fill an empty portal with the sample street, so that every page has something true to show.

Each case goes through the same verbs as real ones, with the clock of the day it happened. A second run changes
nothing, and a portal with records of its own is never touched.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from congress_portal.accounts.models import Committee
from congress_portal.management.sample import build_street
from suggestions.models import Suggestion

ACCOUNTS_FILE = settings.VAR_DIR / "sample_accounts.txt"


class Command(BaseCommand):
    help = "装入示例街道的数据（只在空库里装入，再次运行不改动任何数据）。"

    def handle(self, *args: Any, **options: Any) -> None:
        if ACCOUNTS_FILE.exists() and Committee.objects.exists():
            self.stdout.write("示例数据已经装入，没有改动。")
        elif Committee.objects.exists() or Suggestion.objects.exists():
            self.stdout.write("数据库里已有数据，没有装入示例数据。")
            return
        else:
            with transaction.atomic():
                street = build_street(now=timezone.now())
                # Before the commit: accounts whose password nobody was told would be worse than a file too many.
                ACCOUNTS_FILE.touch(mode=0o600)
                ACCOUNTS_FILE.write_text(street.accounts_text, encoding="utf-8")
        self.stdout.write(ACCOUNTS_FILE.read_text(encoding="utf-8"))
