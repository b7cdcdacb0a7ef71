"""What stands in the way of a start is told in one sentence."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from setup import ROOT, Stop, ports, state
from setup.commands import NO_COMPILER, NO_NETWORK, explain
from setup.processes import NEEDED
from setup.run import refuse_unsafe_settings


def test_a_taken_port_is_replaced_and_said(capsys: pytest.CaptureFixture[str]):
    with socket.socket() as other:
        other.bind((ports.HOST, 0))
        other.listen()
        taken = other.getsockname()[1]

        port = ports.choose_port(taken)

    assert port > taken
    assert capsys.readouterr().out == f"Port {taken} is taken; using {port} instead.\n"


def test_a_free_port_is_obeyed_in_silence(capsys: pytest.CaptureFixture[str]):
    free = ports.any_free_port()

    assert ports.choose_port(free) == free
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("asked", ["http", "0", "65536", "-1", "٣", ""])
def test_what_is_no_port_is_refused(monkeypatch: pytest.MonkeyPatch, asked: str):
    monkeypatch.setenv("PORT", asked)

    with pytest.raises(Stop, match="PORT must be a number from 1 to 65535"):
        ports.wanted_port()


def test_unsafe_settings_are_refused_in_one_sentence():
    unsafe = {name: os.environ[name] for name in NEEDED} | {"SECRET_KEY": "short"}

    with pytest.raises(Stop, match=r"^SECRET_KEY is too weak\. Set it to at least 50 random characters\.$"):
        refuse_unsafe_settings({"PATH": os.environ["PATH"], **unsafe})


def test_some_of_the_five_settings_are_not_enough():
    environ = {name: value for name, value in os.environ.items() if name not in NEEDED}

    done = subprocess.run(
        [sys.executable, "-m", "setup.run"],
        cwd=ROOT,
        env={**environ, "DATABASE_URL": "postgres://db/coalition", "SECRET_KEY": "x"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.strip() == (
        "DATABASE_URL and SECRET_KEY set, so no server is started here; but REDIS_URL and EMAIL_URL and ALLOWED_HOSTS "
        "not set. Set all five (docs/production.md says to what), or none of them."
    )


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ("error: Failed to fetch: `…`\n  Caused by: dns error: failed to lookup address information", NO_NETWORK),
        ("npm error code ENOTFOUND\nnpm error network request failed", NO_NETWORK),
        ("building '_x' extension\nerror: command 'gcc' failed: No such file or directory", NO_COMPILER),
    ],
)
def test_a_failed_installation_says_what_to_do(printed: str, sentence: str):
    assert (
        explain("The packages could not be installed.", printed) == f"The packages could not be installed. {sentence}"
    )


def test_any_other_failure_shows_the_last_lines():
    told = explain("It failed.", "first\n\nsecond\nthird\nfourth\n")

    assert told.splitlines()[1:] == ["second", "third", "fourth"]


def test_the_secret_is_made_once_and_for_us_alone(tmp_path: Path):
    first = state.secret_key(tmp_path)

    assert state.secret_key(tmp_path) == first
    assert len(first) >= 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_second_start_in_one_folder_learns_where_the_first_is(tmp_path: Path):
    first, second = state.Running(tmp_path), state.Running(tmp_path)
    assert first.take()
    first.tell({"address": "http://127.0.0.1:8000/"})

    taken = second.take()

    first.release()
    assert not taken
    assert second.told() == {"process": str(os.getpid()), "address": "http://127.0.0.1:8000/"}
    assert second.take()
    second.release()
