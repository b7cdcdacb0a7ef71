"""`make demo`: puts the demo data back as it was on the first day, whether Coalition runs or not."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from setup import ROOT, Stop, ports, processes, say, state, told
from setup.embedded import embedded
from setup.run import into_environment
from setup.supervisor import Supervisor

RESET = processes.manage("prepare", "--demo-reset")
FAILED = "The demo data could not be put back."


def main() -> int:
    if processes.given():
        raise Stop(f"{' and '.join(processes.given())} set: demo data is only for the servers that `make run` starts.")
    into_environment("setup.demo", time.time())
    folder = state.state_folder()
    running = state.Running(folder)
    if running.take():
        reset_alone(Supervisor(folder / "log", console=True), folder)
    else:
        reset_beside(running.told(), folder)
    say("The demo data is as on the first day, its dates counted from today.")
    return 0


def reset_alone(supervisor: Supervisor, folder: Path) -> None:
    """Nothing runs: start the servers for this, and stop them again."""
    supervisor.obey_signals()
    with embedded(supervisor, folder, ports.FIRST_CHOICE) as environ:
        supervisor.run_once("prepare", RESET, environ, failure=FAILED)
    if supervisor.stop_asked:
        raise Stop(FAILED)


def reset_beside(facts: dict[str, str], folder: Path) -> None:
    """It runs: use its servers."""
    if "DATABASE_URL" not in facts:
        raise Stop("Coalition is just starting from this folder. Wait until its page answers, and try again.")
    environ = {
        **processes.base_environment(),
        **facts,
        "COALITION_EMBEDDED": "1",
        "COALITION_VAR": str(folder),
        "SECRET_KEY": state.secret_key(folder),
        "ALLOWED_HOSTS": f"{ports.HOST},localhost",
        "BASE_URL": facts["address"].rstrip("/"),
    }
    if subprocess.run(RESET, cwd=ROOT, env=environ).returncode:
        raise Stop(FAILED)


if __name__ == "__main__":
    told(main)
