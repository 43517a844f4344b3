"""The inbox page: one's own messages only, and opening the page changes nothing."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from congress_portal.accounts.models import User
from congress_portal.notifications import selectors
from congress_portal.notifications.models import Message
from congress_portal.notifications.outbox import notify

INBOX = "/messages/"


@pytest.fixture
def reader(told: User) -> Client:
    client = Client()
    client.force_login(told)
    return client


def tell(person: User, subject: str, **fields: object) -> Message:
    (message,) = notify(to=[person], subject=subject, body="请尽快受理。", url="/messages/?page=1")
    Message.objects.filter(pk=message.pk).update(**fields)
    message.refresh_from_db()
    return message


def test_inbox_address_is_the_one_the_tests_use():
    assert reverse("notifications:inbox") == INBOX


def test_inbox_shows_unread_first_and_newest_first(reader, told):
    hour, now = timedelta(hours=1), timezone.now()
    tell(told, "已读较早", created_at=now - 4 * hour, read_at=now)
    tell(told, "未读较早", created_at=now - 3 * hour)
    tell(told, "已读较新", created_at=now - 2 * hour, read_at=now)
    tell(told, "未读较新", created_at=now - hour)

    page = reader.get(INBOX)

    assert [row.subject for row in page.context["inbox"]] == ["未读较新", "未读较早", "已读较新", "已读较早"]
    assert "2 条未读" in page.content.decode()


def test_inbox_shows_only_ones_own_messages(reader, told, unreachable):
    tell(unreachable, "别人的消息")
    tell(told, "自己的消息")

    text = reader.get(INBOX).content.decode()

    assert "自己的消息" in text
    assert "别人的消息" not in text


def test_inbox_shows_a_message_that_is_not_mailed_to_anyone(unreachable):
    client = Client()
    client.force_login(unreachable)
    tell(unreachable, "只在站内的消息")

    assert "只在站内的消息" in client.get(INBOX).content.decode()


def test_inbox_shows_markup_as_text(reader, told):
    notify(to=[told], subject="<b>标题</b>", body="<script>alert(1)</script>\n第二行")

    text = reader.get(INBOX).content.decode()

    assert "&lt;b&gt;标题&lt;/b&gt;" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>第二行" in text


def test_inbox_has_twenty_a_page(reader, told):
    for number in range(21):
        tell(told, f"第 {number} 件")

    assert len(reader.get(INBOX).context["inbox"]) == 20
    assert len(reader.get(INBOX, {"page": 2}).context["inbox"]) == 1
    assert reader.get(INBOX, {"page": 3}).status_code == 404


def test_inbox_without_messages_says_so(reader):
    assert "还没有消息" in reader.get(INBOX).content.decode()


def test_opening_the_inbox_changes_nothing(reader, told):
    message = tell(told, "有一件待受理")

    reader.get(INBOX)

    message.refresh_from_db()
    assert message.read_at is None
    assert selectors.unread_count(told) == 1


@pytest.mark.parametrize("item_count", [1, 3])
def test_inbox_query_budget(reader, told, item_count, django_assert_num_queries):
    for number in range(item_count):
        tell(told, f"第 {number} 件")

    with django_assert_num_queries(6):  # session, person, committee, unread, count, rows
        reader.get(INBOX)


def test_open_marks_as_read_and_leads_to_the_page(reader, told):
    message, other = tell(told, "有一件待受理"), tell(told, "另一件")

    answer = reader.post(reverse("notifications:open", args=[message.pk]))

    assert (answer.status_code, answer["Location"]) == (302, "/messages/?page=1")
    message.refresh_from_db()
    other.refresh_from_db()
    assert message.read_at is not None
    assert other.read_at is None


def test_open_again_keeps_the_first_time(reader, told):
    first = timezone.now() - timedelta(days=1)
    message = tell(told, "有一件待受理", read_at=first)

    reader.post(reverse("notifications:open", args=[message.pk]))

    message.refresh_from_db()
    assert message.read_at == first


@pytest.mark.parametrize(
    "url", ["", "https://example.test/", "//example.test/", "/\\example.test/", "javascript:alert(1)"]
)
def test_open_never_leads_out_of_the_portal(reader, told, url):
    message = tell(told, "有一件待受理", url=url)

    answer = reader.post(reverse("notifications:open", args=[message.pk]))

    assert (answer.status_code, answer["Location"]) == (302, INBOX)


def test_open_of_another_persons_message_is_not_found(reader, unreachable):
    message = tell(unreachable, "别人的消息")

    assert reader.post(reverse("notifications:open", args=[message.pk])).status_code == 404
    assert reader.post(reverse("notifications:open", args=[uuid.uuid4()])).status_code == 404
    message.refresh_from_db()
    assert message.read_at is None


def test_mark_all_read_leaves_other_people_alone(reader, told, unreachable):
    tell(told, "第一件")
    tell(told, "第二件")
    tell(unreachable, "别人的消息")

    page = reader.post(reverse("notifications:mark_all_read"), follow=True)

    assert "已把 2 条消息标为已读。" in page.content.decode()
    assert selectors.unread_count(told) == 0
    assert selectors.unread_count(unreachable) == 1


@pytest.mark.parametrize("path", ["/messages/read/", "/messages/00000000-0000-4000-8000-000000000000/open/"])
def test_buttons_of_the_inbox_reject_get(reader, path):
    assert reader.get(path).status_code == 405


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "path", ["/messages/", "/messages/read/", "/messages/00000000-0000-4000-8000-000000000000/open/"]
)
def test_visitor_signs_in_and_comes_to_the_list(client, db, method, path):
    answer = getattr(client, method)(path)

    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('accounts:login')}?next=/messages/")
