"""`make bench`: what the pages cost with 400 and with 100,000 organisations, beside a bare page of the same run; then
what reminders cost. ARGS=pages or ARGS=reminders for one of the two, ARGS="reminders --million" to plan so many."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg2

from setup import processes
from setup.ports import any_free_port, takes_mail
from setup.postgres import DATABASE, ROLE
from setup.servers import Servers
from setup.supervisor import Child, Supervisor
from tests.bench.measure import ROUNDS, Browser, Timing, cold_load, time_pages

SIZES = (400, 100_000)


def main() -> int:
    asked = {word for word in sys.argv[1:] if not word.startswith("-")} or {"pages", "reminders"}
    return max(act() for name, act in (("pages", pages), ("reminders", reminders)) if name in asked)


def reminders() -> int:
    """What reminders cost, in a process of its own: see reminders.py. The database keeps what it commits, as in a house."""
    folder = Path(tempfile.mkdtemp(prefix="coalition-bench-"))
    supervisor = Supervisor(folder / "log", console=False)
    servers, places = Servers(folder), []
    try:
        servers.start_postgres(supervisor)
        for number in range(2):
            port, place = any_free_port(), folder / f"server-{number}"
            supervisor.start(replace(processes.mail(place, port), name=f"mail-{number}"), partial(takes_mail, port))
            places.append(f"{place / 'mail'}:{port}")
        environ = environment(servers, folder) | {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environ, check=True)
        options = [word for word in sys.argv[1:] if word.startswith("-")]
        words = ["-m", "tests.bench.reminders", *places, *options]
        return subprocess.run([sys.executable, *words], env=environ).returncode
    finally:
        supervisor.stop()
        servers.remove_sockets()
        shutil.rmtree(folder, ignore_errors=True)


def environment(servers: Servers, folder: Path) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "SECRET_KEY": "bench",
        "ALLOWED_HOSTS": "localhost",
        "COALITION_EMBEDDED": "1",
        "COALITION_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
    }


def pages() -> int:
    folder = Path(tempfile.mkdtemp(prefix="coalition-bench-"))
    supervisor = Supervisor(folder / "log", console=False)
    servers = Servers(folder, throw_away=True)
    try:
        servers.start_postgres(supervisor)
        sites = {size: site(size, servers, supervisor, folder) for size in SIZES}
        timings = time_pages(
            {f"{size} {page}": visit for size, pages in sites.items() for page, visit in pages.items()}
        )
        pages = sites[SIZES[-1]]
        weights = {page: cold_load(*visit) for page, visit in pages.items()}
    finally:
        supervisor.stop()
        servers.remove_sockets()
        shutil.rmtree(folder, ignore_errors=True)
    return report({size: {page: timings[f"{size} {page}"] for page in pages} for size in SIZES}, weights)


def site(size: int, servers: Servers, supervisor: Supervisor, folder: Path) -> dict[str, tuple[Browser, str]]:
    """Build a database of this size, serve it with one worker: {page: (its reader's signed-in browser, path)}."""
    name = f"bench_{size}"
    environ = environment(servers, folder)
    environ["DATABASE_URL"] = environ["DATABASE_URL"].replace("/coalition?", f"/{name}?")
    make_database(servers, name)
    for words in (["manage.py", "prepare"], ["-m", "tests.bench.seed", str(size)]):
        done = subprocess.run([sys.executable, *words], env=environ, check=True, stdout=subprocess.PIPE, text=True)
    seeded = json.loads(done.stdout.splitlines()[-1])
    port = any_free_port()
    words = [
        "gunicorn",
        "coalition.wsgi:application",
        "-b",
        f"127.0.0.1:{port}",
        "-k",
        "gthread",
        "--keep-alive",
        "120",
    ]
    supervisor.start(Child(f"web-{size}", [sys.executable, "-m", *words], environ), lambda: answers(port), seconds=60)
    readers = {reader: Browser(port, session) for reader, session in seeded["sessions"].items()}
    return {page: (readers[reader], path) for page, (path, reader) in seeded["pages"].items()}


def make_database(servers: Servers, name: str) -> None:
    """With our own driver: a machine need not have psql."""
    connection = psycopg2.connect(host=str(servers.sockets / "postgres"), user=ROLE, dbname=DATABASE)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()


def answers(port: int) -> bool:
    try:
        Browser(port, "").get("/healthz")
    except OSError:
        return False
    return True


def report(found: dict[int, dict[str, Timing]], weights: dict[str, tuple[int, int]]) -> int:
    """Print the figures; 1 when one breaks what the design demands."""
    for size, timings in found.items():
        bare = timings["bare"].median
        print(f"\n{size:,} organisations, {ROUNDS} rounds; a bare Django list page takes {bare:.1f} ms")
        print(f"{'page':26}{'median ms':>10}{'p95 ms':>9}{'x bare':>8}{'statements':>12}")
        for page, timing in timings.items():
            ratio = timing.median / bare
            print(f"{page:26}{timing.median:10.1f}{timing.p95:9.1f}{ratio:8.1f}{timing.statements:12}")
    small, large = (found[size] for size in SIZES)
    print(f"\n{'page':26}{'100,000 : 400':>14}{'kB cold':>9}{'requests':>10}")
    for page, (weight, requests) in weights.items():
        print(f"{page:26}{large[page].median / small[page].median:13.2f}x{weight / 1000:9.1f}{requests:10}")
    broken = list(faults(small, large, weights))
    print("\n" + ("\n".join(broken) or "Within what the design demands."))
    return 1 if broken else 0


def faults(small: dict[str, Timing], large: dict[str, Timing], weights: dict[str, tuple[int, int]]) -> Iterator[str]:
    for page, (weight, requests) in weights.items():
        if max(small[page].statements, large[page].statements) > 12:
            yield f"{page}: more than 12 statements"
        if (weight > 60_000 or requests > 6) and "CSV" not in page:  # a file is as long as what is in it
            yield f"{page}: a cold load of more than 60 kB or 6 requests"
        if page != "bare" and large[page].median > 1.5 * small[page].median:
            yield f"{page}: more than 1.5x slower with 100,000 organisations"


if __name__ == "__main__":
    began = time.monotonic()
    code = main()
    print(f"took {time.monotonic() - began:.0f} s")
    sys.exit(code)
