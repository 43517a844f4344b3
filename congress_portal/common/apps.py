"""The foundation app, and the check that says at start when PDF will not work."""

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from congress_portal.common.pdf import missing_for_pdf


class CommonConfig(AppConfig):
    name = "congress_portal.common"
    label = "common"
    verbose_name = "日历"

    def ready(self):
        checks.register(can_make_pdf)


def can_make_pdf(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """Warn when the official page cannot be printed; an error where it must be (REQUIRE_PDF)."""
    kind = checks.Error if settings.REQUIRE_PDF else checks.Warning
    return [
        kind(f"暂时不能生成 PDF，缺少{missing}。", hint="其他功能不受影响。", id="portal.W001")
        for missing in missing_for_pdf()
    ]
