"""The sample street: true to its days, and put in only once."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from congress_portal.accounts.models import User
from congress_portal.management.commands import load_demo
from congress_portal.notifications.models import Message
from suggestions.models import Suggestion


@pytest.fixture
def loaded(db, monkeypatch, settings, tmp_path) -> str:
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(load_demo, "ACCOUNTS_FILE", tmp_path / "sample_accounts.txt")
    output = StringIO()
    call_command("load_demo", stdout=output)
    return output.getvalue()


def test_each_message_is_dated_by_the_step_it_tells_of(loaded):
    now, wrong = timezone.now(), []
    for message in Message.objects.exclude(url=""):
        case = Suggestion.objects.get(pk=re.search(r"/(\d+)/", message.url)[1])
        if message.created_at not in case.events.values_list("happened_at", flat=True):
            wrong.append((message.created_at, message.subject))

    assert wrong == []
    assert Message.objects.filter(created_at__lt=now - timedelta(days=300)).exists()


def test_old_messages_are_read_and_new_ones_are_not(loaded):
    week_ago = timezone.now() - timedelta(days=7)
    clerk = User.objects.get(username="zhoumin")

    assert not Message.objects.filter(created_at__lt=week_ago - timedelta(minutes=1), read_at=None).exists()
    assert not Message.objects.filter(created_at__gt=week_ago, read_at__isnull=False).exists()
    assert 0 < clerk.portal_messages.unread().count() < 10 < clerk.portal_messages.count()


def test_second_run_changes_nothing(loaded):
    before = list(Message.objects.order_by("pk").values()), list(Suggestion.objects.order_by("pk").values())
    output = StringIO()

    call_command("load_demo", stdout=output)

    assert output.getvalue().startswith("示例数据已经装入，没有改动。")
    assert before == (list(Message.objects.order_by("pk").values()), list(Suggestion.objects.order_by("pk").values()))
