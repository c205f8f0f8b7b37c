"""The measurements kernel.*: the installed kernel beside ipykernel, with its own youth, and with plain Java."""

import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import Callable, Iterator

import psutil
from jupyter_client.manager import KernelManager

from row import Row

ROUNDS = 5
MANY = 2000
LINES = 200_000


@dataclass
class Dialect:
    """The same cells in the kernel's language."""

    kernel: str
    one_line: Callable[[int], str]
    twenty: Callable[[int], str]
    incomplete: str
    inspected: str
    sleep: str


JAVA = Dialect("gradus", lambda i: f"{i} + 1",
               lambda i: "\n".join(f"var a{n} = {n} + {i};" for n in range(20)), "Math.s", "Math.max",
               "Thread.sleep(2000);")
PYTHON = Dialect("python3", lambda i: f"{i} + 1",
                 lambda i: "\n".join(f"a{n} = {n} + {i}" for n in range(20)), "int.f", "int.from_bytes",
                 "import time; time.sleep(2)")


def seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


class Life:
    """One kernel from its start on."""

    def __init__(self, kernel: str) -> None:
        self.manager = KernelManager(kernel_name=kernel)
        self.client = None

    def __enter__(self) -> "Life":
        return self

    def __exit__(self, *_) -> None:
        if self.client is not None:
            self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def start(self) -> None:
        self.manager.start_kernel(stderr=subprocess.DEVNULL)
        self.client = self.manager.client()
        self.client.start_channels()
        self.reply_to(self.client.kernel_info())

    def subscribed(self) -> None:
        self.client.wait_for_ready(timeout=60)  # IOPub is subscribed for certain, and silent

    def reply_to(self, msg_id: str, channel: str = "shell") -> dict:
        while True:
            message = getattr(self.client, f"get_{channel}_msg")(timeout=60)
            if message["parent_header"].get("msg_id") == msg_id:
                return message["content"]

    def output_of(self, msg_id: str) -> Iterator[dict]:
        while True:
            message = self.client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") == msg_id:
                yield message
                if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                    return

    def cell(self, code: str) -> list[dict]:
        msg_id = self.client.execute(code)
        output = list(self.output_of(msg_id))
        reply = self.reply_to(msg_id)
        assert reply["status"] == "ok", reply
        return output

    def complete(self, code: str) -> None:
        assert self.reply_to(self.client.complete(code))["matches"], f"nothing completes {code}"

    def inspect(self, code: str) -> None:
        assert self.reply_to(self.client.inspect(code))["found"], f"nothing is known of {code}"

    def control(self) -> None:
        request = self.client.session.msg("kernel_info_request")
        self.client.control_channel.send(request)
        self.reply_to(request["header"]["msg_id"], "control")

    def resident_megabytes(self) -> float:
        process = psutil.Process(self.manager.provisioner.process.pid)
        return sum(p.memory_info().rss for p in [process, *process.children(recursive=True)]) / 2 ** 20


def one_life(dialect: Dialect) -> dict[str, list[float]]:
    """Milliseconds (and megabytes) of everything measured in one kernel."""
    with Life(dialect.kernel) as life:
        started = seconds(life.start)
        life.subscribed()
        first = seconds(lambda: life.cell(dialect.one_line(0)))
        warm = [seconds(lambda: life.cell(dialect.one_line(i))) for i in range(1, 81)]
        twenty = [seconds(lambda: life.cell(dialect.twenty(i))) for i in range(12)]
        resident = life.resident_megabytes()
        completion = [seconds(lambda: life.complete(dialect.incomplete)) for _ in range(15)]
        inspection = [seconds(lambda: life.inspect(dialect.inspected)) for _ in range(15)]
        busy = life.client.execute(dialect.sleep)
        control = [seconds(life.control) for _ in range(20)]
        life.reply_to(busy)
    values = {"kernel.start": [started], "kernel.first-cell": [first], "kernel.start-to-result": [started + first],
              "kernel.cell": warm[50:], "kernel.20-statements": twenty[4:], "kernel.completion": completion[5:],
              "kernel.inspection": inspection[5:], "kernel.control-while-busy": control[5:]}
    return {name: [1000 * value for value in values] for name, values in values.items()} | {"kernel.memory": [resident]}


