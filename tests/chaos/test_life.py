"""The scheduler and the worker, as `make run` starts them, leave signs of life."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from accounts.clock import database_now
from notices.actions.life import heard, silent
from notices.models import Heartbeat
from setup import processes
from setup.supervisor import Child

LONGEST = 120  # seconds until we say that something hangs


@pytest.fixture
def running(process_environ: dict[str, str], tmp_path: Path) -> Iterator[list[subprocess.Popen]]:
    environ = {**process_environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    started = [start(child, tmp_path) for child in (processes.beat(environ, tmp_path), processes.worker(environ))]
    yield started
    for process in started:
        process.kill()
        process.wait()


def start(child: Child, folder: Path) -> subprocess.Popen:
    with (folder / f"{child.name}.log").open("wb") as log:
        return subprocess.Popen(child.command, env=child.environ, cwd=settings.BASE_DIR, stdout=log, stderr=log)


@pytest.mark.django_db(transaction=True)
def test_beat_and_worker_are_heard(running, tmp_path):
    at_first = set(silent(heard(), database_now()))

    until = time.monotonic() + LONGEST
    while silent(heard(), database_now()) and time.monotonic() < until:
        time.sleep(0.2)

    logs = "".join(path.read_text() for path in tmp_path.glob("*.log"))
    assert at_first == {"beat", "worker"}
    assert silent(heard(), database_now()) == {}, logs
    assert all(process.poll() is None for process in running), logs


@pytest.mark.django_db
def test_a_process_that_was_last_heard_fifteen_minutes_ago_is_silent():
    now = database_now()
    Heartbeat.objects.create(process="beat", at=now - Heartbeat.SILENCE)
    Heartbeat.objects.create(process="worker", at=now)

    assert silent(heard(), now) == {"beat": now - Heartbeat.SILENCE}
