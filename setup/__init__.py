"""Setting Coalition up and running it, with nothing but Python's standard library.

Every module here is a command (`python3 -m setup.run`) or a part of one. What goes wrong on the
user's side is raised as Stop and told in one plain sentence, never as a traceback.
"""

import signal
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

if sys.hexversion < 0x030B0000:  # this file and this test must be readable for any Python 3
    sys.exit(
        "Coalition needs Python 3.11 or newer, and this is "
        + sys.version.split()[0]
        + ". Install a newer one and name it, for example: make run PYTHON=python3.12"
    )


class Stop(Exception):
    """The set-up cannot go on; the text is the sentence that tells the user what to do."""


def say(text: str) -> None:
    """Tell the user something, at once even when the output is a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def told(command: Callable[[], int | None]) -> None:
    """Run a command's main function; a Stop becomes its sentence and exit code 1, Ctrl-C becomes 130."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as an exception, so that whatever runs for us ends too
    try:
        sys.exit(command())
    except Stop as stop:
        sys.stderr.write(f"\n{stop}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