# What must hold; figures of one machine, ratios of any.
MUST: dict[str, dict[str, float]] = {
    "kernel.start": {"ratio": 1},
    "kernel.first-cell": {"ours": 60},
    "kernel.start-to-result": {"ratio": 1.3},
    "kernel.cell": {"ours": 10},
    "kernel.20-statements": {"ours": 25},
    "kernel.completion": {"ours": 25, "ratio": 1},
    "kernel.inspection": {"ours": 25, "ratio": 1},
    "kernel.control-while-busy": {"ours": 5},
    "kernel.memory": {"ours": 350},
}


def beside_ipykernel() -> Iterator[Row]:
    ours: dict[str, list[float]] = {}
    theirs: dict[str, list[float]] = {}
    for _ in range(ROUNDS):  # turn about: what disturbs the machine disturbs both
        for dialect, all_values in ((JAVA, ours), (PYTHON, theirs)):
            for name, values in one_life(dialect).items():
                all_values.setdefault(name, []).extend(values)
    for name in ours:
        mine, other = statistics.median(ours[name]), statistics.median(theirs[name])
        yield Row(name, "MB" if name == "kernel.memory" else "ms", mine, "ipykernel", other, mine / other,
                  must=MUST[name])


def long_life() -> Iterator[Row]:
    """A kernel that has run thousands of cells, beside itself when it was young."""
    with Life("gradus") as life:
        life.start()
        life.subscribed()
        times = [1000 * seconds(lambda: life.cell(f"var v{i} = {i} + 1; v{i}")) for i in range(MANY + 50)]
    young, old = statistics.median(times[50:100]), statistics.median(times[MANY:])
    yield Row(f"kernel.cell-after-{MANY}", "ms", old, "cells 51 to 100", young, old / young,
              must={"ratio": 2})


def flood() -> Iterator[Row]:
    """Many lines for a reader who takes a while before the first: all arrive, in few messages."""
    with Life("gradus") as life:
        life.start()
        life.subscribed()
        msg_id = life.client.execute(f"for (int i = 0; i < {LINES}; i++) System.out.println(i);")
        time.sleep(2)
        texts = [message["content"]["text"] for message in life.output_of(msg_id) if message["msg_type"] == "stream"]
    assert "".join(texts) == "".join(f"{i}\n" for i in range(LINES)), "output was lost or mislaid"
    yield Row("kernel.flood", "msgs", len(texts), must={"ours": 499})


LOOP = """
double loop() {
    float[] x = new float[65536], y = new float[65536];
    double best = 1e9;
    for (int round = 0; round < 2000; round++) {
        long start = System.nanoTime();
        for (int i = 0; i < x.length; i++) y[i] += 2f * x[i];
        best = Math.min(best, (System.nanoTime() - start) / 1e3);
    }
    return best;
}
"""


def loop() -> Iterator[Row]:
    """A vectorised loop in a cell, which can be interrupted, beside the same loop in a program, which cannot."""
    with Life("gradus") as life:
        life.start()
        life.subscribed()
        life.cell(LOOP)
        for _ in range(3):
            output = life.cell("loop()")
        result = next(message for message in output if message["msg_type"] == "execute_result")
        ours = float(result["content"]["data"]["text/plain"])
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "Loop.java")
        with open(source, "w", encoding="utf-8") as file:
            file.write("class Loop { static" + LOOP.replace("\ndouble", " double", 1)
                       + "public static void main(String[] a) { loop(); loop(); System.out.println(loop()); } }")
        java = os.environ["GRADUS_BENCH_JAVA"].split("\n")[0]
        theirs = float(subprocess.run([java, source], check=True, capture_output=True, text=True).stdout)
    yield Row("kernel.loop", "µs", ours, "plain java", theirs, ours / theirs, must={"ratio": 1.1})


GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    tuple(MUST): beside_ipykernel,
    (f"kernel.cell-after-{MANY}",): long_life,
    ("kernel.flood",): flood,
    ("kernel.loop",): loop,
}
