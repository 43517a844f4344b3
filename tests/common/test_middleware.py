"""What no browser sends is refused before any view runs."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from congress_portal.common.middleware import RefuseBrokenRequests

answer = RefuseBrokenRequests(lambda request: HttpResponse("页面"))

LOGIN = "/accounts/login/"
LISTS = ("accounts/user", "deputies/person", "notifications/message", "suggestions/suggestion", "suggestions/category")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "PATCH", "DELETE", "PROPFIND", "FOO", "get post"])
def test_unusual_method_is_refused(method):
    response = answer(RequestFactory().generic(method, "/"))

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert response.content.decode() == "本网站不接受这种请求方式。"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_usual_method_reaches_the_page(method):
    assert answer(RequestFactory().generic(method, "/")).content.decode() == "页面"


def test_site_refuses_trace(client):
    assert client.trace("/").status_code == 405


def post_in(charset: str):
    """Send a sign-in form whose header names this encoding, as a browser would if it could."""
    form = '--X\r\nContent-Disposition: form-data; name="username"\r\n\r\nzhao\r\n--X--\r\n'
    content_type = f"multipart/form-data; boundary=X; charset={charset}"
    return Client(raise_request_exception=False).generic("POST", LOGIN, form, content_type=content_type)


@pytest.mark.parametrize(
    "charset", ["zlib", "hex", "rot13", "base64", "bz2", "uu", "quopri", "undefined", "idna", "utf-16", "gbk", "nosuch"]
)
def test_body_in_another_encoding_is_refused(db, charset):
    response = post_in(charset)

    assert response.status_code == 400
    assert "UTF-8" in response.content.decode()


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8", '"utf-8"'])
def test_body_said_to_be_utf_8_is_read(committee, charset):
    response = post_in(charset)

    assert response.status_code == 200
    assert response.context["form"].data["username"] == "zhao"


@pytest.mark.parametrize("name", ["q", "queue", "year", "role__exact", "p"])
@pytest.mark.parametrize("path", LISTS)
def test_nul_in_an_address_is_refused(committee, signed_in, shen, path, name):
    browser = signed_in(shen)
    browser.raise_request_exception = False
    assert browser.get(f"/admin/{path}/?q=x").status_code == 200

    response = browser.get(f"/admin/{path}/?{name}=a%00b")

    assert response.status_code == 400
    assert response.content.decode() == "网址里有不能用的字符。请从首页重新打开要看的页面。"
