"""What comes over the wire when somebody opens a page for the first time: the limits are of the first issue."""

from django.utils import timezone
from playwright.sync_api import Request

from accounts.models import User
from tests.browser.conftest import Open
from tests.pages import every_page

MOST_BYTES = 60_000
MOST_REQUESTS = 6
OPENED_FIRST = {
    "account_login",
    "home:home",
    "home:search",
    "members:organisations",
    "members:organisation",
    "members:import",
    "campaigns:campaign",
    "meetings:meeting",
    "decisions:position",
    "notices:deliveries",
}


def test_a_cold_load_is_small(visit: Open) -> None:
    pages = {page.name: page for page in reversed(every_page(timezone.now())) if page.name in OPENED_FIRST}
    too_much = {}

    for page in pages.values():
        user = User.objects.get(email=f"{page.reader}@demo.example") if page.reader else None
        window, requests = visit(user), list[Request]()
        window.page.on("requestfinished", lambda request, seen=requests: seen.append(request))
        window.page.goto(window.base + page.path, wait_until="networkidle")
        sizes = [request.sizes() for request in requests]
        bytes_ = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
        print(f"{bytes_:6} bytes, {len(requests)} requests: {page}")
        if bytes_ > MOST_BYTES or len(requests) > MOST_REQUESTS:
            too_much[str(page)] = (bytes_, [request.url for request in requests])
        window.context.close()

    assert set(pages) == OPENED_FIRST
    assert too_much == {}
