"""Request hygiene that must hold for every view, also the plain function views that answer any method."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

ALLOWED_METHODS = ("GET", "HEAD", "POST", "OPTIONS")


class RefuseBrokenRequests:
    """Answer, before any view runs, what no browser on one of our pages sends.

    405 to TRACE, CONNECT and every method the portal has no use for. 400 to a body in another encoding than UTF-8:
    Django decodes with any codec that is named, also with zlib or rot13, which give no text. 400 to a NUL in the
    query string, which PostgreSQL takes in no value.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in ALLOWED_METHODS:
            return _refusal(405, "本网站不接受这种请求方式。", headers={"Allow": ", ".join(ALLOWED_METHODS)})
        if (request.content_params or {}).get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            return _refusal(400, "本网站只接受 UTF-8 编码的内容。请用浏览器打开网页后再提交。")
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or "\0" in query:
            return _refusal(400, "网址里有不能用的字符。请从首页重新打开要看的页面。")
        return self.get_response(request)


def _refusal(status: int, text: str, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(text, status=status, headers=headers, content_type="text/plain; charset=utf-8")
