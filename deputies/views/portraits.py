"""Portraits, through the permission check."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import View

from congress_portal.common.uploads import file_response
from deputies import permissions
from deputies.models import Person, PersonPhoto

FRESH_FOR = 10 * 60  # seconds; who leaves office is off the pages at once, and out of browsers soon after


class PortraitView(View):
    """Serve a portrait to everybody while its person is in office; after that to staff and to that very person.

    A browser may keep a public one for a few minutes, nothing between it and us ever; the others are kept nowhere.
    """

    def get(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        photo = get_object_or_404(PersonPhoto.objects.select_related("person"), pk=pk)
        is_public = Person.objects.in_office(timezone.localdate()).filter(pk=photo.person_id).exists()
        if not is_public and not permissions.can_view_person(request.user, photo.person):
            raise Http404("没有这张照片，或者您看不到它。")
        response = file_response(photo, as_attachment=False)
        if is_public and response.status_code == 200:
            response["Cache-Control"] = f"private, max-age={FRESH_FOR}"
        return response
