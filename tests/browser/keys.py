"""Going through a window by keyboard alone: nothing is clicked, filled or scrolled to."""

from dataclasses import dataclass

import pytest

from tests.browser.visits import Window

MOST_STEPS = 60
# What has the focus: its name, its outline, and whether it is what one sees where it is (a tall field: where it begins).
FOCUSED = """() => {
    const it = document.activeElement, box = it.getClientRects()[0] ?? it.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
    const name = it.getAttribute("aria-label") || (it.labels?.[0] ?? it).textContent;
    return {
        name: name.replace(/\\s+/g, " ").trim().replace(/\\*$/, ""),  // without the star of what must be filled
        html: it.outerHTML.slice(0, 200),
        ring: getComputedStyle(it).outlineStyle,
        seen: top !== null && (it.contains(top) || top.contains(it)),
    };
}"""


@dataclass
class Keys:
    """The keyboard of a window; whatever has the focus on the way must show that it has."""

    window: Window

    def tab_to(self, name: str) -> None:
        """Press Tab until the link, button or field that is called exactly `name` has the focus."""
        passed = []
        for _step in range(MOST_STEPS):
            self.window.page.keyboard.press("Tab")
            focused = self.window.page.evaluate(FOCUSED)
            if focused["html"].startswith("<body"):
                break
            assert focused["ring"] != "none", focused["html"]
            assert focused["seen"], focused["html"]
            if focused["name"] == name:
                return
            passed.append(focused["name"])
        pytest.fail(f"Tab does not lead to “{name}”, only to {passed}")

    def skip(self) -> None:
        """The first stop of every page leads past its head."""
        self.tab_to("Skip to content")
        self.window.page.keyboard.press("Enter")
        assert self.window.page.evaluate("document.activeElement.id") == "main"

    def type_into(self, name: str, text: str) -> None:
        """Into a field; of a select, `text` is the beginning of the choice."""
        self.tab_to(name)
        self.window.page.keyboard.type(text)

    def go(self, name: str) -> None:
        """Follow the link or press the button `name`, which leads to another page."""
        self.tab_to(name)
        with self.window.page.expect_navigation():
            self.window.page.keyboard.press("Enter")

    def sign_in(self, email: str, password: str) -> None:
        """On whatever page asked for it."""
        self.type_into("Email", email)
        self.type_into("Password", password)
        self.go("Sign in")
