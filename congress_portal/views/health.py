"""For the proxy and the container: is this process able to serve."""

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.generic import View


class HealthView(View):
    def get(self, request: HttpRequest) -> JsonResponse:
        """Answer ``ok`` once the database has answered; tell nothing else."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return JsonResponse({"status": "ok"})
