"""The outbox for staff: did it go out, and if not, why not. Texts are not shown: they belong to the recipient."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone

from congress_portal.common.admin import OnlyNamedFilters
from congress_portal.notifications import workflow
from congress_portal.notifications.models import Message, MessageQuerySet


@admin.register(Message)
class MessageAdmin(OnlyNamedFilters, admin.ModelAdmin):
    list_display = ("subject", "recipient", "state", "attempts", "next_attempt_at", "sent_at", "last_error")
    list_filter = ("state",)
    list_select_related = ("recipient",)
    show_full_result_count = False
    ordering = ("-created_at", "pk")
    fields = (
        "id",
        "recipient",
        "subject",
        "created_at",
        "state",
        "attempts",
        "next_attempt_at",
        "sent_at",
        "last_error",
    )
    actions = ("resend",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.change_message")

    def get_action_choices(self, request: HttpRequest, default_choices: Any = None) -> list[tuple[str, str]]:
        return super().get_action_choices(request, default_choices or [("", "请选择")])

    @admin.action(description="重新发送", permissions=["resend"])
    def resend(self, request: HttpRequest, queryset: MessageQuerySet) -> None:
        sent = 0
        for message in queryset:
            try:
                workflow.resend(message, by=request.user, now=timezone.now())
            except workflow.NotFailed as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                sent += 1
        if sent:
            self.message_user(request, f"{sent} 条消息已放回待发送，一分钟内发出。", messages.SUCCESS)
