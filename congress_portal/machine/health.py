"""What a container asks its own web process: does it serve. Exit 0 says yes.

Asked as the proxy in front would, by the portal's name and over HTTPS, since anything else is refused or sent on.
"""

from __future__ import annotations

import http.client
import os
import sys


def is_serving(port: int) -> bool:
    """Tell whether the process on this port answers, and its database too."""
    name = os.environ.get("ALLOWED_HOSTS", "").partition(",")[0].lstrip("*.") or "127.0.0.1"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/", headers={"Host": name, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_serving(int(os.environ.get("PORT", "8000"))) else 1)
