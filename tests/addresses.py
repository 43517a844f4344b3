"""Every address of the portal, from the resolver itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


def routes(resolver: Any = None, prefix: str = "/") -> Iterator[str]:
    """Return every address of the project as a pattern: /suggestions/department/<pk>/reply/."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, prefix + str(pattern.pattern))
        else:
            assert isinstance(pattern, URLPattern)
            # Without converters, and the admin's two regular expressions like the others.
            regex = re.sub(r"\(\?P<(\w+)>.*?\)", r"<\1>", str(pattern.pattern)).strip("^$")
            yield prefix + re.sub(r"<\w+:(\w+)>", r"<\1>", regex)
