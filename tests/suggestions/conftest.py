from tests.notifications.conftest import embedded_portal, service_portal

__all__ = ["embedded_portal", "service_portal"]
