"""`make bench`: what the pages cost with 400 and with 100,000 organisations, beside a bare page of the same run."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from setup.ports import choose_port
from setup.servers import Servers
from setup.supervisor import Child, Supervisor
from tests.bench.measure import Browser, Timing, cold_load, time_pages

SIZES = (400, 100_000)


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="coalition-bench-"))
    supervisor = Supervisor(folder / "log", console=False)
    servers = Servers(folder, throw_away=True)
    try:
        servers.start_postgres(supervisor)
        found = {size: measure(size, servers, supervisor, folder) for size in SIZES}
    finally:
        supervisor.stop()
        servers.remove_sockets()
    return report(found)


def measure(size: int, servers: Servers, supervisor: Supervisor, folder: Path) -> tuple[dict, dict]:
    """Build a database of this size and time its pages: ({page: Timing}, {page: (bytes, requests)})."""
    name = f"bench_{size}"
    environ = os.environ | {
        "DATABASE_URL": servers.database_url.replace("/coalition?", f"/{name}?"),
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "SECRET_KEY": "bench",
        "ALLOWED_HOSTS": "localhost",
        "COALITION_EMBEDDED": "1",
        "COALITION_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
    }
    subprocess.run(
        ["psql", "-q", "-h", str(servers.sockets / "postgres"), "-U", "coalition", "-c", f"CREATE DATABASE {name}"],
        check=True,
    )
    for words in (["manage.py", "prepare"], ["-m", "tests.bench.seed", str(size)]):
        done = subprocess.run([sys.executable, *words], env=environ, check=True, stdout=subprocess.PIPE, text=True)
    seeded = json.loads(done.stdout.splitlines()[-1])
    port = choose_port(28000)
    web = Child(
        f"web-{size}",
        [
            sys.executable,
            "-m",
            "gunicorn",
            "coalition.wsgi:application",
            "-b",
            f"127.0.0.1:{port}",
            "--keep-alive",
            "60",
        ],
        environ,
    )
    browser = Browser(port, seeded["session"])
    supervisor.start(web, lambda: answers(port), seconds=60)
    timings = time_pages(browser, seeded["pages"])
    weights = {page: cold_load(browser, path) for page, path in seeded["pages"].items() if page != "bare"}
    return timings, weights


def answers(port: int) -> bool:
    try:
        Browser(port, "").get("/healthz")
    except OSError:
        return False
    return True


def report(found: dict[int, tuple[dict[str, Timing], dict[str, tuple[int, int]]]]) -> int:
    """Print a table; 1 when a figure breaks what the design demands."""
    broken = []
    for size, (timings, weights) in found.items():
        bare = timings["bare"].median
        print(f"\n{size:,} organisations  (bare Django list page: {bare:.1f} ms)")
        print(f"{'page':28}{'median ms':>10}{'p95 ms':>9}{'x bare':>8}{'statements':>12}{'kB cold':>9}{'requests':>10}")
        for page, timing in timings.items():
            weight, requests = weights.get(page, (0, 0))
            print(
                f"{page:28}{timing.median:10.1f}{timing.p95:9.1f}{timing.median / bare:8.1f}"
                f"{timing.statements:12}{weight / 1000:9.1f}{requests:10}"
            )
            if timing.statements > 12 or weight > 60_000 or requests > 6:
                broken.append(f"{page} with {size:,}: more than 12 statements, 60 kB or 6 requests")
    small, large = (found[size][0] for size in SIZES)
    print("\n100,000 beside 400 organisations, median:")
    for page in small:
        ratio = large[page].median / small[page].median
        print(f"{page:28}{ratio:10.2f}x")
        if ratio > 1.5 and page != "bare":
            broken.append(f"{page}: {ratio:.2f}x slower with 100,000 organisations, 1.5x is allowed")
    print("\n" + ("\n".join(broken) or "Within what the design demands."))
    return 1 if broken else 0


if __name__ == "__main__":
    began = time.monotonic()
    code = main()
    print(f"took {time.monotonic() - began:.0f} s")
    sys.exit(code)
