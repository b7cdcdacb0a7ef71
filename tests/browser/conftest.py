"""A real browser on a real web server (gunicorn, the built style sheet) on the test's database.

Without a Chromium on this machine these tests are skipped; under CI=true they fail instead.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Browser, sync_playwright

from decisions.models.levels import usual_level
from setup import frontend, ports, processes
from setup.browser import MISSING, chromium
from setup.supervisor import Supervisor
from setup.test import in_ci
from tests.browser.visits import Window, open_window
from tests.servers import environment_on_this_database

HERE = Path(__file__).parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
Open = Callable[..., Window]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them, and say once what is missing where there is no browser."""
    skip = pytest.mark.skip(reason=MISSING)
    for item in [item for item in items if HERE in item.path.parents]:
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.django_db(transaction=True))
        if chromium() is None and not in_ci():
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def level(transactional_db: None) -> None:
    """Where earlier tests have emptied the tables, the level that a draft begins with is there again."""
    usual_level()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, started once."""
    path = chromium()
    if path is None:
        pytest.fail(MISSING, pytrace=False)
    # Playwright runs an event loop in this thread, where Django would refuse to ask the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def environ(django_db_setup: None, django_db_blocker: Any) -> dict[str, str]:
    """The environment of the web server, the worker and the scheduler: this test database, this test's mail server."""
    with django_db_blocker.unblock():
        environ = environment_on_this_database()
    port = ports.any_free_port()
    base = f"http://{ports.HOST}:{port}"
    return environ | {"DJANGO_SETTINGS_MODULE": "tests.browser.settings", "BASE_URL": base, "PORT": str(port)}


@pytest.fixture(scope="package")
def supervisor() -> Iterator[Supervisor]:
    """Keeper of the real processes, as in `make run`; their logs lie beside the other state of the tests."""
    supervisor = Supervisor(Path(os.environ["COALITION_VAR"]) / "log", console=False)
    yield supervisor
    supervisor.stop()


@pytest.fixture(scope="package")
def site(environ: dict[str, str], supervisor: Supervisor) -> str:
    """The address of a gunicorn with the real static files."""
    frontend.build()
    storages = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
    with override_settings(STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
    port = int(environ["PORT"])
    supervisor.start(processes.web(environ, port), lambda: ports.page_answers(port, ports.HOST), seconds=60)
    return environ["BASE_URL"]


@pytest.fixture(scope="package")
def first_types(site: str, django_db_blocker: Any) -> list[ContentType]:
    with django_db_blocker.unblock():
        return list(ContentType.objects.all())


@pytest.fixture
def same_types(first_types: list[ContentType], transactional_db: None) -> None:
    """Content types keep their ids from test to test, for the web server remembers them; emptying tables renews them."""
    if list(ContentType.objects.all()) != first_types:
        Permission.objects.all().delete()
        ContentType.objects.all().delete()
        ContentType.objects.bulk_create(first_types)
        ContentType.objects.clear_cache()


@pytest.fixture
def visit(browser: Browser, site: str, supervisor: Supervisor, same_types: None) -> Iterator[Open]:
    """visit(user, viewport=PHONE, ...) opens a window. At the end no window may have had any trouble."""
    windows: list[Window] = []
    log = supervisor.logs / "web.log"
    said_before = log.stat().st_size

    def opens(*args: Any, **options: Any) -> Window:
        windows.append(open_window(browser, site, *args, **options))
        return windows[-1]

    yield opens
    for window in windows:
        window.context.close()
    print(log.read_bytes()[said_before:].decode(errors="replace"))  # pytest shows it when the test failed
    assert [said for window in windows for said in window.trouble] == []


@pytest.fixture
def real_processes(environ: dict[str, str], supervisor: Supervisor) -> Iterator[None]:
    """A Celery worker and beat of their own, for one test."""
    folder = Path(os.environ["COALITION_VAR"])
    started = [processes.worker(environ), processes.beat(environ, folder)]
    for child in started:
        supervisor.start(replace(child, patience=5))
    yield
    for child in supervisor.children[-2:]:
        supervisor.stop_child(child)
        supervisor.children.remove(child)
