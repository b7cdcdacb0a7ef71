"""The environment: virtual environment, hash-checked packages, front-end build. Safe to run again and again.

`python3 -m setup.bootstrap` makes what `make run` needs, `--dev` adds what tests and checks need.
A stamp in .venv remembers what was installed, so that the second run costs milliseconds.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from setup import ROOT, Stop, frontend, say, told
from setup.commands import NO_NETWORK, UV, VENV, VENV_PYTHON, run

STAMP = VENV / "coalition.stamp"
RUN_FILES = ["requirements.txt"]
DEV_FILES = ["requirements.txt", "requirements-dev.txt"]


def bootstrap(*, dev: bool = False) -> None:
    """Make .venv and the front-end build what the requirement files and the lock file say.

    Raises Stop with the sentence to show when something is missing.
    """
    if not os.access(ROOT, os.W_OK):
        raise Stop(f"{ROOT} cannot be written by this user. Clone the repository into a folder of your own.")
    beside = Background(lambda: frontend.build(dev=dev)) if frontend.npm_on_path() else None
    try:
        make_venv()
        if not beside:  # Node comes as a Python package, for which .venv and uv must be there
            has_uv()
            beside = Background(lambda: frontend.build(dev=dev))
        install_packages(dev=dev)
    finally:
        if beside:
            beside.thread.join()
    if beside.error:
        raise beside.error


class Background:
    """A function running in a thread; what it raised is in .error once .thread has ended."""

    def __init__(self, function: Callable[[], None]) -> None:
        self.error: Exception | None = None
        self.thread = threading.Thread(target=self.run, args=[function])
        self.thread.start()

    def run(self, function: Callable[[], None]) -> None:
        try:
            function()
        except Exception as error:
            self.error = error


def make_venv() -> None:
    """Create .venv, unless the one that is there still works in this place."""
    marker = VENV / "made-at"
    if marker.is_file() and marker.read_text() == str(VENV) and works(VENV_PYTHON):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    say("Making the virtual environment in .venv ...")
    need_venv_module()
    run([sys.executable, "-m", "venv", VENV], "The virtual environment could not be made.")
    marker.write_text(str(VENV))


def works(python: Path) -> bool:
    """Whether this interpreter still starts; one whose Python was upgraded away does not."""
    if not python.exists():
        return False
    asked = "import sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([python, "-c", asked], stderr=subprocess.DEVNULL).returncode == 0


def need_venv_module() -> None:
    """Debian ships Python without venv: install it as root, else say how."""
    if has_venv_module():
        return
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"Installing {package}, which Debian keeps apart from Python ...")
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=environ, stdout=subprocess.DEVNULL)
        subprocess.run(["apt-get", "install", "-y", "-qq", package], env=environ, stdout=subprocess.DEVNULL)
        importlib.invalidate_caches()
    if not has_venv_module():
        raise Stop(
            f"This Python has no venv module. Install it (on Debian or Ubuntu: sudo apt-get install {package}) "
            "and run the same command again."
        )


def has_venv_module() -> bool:
    """Both modules as real files: a folder left empty by a package is none."""
    specs = [importlib.util.find_spec(name) for name in ("venv", "ensurepip")]
    return all(spec and spec.origin for spec in specs)


def install_packages(*, dev: bool) -> None:
    """Bring .venv to exactly the pinned packages; development tools stay once they are there."""
    stamps = {digest(RUN_FILES), digest(DEV_FILES)}
    have = STAMP.read_text() if STAMP.is_file() else ""
    if have == digest(DEV_FILES) or (have in stamps and not dev):
        return
    files = DEV_FILES if dev else RUN_FILES
    say(f"Installing the packages of {' and '.join(files)} ...")
    STAMP.unlink(missing_ok=True)
    if not sync(files):
        slowly = [VENV_PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes"]
        for name in files:
            slowly += ["-r", ROOT / name]
        run(slowly, "The packages could not be installed.")
    STAMP.write_text(digest(files))


def sync(files: list[str]) -> bool:
    """Install with uv: some ten times faster than pip. False when that failed."""
    if not has_uv():
        say("uv could not be installed; pip will do its work, more slowly.")
        return False
    command = [UV, "pip", "sync", "--quiet", "--require-hashes", "--python", VENV_PYTHON]
    return run([*command, *(ROOT / name for name in files)]) == 0


def has_uv() -> bool:
    """Whether .venv has uv, installed now if need be. Raises Stop when there is no network: nothing else would work."""
    pip = [VENV_PYTHON, "-m", "pip", "install", "--quiet", "--retries=2", "--require-hashes"]
    if not UV.exists():
        try:
            run([*pip, "-r", ROOT / "setup" / "uv.txt"], "The packages could not be installed.")
        except Stop as stop:
            if NO_NETWORK in str(stop):
                raise
    return UV.exists()


def digest(names: list[str]) -> str:
    """A fingerprint of these files' content."""
    together = hashlib.sha256()
    for name in names:
        together.update((ROOT / name).read_bytes())
    return together.hexdigest()


def main() -> None:
    bootstrap(dev="--dev" in sys.argv)


if __name__ == "__main__":
    told(main)
