"""Unusual methods are refused before any view runs."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from congress_portal.common.middleware import RefuseUnusualMethods

answer = RefuseUnusualMethods(lambda request: HttpResponse("页面"))


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
