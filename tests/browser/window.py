"""A browser window in which every page is watched, and what can be asked of the page it shows."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, WebError, expect

from tests.worker import Portal

# Without preload: there axe fetches style sheets itself, which would look like a fault of the page.
AXE_OPTIONS = {"resultTypes": ["violations"], "preload": False}

_TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= room) return [];
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > room + 0.5)
    .map((element) => `${element.tagName.toLowerCase()}#${element.id}.${element.className.baseVal ?? element.className}`
      + ` to ${Math.round(element.getBoundingClientRect().right)} of ${room}`);
}"""

# The ring may be drawn on the label that stands for a small or hidden control.
# Select2 replaces its selects a turn after the page has loaded; a key pressed in between would fall between the two.
_BOXES_ARE_DRAWN = """() =>
  [...document.querySelectorAll("select.admin-autocomplete")]
    .filter((select) => !select.name.includes("__prefix__"))
    .every((select) => select.classList.contains("select2-hidden-accessible"))
"""

_RING = """() => {
  const stop = document.activeElement;
  if (!stop || stop === document.body || stop === document.documentElement) return null;
  // A date has a stop for each of its parts, which are one element here.
  if (!window.firstStop) window.firstStop = stop;
  else if (window.firstStop === stop && window.lastStop !== stop) return null;
  window.lastStop = stop;
  const ring = [stop, stop.closest("label"), ...(stop.labels ?? [])].filter(Boolean).find((element) => {
    const style = getComputedStyle(element);
    const box = element.getClientRects()[0];
    const isBig = box && box.width > 8 && box.height > 8;
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && isBig;
  });
  const box = ring?.getClientRects()[0];
  const [x, y] = box ? [box.left + box.width / 2, box.top + Math.min(box.height / 2, 20)] : [];
  const onTop = box && document.elementFromPoint(x, y);
  return {
    what: stop.outerHTML.slice(0, 160),
    hasRing: Boolean(ring),
    isSeen: Boolean(onTop && (ring.contains(onTop) || onTop.contains(ring))),
    isMain: stop.classList.contains("btn-primary"),
  };
}"""

# The seal is a picture made of a character.
_SMALL_TEXT = """(least) => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = new Set();
  while (texts.nextNode()) {
    const holder = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || holder.closest(".seal, script, option, .visually-hidden")) continue;
    const style = getComputedStyle(holder);
    if (holder.checkVisibility() && parseFloat(style.fontSize) < least)
      small.add(`${style.fontSize} ${texts.currentNode.data.trim().slice(0, 40)}`);
  }
  return [...small];
}"""


@dataclass(frozen=True)
class Site:
    """A running portal: where it answers, who may sign in, and the folder and processes behind it."""

    address: str
    passwords: dict[str, str]
    portal: Portal


@dataclass(frozen=True)
class Stop:
    """Where the Tab key stopped."""

    what: str
    has_ring: bool
    is_seen: bool
    is_main: bool


class Window:
    """One window of one person; ``faults`` collects what no page may do: errors, blocked parts, calls elsewhere."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.site = site
        self.faults: list[str] = []
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("request", self._on_request)
        context.on("requestfailed", self._on_failure)
        context.on("response", self._on_response)
        self.page: Page = context.new_page()

    # ---- watching

    def _on_console(self, message: ConsoleMessage) -> None:
        # What the content policy blocks is an error of the console too.
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text} ({message.page.url if message.page else ''})")

    def _on_error(self, error: WebError) -> None:
        self.faults.append(f"script: {error.error}")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme != "data" and parts.hostname != "127.0.0.1":
            self.faults.append(f"left the portal: {request.url}")

    def _on_failure(self, request: Request) -> None:
        # A page that turns out to be a file ends as a download, which counts as an aborted navigation; and a page may
        # be left before its icon has come.
        if request.failure == "net::ERR_ABORTED" and (request.is_navigation_request() or "favicon" in request.url):
            return
        self.faults.append(f"failed: {request.url} {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"answered {response.status}: {response.url}")

    # ---- going

    def go(self, path: str) -> None:
        self.page.goto(self.site.address + path)
        self.page.wait_for_function(_BOXES_ARE_DRAWN)

    def sign_in(self, username: str) -> None:
        self.go("/accounts/login/")
        self.page.get_by_label("用户名").fill(username)
        self.page.get_by_label("密码").fill(self.site.passwords[username])
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def arrives_at(self, heading: str) -> None:
        """Expect the page with this main heading, and look it over."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)
        self.look_over()

    def resize(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": 844 if width < 640 else 800})

    # ---- asking

    def look_over(self) -> None:
        """Assert what holds for every page: nothing sticks out sideways, and axe has nothing to say."""
        assert not (found := self.too_wide()), found
        assert not (found := self.violations()), found

    def too_wide(self) -> list[str]:
        """Return what makes the page scroll sideways."""
        return self.page.evaluate(_TOO_WIDE)

    def violations(self) -> list[str]:
        """Return what axe reports, one line for each place."""
        return [
            f"{violation['id']}: {node['target']} {node['html'][:200]} {node['failureSummary']}"
            for violation in Axe().run(self.page, options=AXE_OPTIONS).response["violations"]
            for node in violation["nodes"]
        ]

    def tab_stops(self, *, limit: int = 400) -> list[Stop]:
        """Press Tab through the whole page and return where it stopped."""
        stops = []
        for _ in range(limit):
            self.page.keyboard.press("Tab")
            found = self.page.evaluate(_RING)
            if found is None:
                return stops
            stops.append(Stop(found["what"], found["hasRing"], found["isSeen"], found["isMain"]))
        raise AssertionError(f"Tab never left the page: {stops[-3:]}")

    def text_smaller_than(self, pixels: float) -> list[str]:
        return self.page.evaluate(_SMALL_TEXT, pixels)
