"""Measures Gradus, and where it has a peer the peer beside it, in one run: bench.py [NAME...] [--json FILE].

A name is a measurement or the beginning of several. A measurement is one row: what it is, its unit, our figure, and
the peer's with ratio = ours / theirs, so that below 1 is better than the peer. Absolute figures describe one machine.
"""

import argparse
import json
import os
import statistics
import subprocess
import time
from dataclasses import asdict, dataclass
from typing import Callable, Iterator

from jupyter_client.manager import KernelManager


@dataclass
class Row:
    name: str
    unit: str
    ours: float
    peer: str | None = None
    theirs: float | None = None
    ratio: float | None = None


# --- the kernel, beside ipykernel -------------------------------------------------------------------------------------

ROUNDS = 5


@dataclass
class Dialect:
    """The same cells in the kernel's language."""

    kernel: str
    one_line: Callable[[int], str]
    twenty: Callable[[int], str]
    completion: str


JAVA = Dialect("gradus", lambda i: f"{i} + 1",
               lambda i: "\n".join(f"var a{n} = {n} + {i};" for n in range(20)), "Math.s")
PYTHON = Dialect("python3", lambda i: f"{i} + 1",
                 lambda i: "\n".join(f"a{n} = {n} + {i}" for n in range(20)), "int.f")


def until_idle(client, msg_id: str) -> None:
    while True:
        message = client.get_iopub_msg(timeout=60)
        if (message["parent_header"].get("msg_id") == msg_id and message["msg_type"] == "status"
                and message["content"]["execution_state"] == "idle"):
            return


def reply_to(client, msg_id: str) -> dict:
    while True:
        message = client.get_shell_msg(timeout=60)
        if message["parent_header"].get("msg_id") == msg_id:
            return message


def seconds(action: Callable[[], None]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def one_life(dialect: Dialect) -> dict[str, list[float]]:
    """Milliseconds of everything measured in one kernel, from its start on."""
    manager = KernelManager(kernel_name=dialect.kernel)
    client = None

    def start() -> None:
        nonlocal client
        manager.start_kernel(stderr=subprocess.DEVNULL)
        client = manager.client()
        client.start_channels()
        reply_to(client, client.kernel_info())

    def cell(code: str) -> None:
        msg_id = client.execute(code)
        until_idle(client, msg_id)
        reply = reply_to(client, msg_id)
        assert reply["content"]["status"] == "ok", reply["content"]

    def complete() -> None:
        matches = reply_to(client, client.complete(dialect.completion))["content"]["matches"]
        assert matches, f"{dialect.kernel} completes {dialect.completion} with nothing"

    try:
        started = seconds(start)
        client.wait_for_ready(timeout=60)  # IOPub is subscribed for certain, and silent
        first = seconds(lambda: cell(dialect.one_line(0)))
        warm = [seconds(lambda: cell(dialect.one_line(i))) for i in range(1, 81)]
        twenty = [seconds(lambda: cell(dialect.twenty(i))) for i in range(12)]
        completion = [seconds(complete) for _ in range(15)]
    finally:
        if client is not None:
            client.stop_channels()
        manager.shutdown_kernel(now=True)
    return {name: [1000 * value for value in values] for name, values in {
        "kernel.start": [started], "kernel.first-cell": [first], "kernel.cell": warm[50:],
        "kernel.20-statements": twenty[4:], "kernel.completion": completion[5:]}.items()}


def kernel() -> Iterator[Row]:
    ours: dict[str, list[float]] = {}
    theirs: dict[str, list[float]] = {}
    for _ in range(ROUNDS):  # turn about: what disturbs the machine disturbs both
        for dialect, all_values in ((JAVA, ours), (PYTHON, theirs)):
            for name, values in one_life(dialect).items():
                all_values.setdefault(name, []).extend(values)
    for name in ours:
        mine, other = statistics.median(ours[name]), statistics.median(theirs[name])
        yield Row(name, "ms", mine, "ipykernel", other, mine / other)


# --- what a Java program of ours measures -----------------------------------------------------------------------------

def java(main: str) -> Iterator[Row]:
    """Runs a main class that prints 'name unit figure', a line for each measurement."""
    command = os.environ["GRADUS_BENCH_JAVA"].split("\n") + [main]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            name, unit, figure = line.split()
            yield Row(name, unit, float(figure))
    if process.returncode != 0:
        raise SystemExit(f"{main} ended with status {process.returncode}; its message stands above.")


GROUPS: dict[str, tuple[tuple[str, ...], Callable[[], Iterator[Row]]]] = {
    "kernel": (("kernel.start", "kernel.first-cell", "kernel.cell", "kernel.20-statements", "kernel.completion"),
               kernel),
    "nn": (("nn.matmul-768", "nn.mlp-step", "nn.quickstart-epoch"), lambda: java("gradus.install.TensorBench")),
}


def measure(wanted: list[str]) -> Iterator[Row]:
    for names, group in GROUPS.values():
        if any(matches(name, wanted) for name in names):
            yield from (row for row in group() if matches(row.name, wanted))


def matches(name: str, wanted: list[str]) -> bool:
    return not wanted or any(name.startswith(prefix) for prefix in wanted)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", usage="java install/Gradus.java bench [NAME...] [--json FILE]")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--json")
    options = parser.parse_args()
    known = [name for names, _ in GROUPS.values() for name in names]
    for prefix in options.names:
        if not any(name.startswith(prefix) for name in known):
            parser.error(f"There is no measurement '{prefix}'. The measurements are: {', '.join(known)}.")
    rows = []
    print(f"{'name':<24} {'unit':<6} {'ours':>10} {'theirs':>10} {'ratio':>7}  peer", flush=True)
    for row in measure(options.names):
        rows.append(row)
        beside = f"{row.theirs:>10.3f} {row.ratio:>7.2f}  {row.peer}" if row.peer else f"{'-':>10} {'-':>7}"
        print(f"{row.name:<24} {row.unit:<6} {row.ours:>10.3f} {beside}".rstrip(), flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump([asdict(row) for row in rows], file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
