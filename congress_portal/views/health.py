"""For the proxy and the container: is this process able to serve."""

import logging

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.generic import View

logger = logging.getLogger(__name__)


class HealthView(View):
    def get(self, request: HttpRequest) -> JsonResponse:
        """Answer ``ok`` once the database has answered; tell nothing else.

        Redis is not asked: without it residents are served all the same, and this process must not be taken away.
        """
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except Error as error:
            logger.error("The database does not answer: %s", error)
            return JsonResponse({"status": "database"}, status=503)
        return JsonResponse({"status": "ok"})
