"""The browser that the browser tests drive: the machine's own, never a downloaded one."""

from __future__ import annotations

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "Browser tests need Chromium, which this machine lacks: install it (on Debian or Ubuntu: "
    "sudo apt-get install chromium), or set CHROMIUM to the path of one."
)


def chromium() -> str | None:
    """The path of a Chromium or Chrome: what CHROMIUM names, else the first found; None when there is none."""
    asked = os.environ.get("CHROMIUM")
    return shutil.which(asked) if asked else next(filter(None, map(shutil.which, NAMES)), None)
