from django.urls import path

from suggestions.views import attachments, officers, raisers, residents

app_name = "suggestions"

urlpatterns = [
    # Residents, without an account
    path("new/", residents.SuggestionCreateView.as_view(), name="create"),
    path("to/<str:code>/", residents.SuggestionDirectView.as_view(), name="create_direct"),
    path("received/", residents.SuggestionReceivedView.as_view(), name="received"),
    path("lookup/", residents.SuggestionLookupView.as_view(), name="lookup"),
    path("case/", residents.SuggestionCaseView.as_view(), name="case"),
    path("case/evaluate/", residents.SuggestionEvaluateView.as_view(), name="evaluate"),
    # A photo or a reply's file, for whoever may see its case
    path("attachments/<uuid:pk>/", attachments.AttachmentView.as_view(), name="attachment"),
    # Deputies and councillors: what they passed on, to read only
    path("raised/<int:pk>/", raisers.RaisedDetailView.as_view(), name="raised_detail"),
    # Officers of the handling department
    path("department/", officers.OfficerListView.as_view(), name="officer_list"),
    path("department/<int:pk>/", officers.OfficerDetailView.as_view(), name="officer_detail"),
    path("department/<int:pk>/reply/", officers.OfficerReplyView.as_view(), name="reply"),
    path("department/<int:pk>/return/", officers.OfficerReturnView.as_view(), name="return"),
]
