"""Starts the servers and processes, keeps them alive, and stops them in order. Nothing stays behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from setup import Stop, say

LONGEST_PAUSE = 30.0  # seconds between two starts of a child that keeps dying
LIVED_WELL = 30.0  # seconds after which a death is no longer counted with the one before
LARGEST_LOG = 10_000_000  # bytes; then the log moves to *.log.1
WIDEST_LINE = 160
PR_SET_PDEATHSIG = 1
TROUBLE = re.compile(r"\b(WARNING|ERROR|CRITICAL|FATAL|PANIC|Traceback)\b")


@dataclass
class Child:
    """A process to keep running: how to start it, how to stop it, and what the console shows of it."""

    name: str
    command: list[str]
    environ: dict[str, str]
    stops: int = 0  # children stop in rising order of this
    stop_signal: int = signal.SIGTERM
    kill_signal: int = signal.SIGKILL
    patience: float = 15.0  # seconds between the stop signal and the kill signal
    user: int | None = None  # the uid to run as, where it is not ours
    shown: re.Pattern[str] = TROUBLE  # the lines that reach the console as well as the log
    before: Callable[[], None] | None = None  # what to do before each start
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    due: float | None = None  # when to start it again
    rest: bytes = field(default=b"", repr=False)  # the beginning of a line whose end has not come yet


class Supervisor:
    """Holds children. With `console`, their output passes through here; without, it goes straight to the logs."""

    def __init__(self, logs: Path, *, console: bool) -> None:
        self.logs, self.console = logs, console
        self.children: list[Child] = []
        self.selector = selectors.DefaultSelector()
        self.stop_asked = False
        self.stopping = False
        logs.mkdir(parents=True, exist_ok=True)

    def obey_signals(self) -> None:
        """SIGINT, SIGTERM and SIGHUP ask for an ordered stop; a second one while stopping kills."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.ask_to_stop)

    def ask_to_stop(self, number: int, frame: object) -> None:
        if self.stopping:
            self.kill_all()
        self.stop_asked = True

    def start(self, child: Child, ready: Callable[[], bool] | None = None, *, seconds: float = 30.0) -> None:
        """Start a child and wait until it is ready. Raises Stop with its last words when it is not in time."""
        self.children.append(child)
        self.launch(child)
        if ready and not self.wait_for(lambda: ready() or not alive(child), seconds=seconds):
            raise Stop(f"{child.name} was not ready after {seconds:.0f} seconds.{self.last_words(child)}")
        if ready and not alive(child) and not self.stop_asked:
            raise Stop(f"{child.name} could not start.{self.last_words(child)}")

    def run_once(self, name: str, command: list[str], environ: dict[str, str], *, failure: str) -> None:
        """Run a command to its end under the same eye. Raises Stop with `failure` and its last words."""
        child = Child(name, command, environ)
        self.launch(child)
        while alive(child) and not self.stop_asked:
            self.pump(0.1)
        if alive(child):
            self.stop_child(child)
        self.drain(child)
        if not self.stop_asked and child.process and child.process.returncode:
            raise Stop(f"{failure}{self.last_words(child)}")

    def wait_for(self, condition: Callable[[], bool], *, seconds: float) -> bool:
        """Attend to the children until the condition holds; False when time ran out or a stop was asked."""
        until = time.monotonic() + seconds
        while not (held := condition()) and not self.stop_asked and time.monotonic() < until:
            self.pump(0.03)
        return held

    def run(self) -> None:
        """Keep everything alive until somebody asks to stop."""
        while not self.stop_asked:
            self.pump(0.5)
            self.revive()

    def launch(self, child: Child) -> None:
        if child.before:
            child.before()
        with open(self.log_path(child), "ab") as log:
            child.process = subprocess.Popen(
                child.command,
                env=child.environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if self.console else log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(child),
                user=child.user,
                group=child.user,
                extra_groups=None if child.user is None else [],
            )
        child.started, child.due = time.monotonic(), None
        if child.process.stdout:
            os.set_blocking(child.process.stdout.fileno(), False)
            self.selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def revive(self) -> None:
        """Start dead children again, each time after a longer pause while they keep dying."""
        now = time.monotonic()
        for child in self.children:
            if child.due is not None:
                if now >= child.due:
                    self.launch(child)
            elif not alive(child):
                end_session(child, signal.SIGTERM)
                self.drain(child)
                child.deaths = 1 if now - child.started > LIVED_WELL else child.deaths + 1
                pause = min(0.25 * 2**child.deaths, LONGEST_PAUSE)
                child.due = now + pause
                say(f"{child.name} {how_it_ended(child)}; starting it again in {pause:g} s.")

    def pump(self, seconds: float) -> None:
        """Pass the children's output on for at most this long."""
        for key, _ in self.selector.select(seconds) if self.selector.get_map() else pause_for(seconds):
            self.read(key.data)

    def read(self, child: Child) -> bool:
        """Pass on what a child has written; False when there was nothing."""
        pipe = child.process.stdout if child.process else None
        if not pipe or pipe.closed:
            return False
        try:
            data = os.read(pipe.fileno(), 65536)
        except BlockingIOError:
            return False
        if not data:
            self.selector.unregister(pipe)
            pipe.close()
            return False
        *lines, child.rest = (child.rest + data).split(b"\n")
        self.write(child, lines)
        return True

    def drain(self, child: Child) -> None:
        """Read what a dead child left in its pipe, and close it."""
        while self.read(child):
            pass
        if child.rest:
            self.write(child, [child.rest])
            child.rest = b""
        pipe = child.process.stdout if child.process else None
        if pipe and not pipe.closed:
            self.selector.unregister(pipe)
            pipe.close()

    def write(self, child: Child, lines: list[bytes]) -> None:
        path = self.log_path(child)
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            log.writelines(line + b"\n" for line in lines)
        for line in lines:
            text = line.decode(errors="replace")
            if child.shown.search(text):
                say(f"{child.name:8} | {text[:WIDEST_LINE]}")

    def log_path(self, child: Child) -> Path:
        return self.logs / f"{child.name}.log"

    def last_words(self, child: Child) -> str:
        """The end of a child's log, to stand behind a sentence that says what failed."""
        self.drain(child)
        path = self.log_path(child)
        lines = path.read_text(errors="replace").splitlines()[-12:] if path.exists() else []
        return "\n".join([f" The end of {path}:", *lines])

    def stop(self) -> None:
        """Stop all children in their order, waiting for each."""
        self.stopping = True
        if self.console and self.children:
            say("Stopping ...")
        for child in sorted(self.children, key=lambda child: child.stops):
            self.stop_child(child)
        self.children = []

    def stop_child(self, child: Child) -> None:
        if not child.process:
            return
        send(child, child.stop_signal)
        if not self.gone(child, child.patience):
            send(child, child.kill_signal)
            if not self.gone(child, 5.0):
                send(child, signal.SIGKILL)
                self.gone(child, 5.0)
        end_session(child, signal.SIGKILL)
        self.drain(child)

    def gone(self, child: Child, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while alive(child) and time.monotonic() < until:
            self.pump(0.03)
        return not alive(child)

    def kill_all(self) -> None:
        for child in self.children:
            send(child, child.kill_signal)


def alive(child: Child) -> bool:
    return child.process is not None and child.process.poll() is None


def send(child: Child, number: int) -> None:
    if child.process and child.process.poll() is None:
        child.process.send_signal(number)


def end_session(child: Child, number: int) -> None:
    """Send a signal to what a dead child may have left in its process group."""
    if child.process:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, number)


def how_it_ended(child: Child) -> str:
    code = child.process.returncode if child.process else 0
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def pause_for(seconds: float) -> list[tuple[selectors.SelectorKey, int]]:
    time.sleep(seconds)
    return []


def die_with_parent(child: Child) -> Callable[[], None] | None:
    """On Linux, have the kernel send the stop signal when the supervisor itself is killed."""
    if not sys.platform.startswith("linux"):
        return None
    prctl, number = ctypes.CDLL(None).prctl, int(child.stop_signal)
    return lambda: prctl(PR_SET_PDEATHSIG, number) and None
