"""Photos and papers of activities, through the permission check."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.generic import View

from congress_portal.common.uploads import INLINE_TYPES, file_response
from deputies import permissions
from deputies.models import ActivityFile


class ActivityFileView(View):
    """Serve a photo or a paper to staff and to who is asked to the activity; for all others it does not exist."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        file = get_object_or_404(ActivityFile.objects.select_related("activity"), pk=pk)
        if not permissions.can_view_activity(request.user, file.activity):
            raise Http404("没有这个文件，或者您看不到它。")
        return file_response(file, as_attachment=file.content_type not in INLINE_TYPES)
