"""``make setup``: everything that `make run` and `make test` need, each step done once."""

from __future__ import annotations

import argparse
import sys

from congress_portal.machine import browser, interpreter, printing


def ensure(*, develop: bool = False, with_browser: bool = False) -> bool:
    """Bring what is missing and say what cannot be brought; False means that going on makes no sense."""
    if not interpreter.ensure(develop=develop):
        return False
    return printing.ensure() and (browser.ensure() if with_browser else True)


def main() -> int:
    """Set up from the command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--develop", action="store_true", help="also what tests and lint need")
    options.add_argument("--browser", action="store_true", help="also Chromium and a Chinese font for it")
    chosen = options.parse_args()
    return 0 if ensure(develop=chosen.develop, with_browser=chosen.browser) else 1


if __name__ == "__main__":
    sys.exit(main())
