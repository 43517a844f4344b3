"""The migrations: complete, and a new database has what the office needs to begin."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from suggestions.choices import Channel
from suggestions.models import Category, ReplyTerm

pytestmark = pytest.mark.django_db


def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_migration_is_applied():
    executor = MigrationExecutor(connection)

    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_new_database_has_categories_and_a_term_for_every_channel():
    assert Category.objects.filter(is_active=True).exists()
    assert set(ReplyTerm.objects.values_list("channel", flat=True)) == set(Channel)


def test_terms_are_the_local_defaults_and_the_statutes_months():
    assert ReplyTerm.objects.get(channel=Channel.WEB).reply_days == 21
    session = ReplyTerm.objects.get(channel=Channel.SESSION)
    assert (session.reply_days, session.source) == (90, "代表法第五十一条")


def test_new_database_has_no_account():
    from congress_portal.accounts.models import User

    assert not User.objects.exists()
