"""Reading a page the way a browser does: its forms with what stands in them, its links, and what CSP would block."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

Attributes = list[tuple[str, str | None]]


@dataclass
class Form:
    """One form: where it goes, and the values it would send as it stands."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """Return the one value of a field, empty when it would send none."""
        values = self.values.get(name, [""])
        assert len(values) == 1, f"{name} is sent {len(values)} times"
        return values[0]


class Page(HTMLParser):
    """A parsed page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.blocked_by_csp: list[str] = []
        self.texts: list[str] = []
        self.ids: list[str] = []
        self._form: Form | None = None
        self._textarea: str | None = None
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._inside: list[str] = []
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def form_with(self, name: str) -> Form:
        """Return the one form that has a field of this name."""
        (form,) = [form for form in self.forms if name in form.values]
        return form

    def handle_starttag(self, tag: str, attributes: Attributes) -> None:
        given: dict[str, Any] = {name: value or "" for name, value in attributes}
        self._note_inline(tag, given)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "input":
            self._input(given)
        elif tag == "textarea":
            self._textarea = given.get("name", "")
            self._send(self._textarea, "")
        elif tag == "select":
            self._select, self._options = given.get("name", ""), []
        elif tag == "option":
            self._options.append((given.get("value", ""), "selected" in given))
        if tag in ("script", "style"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._textarea is not None and self._form is not None:
            # HTML drops one newline right after <textarea>, and Django writes one.
            values = self._form.values[self._textarea]
            values[-1] = values[-1].removeprefix("\r").removeprefix("\n")
            self._textarea = None
        elif tag == "select" and self._select is not None:
            chosen = [value for value, selected in self._options if selected]
            for value in chosen or [value for value, _ in self._options[:1]]:
                self._send(self._select, value)
            self._select = None
        elif tag in self._inside:
            self._inside.remove(tag)

    def handle_data(self, data: str) -> None:
        if self._textarea is not None and self._form is not None:
            self._form.values[self._textarea][-1] += data
        elif self._inside and data.strip():
            self.blocked_by_csp.append(f"<{self._inside[-1]}> with content: {data.strip()[:60]}")
        if not self._inside:
            self.texts.append(data)

    def _input(self, given: dict[str, Any]) -> None:
        if not given.get("name") or given.get("type") in ("submit", "file", "button"):
            return
        if given.get("type") in ("radio", "checkbox"):
            if "checked" in given:
                self._send(given["name"], given.get("value", "on"))
            return
        self._send(given["name"], given.get("value", ""))

    def _send(self, name: str, value: str) -> None:
        if self._form is not None:
            self._form.values.setdefault(name, []).append(value)

    def _note_inline(self, tag: str, given: dict[str, Any]) -> None:
        for name, value in given.items():
            if name == "style" or name.startswith("on"):
                self.blocked_by_csp.append(f"<{tag} {name}={value[:60]!r}>")
            if name in ("href", "src", "action") and value.strip().lower().startswith("javascript:"):
                self.blocked_by_csp.append(f"<{tag} {name}={value[:60]!r}>")
            if name in ("src", "href") and tag != "a" and value.startswith(("http:", "https:", "//")):
                self.blocked_by_csp.append(f"<{tag} {name}={value[:60]!r}> from elsewhere")


def page_of(response: Any) -> Page:
    return Page(response.content.decode())
