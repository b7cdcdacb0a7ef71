"""Children are kept alive, and none stays behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from setup import Stop
from setup.supervisor import Child, Supervisor, alive

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(60)",
]
FAMILY = """
import sys
from pathlib import Path
from setup.supervisor import Child, Supervisor
supervisor = Supervisor(Path(sys.argv[1]), console=True)
supervisor.obey_signals()
farewell = "import signal, sys, time; signal.signal(15, lambda *a: sys.exit(print('bye')))"
for place in (2, 1):
    command = [sys.executable, "-c", farewell + "; print('ready', flush=True); time.sleep(60)"]
    child = Child(f"child{place}", command, {}, stops=place)
    supervisor.start(child, lambda: "ready" in (Path(sys.argv[1]) / f"child{place}.log").read_text())
    print(child.process.pid, flush=True)
print("up", flush=True)
supervisor.run()
supervisor.stop()
"""


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while not (held := condition()) and time.monotonic() < until:
        time.sleep(0.05)
    return held


def exists(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""  # a zombie's is empty
    except OSError:
        return False


def family(folder: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """A supervisor in a process of its own with two children: the process, and the children's ids."""
    process = subprocess.Popen([sys.executable, "-c", FAMILY, str(folder)], stdout=subprocess.PIPE, text=True)
    pids: list[int] = []
    for line in process.stdout:
        if line.strip() == "up":
            return process, pids
        if line.strip().isdigit():
            pids.append(int(line))
    raise AssertionError("the family did not come up")


def test_a_killed_child_is_started_again(tmp_path: Path):
    supervisor, child = Supervisor(tmp_path, console=False), Child("sleeper", SLEEPER, dict(os.environ))
    supervisor.start(child)
    first = child.process.pid

    child.process.kill()
    child.process.wait()
    restarted = eventually(lambda: supervisor.revive() or (alive(child) and child.process.pid != first))

    supervisor.stop()
    assert restarted
    assert not alive(child)


def test_a_child_that_keeps_dying_is_started_ever_more_slowly(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    supervisor = Supervisor(tmp_path, console=False)
    child = Child("mayfly", [sys.executable, "-c", "raise SystemExit(3)"], dict(os.environ))
    supervisor.start(child)

    eventually(lambda: supervisor.revive() or child.deaths == 3)

    supervisor.stop()
    said = capsys.readouterr().out.splitlines()
    assert said == [f"mayfly ended with exit code 3; starting it again in {pause} s." for pause in ("0.5", "1", "2")]


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path):
    supervisor = Supervisor(tmp_path, console=False)
    child = Child("stubborn", STUBBORN, dict(os.environ), patience=0.2)
    supervisor.start(child, lambda: "here" in (tmp_path / "stubborn.log").read_text())

    supervisor.stop()

    assert child.process.returncode == -signal.SIGKILL


def test_a_child_that_cannot_start_is_told_with_its_last_words(tmp_path: Path):
    supervisor = Supervisor(tmp_path, console=True)
    child = Child("broken", [sys.executable, "-c", "raise SystemExit('no disk left')"], dict(os.environ))

    with pytest.raises(Stop, match=r"(?s)broken could not start.*no disk left"):
        supervisor.start(child, lambda: False)

    supervisor.stop()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_all_children_in_order(tmp_path: Path, number: signal.Signals):
    process, pids = family(tmp_path)

    process.send_signal(number)
    output, _ = process.communicate(timeout=20)

    assert process.returncode == 0
    assert output.strip() == "Stopping ..."
    assert not any(map(exists, pids))
    ended = [(tmp_path / f"child{place}.log").stat().st_mtime_ns for place in (1, 2)]
    assert ended == sorted(ended)
    assert all((tmp_path / f"child{place}.log").read_text() == "ready\nbye\n" for place in (1, 2))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a child that its parent died")
def test_children_do_not_outlive_a_killed_supervisor(tmp_path: Path):
    process, pids = family(tmp_path)

    process.kill()
    process.communicate()

    assert len(pids) == 2
    assert eventually(lambda: not any(map(exists, pids)))
