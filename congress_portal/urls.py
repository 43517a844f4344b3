from django.contrib import admin
from django.urls import include, path

from congress_portal.views import board, calendar, health, jobs, own, pages

urlpatterns = [
    path("", pages.HomeView.as_view(), name="home"),
    path("board/", board.BoardView.as_view(), name="board"),
    path("board/<str:code>/", board.DeputyCardView.as_view(), name="deputy_card"),
    path("calendar/", calendar.CalendarView.as_view(), name="calendar"),
    path("calendar/received/", calendar.SeatReceivedView.as_view(), name="calendar_received"),
    path("calendar/cancel/", calendar.SeatGiveUpView.as_view(), name="calendar_cancel"),
    path("calendar/<int:pk>/", calendar.CalendarActivityView.as_view(), name="calendar_activity"),
    path("figures/", pages.FiguresView.as_view(), name="figures"),
    path("roles/", pages.RolesView.as_view(), name="roles"),
    path("privacy/", pages.PrivacyView.as_view(), name="privacy"),
    path("scope/", pages.InformationView.as_view(template_name="pages/scope.html"), name="scope"),
    path("help/", pages.HelpView.as_view(), name="help"),
    path("elder/", pages.ElderModeView.as_view(), name="elder_mode"),
    path("workplace/", own.WorkplaceView.as_view(), name="workplace"),
    path("own/", own.OwnPageView.as_view(), name="own"),
    path("own/suggestions/", own.OwnSuggestionsView.as_view(), name="own_suggestions"),
    path("own/phone/", own.OwnPhoneView.as_view(), name="own_phone"),
    path("jobs/<int:pk>/", jobs.OwnJobView.as_view(), name="job"),
    path("jobs/<int:pk>/file/", jobs.OwnJobFileView.as_view(), name="job_file"),
    path("favicon.ico", pages.FaviconView.as_view(), name="favicon"),
    path("health/", health.HealthView.as_view(), name="health"),
    path("accounts/", include("congress_portal.accounts.urls")),
    path("messages/", include("congress_portal.notifications.urls")),
    path("deputies/", include("deputies.urls")),
    path("suggestions/", include("suggestions.urls")),
    path("admin/", admin.site.urls),
]
