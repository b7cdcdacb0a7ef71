"""`make soak`: reminders and sign-off over many more orders of events, and races over HTTP.

ARGS="decisions --steps 10000 --seed 7" for sign-off alone; ARGS=notices for reminders.
"""

import argparse
import os
import random
import subprocess
import sys

from setup import ROOT

FILES = {
    "decisions": ["test_life.py", "test_web_races.py", "test_race_order.py"],
    "notices": ["test_properties.py"],
}


def main() -> int:
    """Run them; prints how many steps were taken and the seed that takes the same ones again."""
    parser = argparse.ArgumentParser(prog="make soak")
    parser.add_argument("parts", nargs="*", choices=[[], *FILES], help="one of them; both")
    parser.add_argument("--steps", type=int, default=2000, help="of each machine, at least")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    asked = parser.parse_args()
    environment = {**os.environ, "SOAK_STEPS": str(asked.steps), "SOAK_SEED": str(asked.seed)}
    files = [f"tests/{part}/{name}" for part in asked.parts or FILES for name in FILES[part]]
    # By files: the machine, which only computes, beside the races, which wait.
    words = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *files]
    code = subprocess.run(words, cwd=ROOT, env=environment).returncode
    print(f"seed {asked.seed}")
    return code


if __name__ == "__main__":
    sys.exit(main())
