"""Request hygiene that must hold for every view, also the plain function views that answer any method."""

from django.http import HttpResponseNotAllowed

ALLOWED_METHODS = ("GET", "HEAD", "POST", "OPTIONS")


class RefuseUnusualMethods:
    """Answer 405 to TRACE, CONNECT and every method the portal has no use for, before any view runs."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in ALLOWED_METHODS:
            return HttpResponseNotAllowed(
                ALLOWED_METHODS, "本网站不接受这种请求方式。", content_type="text/plain; charset=utf-8"
            )
        return self.get_response(request)
