from django.contrib import admin
from django.urls import include, path

from congress_portal.views import health, own, pages

urlpatterns = [
    path("", pages.HomeView.as_view(), name="home"),
    path("figures/", pages.FiguresView.as_view(), name="figures"),
    path("roles/", pages.RolesView.as_view(), name="roles"),
    path("privacy/", pages.InformationView.as_view(template_name="pages/privacy.html"), name="privacy"),
    path("scope/", pages.InformationView.as_view(template_name="pages/scope.html"), name="scope"),
    path("help/", pages.HelpView.as_view(), name="help"),
    path("elder/", pages.ElderModeView.as_view(), name="elder_mode"),
    path("workplace/", own.WorkplaceView.as_view(), name="workplace"),
    path("own/", own.OwnPageView.as_view(), name="own"),
    path("favicon.ico", pages.FaviconView.as_view(), name="favicon"),
    path("health/", health.HealthView.as_view(), name="health"),
    path("accounts/", include("congress_portal.accounts.urls")),
    path("messages/", include("congress_portal.notifications.urls")),
    path("deputies/", include("deputies.urls")),
    path("suggestions/", include("suggestions.urls")),
    path("admin/", admin.site.urls),
]
