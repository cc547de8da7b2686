"""Ctrl-C is answered by this process after a plan was solved, as it was before."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import os, signal, time
from longwall.implementation.schedule import Task, Terms, solve
assert solve((Task(id="a", weeks=2, work=((0, 1),), cost=1, weight=1),), Terms(), seed=1) is not None
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(5)
except KeyboardInterrupt:
    print("answered")
"""


def test_a_solved_plan_leaves_the_answer_to_an_interruption_alone() -> None:
    # Caught when the solver put the system's default in the place of Python's handler: the process died unheard.
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, "answered"), done.stderr
