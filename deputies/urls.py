from django.urls import URLPattern, path

from deputies.views import activity_files, duty, invitations, portraits, public_plan

app_name = "deputies"

urlpatterns: list[URLPattern] = [
    path("activities/", invitations.ActivityListView.as_view(), name="activity_list"),
    path("activities/<int:pk>/", invitations.ActivityDetailView.as_view(), name="activity_detail"),
    path("activities/<int:pk>/sign-up/", invitations.SignUpView.as_view(), name="activity_sign_up"),
    path("activities/<int:pk>/leave/", invitations.LeaveView.as_view(), name="activity_leave"),
    path("activities/<int:pk>/sign-in/", invitations.ActivitySignInView.as_view(), name="activity_sign_in"),
    path("portraits/<uuid:pk>/", portraits.PortraitView.as_view(), name="portrait"),
    path("activity-files/<uuid:pk>/", activity_files.ActivityFileView.as_view(), name="activity_file"),
    # One's own duty file
    path("file/", duty.DutyFileView.as_view(), name="file"),
    path("file/print/", duty.DutyFilePrintView.as_view(), name="file_print"),
    path("duty/new/", duty.DutyCreateView.as_view(), name="duty_create"),
    path("duty/<int:pk>/", duty.DutyUpdateView.as_view(), name="duty_update"),
    path("duty/<int:pk>/take-back/", duty.DutyTakeBackView.as_view(), name="duty_take_back"),
    path("duty/photos/<uuid:pk>/", duty.DutyPhotoView.as_view(), name="duty_photo"),
    # The annual plan of work, for everybody
    path("plan/", public_plan.LatestPlanView.as_view(), name="public_plan_latest"),
    path("plan/<int:year>/", public_plan.PublicPlanView.as_view(), name="public_plan"),
]
