from django.urls import path

from congress_portal.notifications import views

app_name = "notifications"

urlpatterns = [
    path("", views.InboxView.as_view(), name="inbox"),
    path("read/", views.MarkAllReadView.as_view(), name="mark_all_read"),
    path("<uuid:pk>/open/", views.MessageOpenView.as_view(), name="open"),
]
