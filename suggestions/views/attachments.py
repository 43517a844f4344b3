"""Photos and reply files, through the permission check."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.generic import View

from congress_portal.common.uploads import file_response
from suggestions import permissions
from suggestions.models import Attachment
from suggestions.views.open_case import looked_up_case


class AttachmentView(View):
    """Serve a photo or a reply's file to who may see the case; for all others it does not exist."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        attachment = get_object_or_404(Attachment.objects.select_related("suggestion__raised_by"), pk=pk)
        of_looked_up_case = looked_up_case(request) == attachment.suggestion_id
        if not of_looked_up_case and not permissions.can_view(request.user, attachment.suggestion):
            raise Http404("没有这个文件，或者您看不到它。")
        return file_response(attachment, as_attachment=not attachment.content_type.startswith("image/"))
