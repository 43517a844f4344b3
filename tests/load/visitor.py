"""Somebody at a browser, on a real socket: pages, forms, signing in, and a request whose last byte is held back."""

from __future__ import annotations

import http.client
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.pages import Page
from tests.suggestions.test_concurrency import Browser


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


class Visitor(Browser):
    """A browser that also says what the status was. ``headers`` go out with every request."""

    def __init__(self, address: str, **headers: str) -> None:
        super().__init__(address)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def ask(self, path: str, fields: dict[str, Any] | None = None, *, ceiling: float = 120, **headers: str) -> Answer:
        """GET a path, or POST the fields to it, files among them."""
        connection = http.client.HTTPConnection(self.host, int(self.port), timeout=ceiling)
        body, form = None, {}
        if fields is not None and any(hasattr(value, "read") for value in fields.values()):
            body, form = encode_multipart(BOUNDARY, fields), {"Content-Type": MULTIPART_CONTENT}
        elif fields is not None:
            body, form = urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(
                "GET" if fields is None else "POST",
                path,
                body=body,
                headers={"Cookie": self._cookie(), **form, **self.headers, **headers},
            )
            return self.answer(connection.getresponse())
        finally:
            connection.close()

    def page(self, path: str) -> Page:
        answer = self.ask(path)
        assert answer.status == 200, (path, answer.status)
        return Page(answer.text)

    def sign_in(self, username: str, password: str) -> None:
        form = self.page("/accounts/login/").form_with("password")
        token = form.value("csrfmiddlewaretoken")
        typed = {"username": username, "password": password, "csrfmiddlewaretoken": token}
        assert self.ask("/accounts/login/", typed).status == 302

    def hold_back(self, path: str, fields: dict[str, str]) -> tuple[socket.socket, bytes]:
        """Send a POST but for its last byte."""
        body = urlencode(fields).encode()
        headers = {
            "Host": f"{self.host}:{self.port}",
            "Cookie": self._cookie(),
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
            "Connection": "close",
            **self.headers,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        held = socket.create_connection((self.host, int(self.port)), timeout=120)
        held.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body[:-1])
        return held, body[-1:]

    def answer(self, response: http.client.HTTPResponse) -> Answer:
        """Read a response to its end and keep its cookies."""
        self.take_cookies(response)
        return Answer(response.status, response.headers.get("Location", ""), response.read())
