"""A browser window on the tests' own server, which remembers everything that should not have happened in it."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request

from accounts.models import User

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
PASSWORD = "four quiet words together"


@dataclass
class Window:
    """One page in a browser context of its own. `trouble`: errors in its console, requests to other hosts."""

    base: str
    context: BrowserContext
    page: Page
    trouble: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Remember every complaint of the browser (broken pages, refusals of the CSP) and every request elsewhere."""
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.trouble.append(f"{self.page.url}: {error}"))
        self.context.on("request", self._see)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.trouble.append(f"{self.page.url}: {message.text}")

    def _see(self, request: Request) -> None:
        if urlsplit(request.url).scheme in {"http", "https", "ws", "wss"} and not request.url.startswith(self.base):
            self.trouble.append(f"{self.page.url}: asks {request.url}")

    def goto(self, path: str) -> int:
        """Open a path of ours, or one of our whole addresses as a mail gives it; its status."""
        response = self.page.goto(path if path.startswith(self.base) else self.base + path)
        return response.status if response else 0

    def press(self, name: str) -> None:
        """Press the button with exactly this name and wait for the page it leads to."""
        self._go(self.page.get_by_role("button", name=name, exact=True))

    def press_beginning(self, name: str) -> None:
        """Press the button whose name begins so; the rest of it is a count."""
        self._go(self.page.get_by_role("button", name=re.compile(f"^{re.escape(name)}")))

    def follow(self, name: str) -> None:
        """Follow the first link with exactly this name in the page's own content."""
        self._go(self.page.locator("main").get_by_role("link", name=name, exact=True).first)

    def _go(self, target: Locator) -> None:
        with self.page.expect_navigation():
            target.click()

    def fill(self, **values: str) -> None:
        """Fill fields by their `name` in the form; what kind of field it is shows itself."""
        for name, value in values.items():
            fields = self.page.locator(f"main [name={name}]:not([type=hidden])")
            kind = fields.first.evaluate("field => field.tagName == 'SELECT' ? 'select' : field.type")
            if kind == "checkbox" and value == "on":
                fields.check()
            elif kind in {"radio", "checkbox"}:
                self.page.locator(f"main [name={name}][value='{value}']").check()
            elif kind == "select":
                fields.select_option(value)
            else:
                fields.fill(value)

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        """Through the form, on whatever page asked for it."""
        self.fill(login=email, password=password)
        self.press("Sign in")

    def leave(self) -> None:
        """Forget who was here; whoever comes next at this window is somebody else."""
        self.context.clear_cookies()
        self.page.goto("about:blank")

    def text(self) -> str:
        """What one reads in the page's own content."""
        return self.page.locator("main").inner_text()


def open_window(browser: Browser, base: str, user: User | None = None, **options: Any) -> Window:
    """A new window of `user` (None: not signed in). Options: `viewport`, `color_scheme`, `java_script_enabled`, ..."""
    context = browser.new_context(**{"viewport": DESKTOP, "locale": "en", "timezone_id": "UTC"} | options)
    context.set_default_timeout(10_000)
    if user is not None:
        client = Client()
        client.force_login(user)
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": base}])
    window = Window(base, context, context.new_page())
    window.watch()
    return window
