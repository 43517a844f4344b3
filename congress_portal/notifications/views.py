"""A person's own inbox."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import ListView, View

from congress_portal.notifications import selectors, workflow
from congress_portal.notifications.models import Message, MessageQuerySet
from congress_portal.notifications.outbox import is_local_path


class InboxView(LoginRequiredMixin, ListView):
    template_name = "notifications/inbox.html"
    context_object_name = "inbox"
    paginate_by = 20

    def get_queryset(self) -> MessageQuerySet:
        return selectors.inbox_of(self.request.user)


class InboxActionView(LoginRequiredMixin, View):
    """A button in the inbox: POST only, because opening a page changes nothing."""

    http_method_names = ("post",)

    def handle_no_permission(self) -> HttpResponseRedirect:
        # After signing in, the browser comes back with GET: to the list, not to the button.
        return redirect_to_login(reverse("notifications:inbox"))


class MessageOpenView(InboxActionView):
    def post(self, request: HttpRequest, pk: object) -> HttpResponse:
        message = get_object_or_404(Message.objects.belonging_to(request.user), pk=pk)
        workflow.mark_read(message, now=timezone.now())
        return redirect(message.url if is_local_path(message.url) else "notifications:inbox")


class MarkAllReadView(InboxActionView):
    def post(self, request: HttpRequest) -> HttpResponse:
        count = workflow.mark_all_read(by=request.user, now=timezone.now())
        messages.success(request, f"已把 {count} 条消息标为已读。" if count else "没有未读的消息。")
        return redirect("notifications:inbox")
