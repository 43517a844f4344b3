"""The migrations: complete, and a new database has what the office needs to begin."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from deputies.models import Person
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


LOCAL, STATUTE = "本街道意见建议办理办法", "代表法（2025年3月11日修正）第五十一条"


def terms_of(channel: str) -> tuple[object, ...]:
    """accept_days, reply_days, reply_months, return_days, rehandle_months, evaluate_days, source, other_source"""
    return ReplyTerm.objects.values_list(
        "accept_days", "reply_days", "reply_months", "return_days", "rehandle_months", "evaluate_days",
        "source", "other_source",
    ).get(channel=channel)  # fmt: skip


def test_terms_are_the_local_defaults_and_the_statutes_months():
    for channel in Channel:
        if channel in (Channel.SESSION, Channel.INTERSESSION):
            assert terms_of(channel) == (2, None, 3, 7, 1, 10, STATUTE, LOCAL), channel
        else:
            assert terms_of(channel) == (2, 15, None, 7, 1, 10, LOCAL, LOCAL), channel
    assert not ReplyTerm.objects.filter(months_move_on=True).exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_terms_that_the_office_changed_keep_their_length_when_they_turn_into_working_days():
    """What stood in the database of an office that upgrades; untouched rows become what a new database has."""
    executor = MigrationExecutor(connection)
    before = executor.migrate([("suggestions", "0002_default_categories_and_terms")]).apps
    try:
        terms = before.get_model("suggestions", "ReplyTerm").objects
        terms.filter(channel="phone").update(
            accept_days=7, reply_days=30, return_days=14, rehandle_days=60, evaluate_days=15, source="本街道〔2024〕8号"
        )
        terms.filter(channel="letter").update(accept_days=1, reply_days=1, return_days=1, rehandle_days=7)
        terms.filter(channel="session").update(reply_days=180, source="本区代表建议办理规定")
        assert terms.get(channel="web").reply_days == 21
        assert terms.get(channel="intersession").source == "代表法第五十一条"
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    assert terms_of("phone") == (5, 21, None, 10, 2, 15, "本街道〔2024〕8号", "本街道〔2024〕8号")
    assert terms_of("letter") == (1, 1, None, 1, 1, 10, LOCAL, LOCAL)
    assert terms_of("session") == (2, None, 6, 7, 1, 10, "本区代表建议办理规定", LOCAL)
    assert terms_of("web") == (2, 15, None, 7, 1, 10, LOCAL, LOCAL)
    assert terms_of("intersession") == (2, None, 3, 7, 1, 10, STATUTE, LOCAL)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_names_from_before_the_tables_are_cleaned_as_a_form_does_now():
    born = date(1978, 3, 5)
    typed = [
        "张\u3000三", " 李四 ", "Ａｎｎａ  Maria", "阿依古丽 · 买买提", "王\u200b五", "12 34", "\u202e赵六", "陈七",  # noqa: RUF001
    ]  # fmt: skip
    executor = MigrationExecutor(connection)
    before = executor.migrate([("deputies", "0002_people_by_excel")]).apps
    try:
        people = before.get_model("deputies", "Person").objects
        pks = [people.create(name=name).pk for name in typed]
        for name in ("刘 思源", "刘思源"):
            people.create(name=name, born_on=born)
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    kept = [Person.objects.get(pk=pk) for pk in pks]
    assert [person.name for person in kept] == [
        "张三", "李四", "Anna Maria", "阿依古丽·买买提", "王五", "12 34", "\u202e赵六", "陈七",
    ]  # fmt: skip
    for person in (person for person in kept if person.name not in ("12 34", "\u202e赵六")):
        name = person.name
        person.clean()
        assert person.name == name
    assert set(Person.objects.filter(born_on=born).values_list("name", flat=True)) == {"刘 思源", "刘思源"}


def test_new_database_has_no_account():
    from congress_portal.accounts.models import User

    assert not User.objects.exists()
