"""The far side of nn.py in a peer's process: builds one workload, then times it as often as it is asked to.

The first line it writes is the framework with its version. Then each line read is "for SECONDS" or "times STEPS", and
each line written the milliseconds that a step took on average.
"""

import sys
import time
from typing import Callable


def serve(framework: str, step: Callable[[], object], wait: Callable[[object], object] = lambda result: None) -> None:
    """step is called again and again without a pause; wait(its last result) returns when all of it is computed."""
    print(framework, flush=True)
    for line in sys.stdin:
        kind, amount = line.split()
        seconds, steps = (float(amount), 1) if kind == "for" else (0, int(amount))
        began, done = time.perf_counter(), 0
        while done < steps or time.perf_counter() - began < seconds:
            result = step()
            done += 1
        wait(result)
        print(1000 * (time.perf_counter() - began) / done, flush=True)
