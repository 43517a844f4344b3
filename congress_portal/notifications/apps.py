from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "congress_portal.notifications"
    label = "notifications"
    verbose_name = "消息"
