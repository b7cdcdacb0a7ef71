"""The short form of `make chaos`, in processes and on servers of its own."""

import subprocess
import sys

from django.conf import settings


def test_whatever_dies_nothing_is_lost_sent_twice_or_to_the_wrong_reader(record_property):
    words = [sys.executable, "-m", "tests.chaos", "--seed", "20"]

    run = subprocess.run(words, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True, timeout=700)

    record_property("figures", run.stdout.strip())
    assert run.returncode == 0, run.stdout
