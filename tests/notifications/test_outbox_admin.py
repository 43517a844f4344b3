"""The outbox in the staff admin: who sees it, who may send again, and that nothing can be edited."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from congress_portal.accounts.choices import Role
from congress_portal.accounts.models import Department, User
from congress_portal.notifications import workflow
from congress_portal.notifications.choices import State
from congress_portal.notifications.models import Message
from congress_portal.notifications.outbox import notify

OUTBOX = reverse("admin:notifications_message_changelist")


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(User.objects.create_user(f"test-{role}", display_name=role.label, role=role))
    return client


@pytest.fixture
def failed(told: User) -> Message:
    return Message.objects.create(
        recipient=told,
        subject="有一件待受理",
        body="只给收件人看的内容",
        state=State.FAILED,
        attempts=7,
        next_attempt_at=None,
        last_error="SMTPServerDisconnected: 对方关闭了连接",
    )


def send_again(client: Client, *messages: Message):
    return client.post(
        OUTBOX, {"action": "resend", "_selected_action": [message.pk for message in messages]}, follow=True
    )


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DIRECTOR, Role.CLERK, Role.AUDITOR])
def test_outbox_shows_staff_what_happened_but_not_the_text(failed, role):
    client = signed_in(role)

    for path in (OUTBOX, reverse("admin:notifications_message_change", args=[failed.pk])):
        text = client.get(path).content.decode()
        assert "发送失败" in text
        assert "SMTPServerDisconnected: 对方关闭了连接" in text
        assert "只给收件人看的内容" not in text


def test_outbox_is_called_otherwise_than_the_inbox(failed):
    html = signed_in(Role.CLERK).get(OUTBOX).content.decode()

    assert "<h1>发件箱</h1>" in html
    assert f'<a href="{OUTBOX}" aria-current="page">发件箱</a>' in html
    assert "共 1 条" in html
    assert '<option value="" selected>请选择</option>' in html


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DIRECTOR, Role.CLERK])
def test_resend_puts_a_failed_message_back_with_all_its_tries(failed, role):
    page = send_again(signed_in(role), failed)

    assert "1 条消息已放回待发送，一分钟内发出。" in page.content.decode()
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == (State.PENDING, 0)
    assert failed.next_attempt_at is not None
    (entry,) = LogEntry.objects.all()
    assert (entry.user.role, entry.object_id, entry.change_message) == (role, str(failed.pk), "重新发送。")


def test_resend_wakes_a_worker_once(failed, told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        workflow.resend(failed, by=told, now=timezone.now())

    assert len(callbacks) == 1


def test_resend_is_not_for_the_auditor(failed):
    client = signed_in(Role.AUDITOR)

    assert 'value="resend"' not in client.get(OUTBOX).content.decode()
    send_again(client, failed)

    failed.refresh_from_db()
    assert failed.state == State.FAILED


@pytest.mark.parametrize("state", [State.PENDING, State.SENT, State.NOT_NEEDED])
def test_resend_of_a_message_that_has_not_failed_is_refused(failed, state):
    now = timezone.now()
    Message.objects.filter(pk=failed.pk).update(
        state=state,
        next_attempt_at=now if state == State.PENDING else None,
        sent_at=now if state == State.SENT else None,
    )

    page = send_again(signed_in(Role.CLERK), failed)

    assert (
        f"“有一件待受理”现在是“{state.label}”，只有发送失败的消息可以重新发送；请刷新后再看。" in page.content.decode()
    )
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == (state, 7)
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("role", [Role.OFFICER, Role.DEPUTY, Role.COUNCILLOR])
def test_outbox_is_closed_to_everybody_else(role, failed):
    department = Department.objects.create(name="城市管理办公室") if role == Role.OFFICER else None
    client = Client()
    client.force_login(
        User.objects.create_user(f"test-{role}", display_name=role.label, role=role, department=department)
    )

    assert failed.last_error not in client.get(OUTBOX, follow=True).content.decode()


def test_outbox_cannot_be_written_to(failed):
    client = signed_in(Role.ADMIN)

    assert client.get(reverse("admin:notifications_message_add")).status_code == 403
    assert client.post(reverse("admin:notifications_message_delete", args=[failed.pk])).status_code == 403
    client.post(reverse("admin:notifications_message_change", args=[failed.pk]), {"subject": "改过的标题"})
    failed.refresh_from_db()
    assert failed.subject == "有一件待受理"


@pytest.mark.parametrize("item_count", [1, 3])
def test_outbox_query_budget(told, item_count, django_assert_num_queries):
    client = signed_in(Role.ADMIN)
    for number in range(item_count):
        notify(to=[told], subject=f"第 {number} 件", body="")

    with django_assert_num_queries(7):  # session, person, count, rows; the frame: may-add committee, committee, unread
        client.get(OUTBOX)
