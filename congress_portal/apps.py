"""The project itself as an app (its commands), and the admin with an AdminSite of our own."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    name = "congress_portal"
    verbose_name = "门户"

    def ready(self) -> None:
        """Make the queue's app the current one everywhere, or what pages send would go to no broker."""
        from congress_portal import celery  # noqa: F401


class PortalAdminConfig(AdminConfig):
    default = False
    default_site = "congress_portal.admin_site.PortalAdminSite"
