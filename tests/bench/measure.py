"""Timing pages over one kept connection, and weighing a cold load."""

import http.client
import re
import statistics
import time
from dataclasses import dataclass

from django.utils.encoding import iri_to_uri

ROUNDS = 60
WARM_UP = 5


@dataclass(frozen=True)
class Timing:
    """Milliseconds and statements of one page."""

    median: float
    p95: float
    statements: int


class Browser:
    """A signed-in client of the server on `port` of this machine."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.headers = {"Cookie": f"sessionid={session}", "Host": "localhost"}

    def get(self, path: str, encodings: str = "identity") -> tuple[http.client.HTTPResponse, bytes]:
        self.connection.request("GET", iri_to_uri(path), headers=self.headers | {"Accept-Encoding": encodings})
        response = self.connection.getresponse()
        return response, response.read()


def time_pages(visits: dict[str, tuple[Browser, str]]) -> dict[str, Timing]:
    """{name: (browser, path)}, each ROUNDS times, in turn, so that a slow moment of the machine hits all alike."""
    spent: dict[str, list[float]] = {name: [] for name in visits}
    statements = {}
    for turn in range(ROUNDS + WARM_UP):
        for name, (browser, path) in visits.items():
            began = time.perf_counter()
            response, _body = browser.get(path)
            took = (time.perf_counter() - began) * 1000
            if response.status != 200:
                raise SystemExit(f"{name}: {path} answered {response.status}")
            statements[name] = int(response.headers["X-Statements"])
            if turn >= WARM_UP:
                spent[name].append(took)
    return {
        name: Timing(statistics.median(times), statistics.quantiles(times, n=20)[18], statements[name])
        for name, times in spent.items()
    }


def cold_load(browser: Browser, path: str) -> tuple[int, int]:
    """(bytes on the wire, requests) of a first visit: the page and all it asks for, compressed as a browser takes it."""
    response, body = browser.get(path)
    found = re.findall(rb'(?:href|src)="(/static/[^"]+)"', body)
    weight = 0
    for one in [path, *sorted({name.decode() for name in found})]:
        response, body = browser.get(one, "br, gzip")
        weight += len(body) + sum(len(name) + len(value) + 4 for name, value in response.getheaders())
    return weight, 1 + len(set(found))
