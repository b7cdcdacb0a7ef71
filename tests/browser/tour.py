"""A tour of many pages by the same readers: what axe finds on each, and whether it fits its window."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe

from accounts.models import User
from home.pseudo_locale import pseudo
from tests.browser.visits import Window
from tests.pages import Page

FAILED = "Failed to load resource"


@dataclass
class Tour:
    """One window per reader, all of the same look; what was wrong on which page. `is_pseudo`: in the made-up language."""

    visit: Callable[..., Window]
    look: dict
    is_pseudo: bool = False
    windows: dict[str, Window] = field(default_factory=dict)

    def spoken(self, words: str, page: Page) -> str:
        """As they stand on the page: whoever has not signed in reads English."""
        return pseudo(words) if self.is_pseudo and page.reader else words

    def opens(self, page: Page) -> Window:
        if page.reader not in self.windows:
            user = User.objects.get(email=f"{page.reader}@demo.example") if page.reader else None
            self.windows[page.reader] = self.visit(user, bypass_csp=True, **self.look)
        window = self.windows[page.reader]
        status = window.goto(page.path)
        if page.status >= 400:  # the console says so, as it should
            window.trouble[:] = [said for said in window.trouble if FAILED not in said]
        if page.press:
            window.press(self.spoken(page.press, page))
            assert window.page.title().startswith(self.spoken("Error:", page))
        window.page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        assert status == page.status
        return window

    def faults(self, page: Page) -> Iterator[str]:
        """What axe finds, and whether the page is wider than its window."""
        window = self.opens(page)
        for violation in Axe().run(window.page).response["violations"]:
            for node in violation["nodes"]:
                yield f"{violation['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        wider = window.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            yield f"{wider} px wider than the window"
