"""The measurements nn.*: training steps of ours beside PyTorch's and JAX's, and figures of our own.

Each framework runs in a process of its own, and all those of a workload live at the same time and are asked in turn for
a block of steps: what disturbs the machine disturbs all. All have the same number of processors and threads. What is
compared are the medians, with the best of the peers.
"""

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Callable, Iterator

import psutil

from row import Row

HERE = Path(__file__).parent
ROUNDS = 9
BLOCK, SETTLING = 0.4, 0.25  # seconds; the threads of the one asked before may spin on for 0.2
WARM, STEADY, PATIENCE = 3, 0.03, 12  # after so many seconds blocks that differ by less, or so many seconds, are warm

PYTORCH = ["torch_worker.py"]
COMPILED = ["torch_worker.py", "--compile"]
JAX = ["jax_worker.py"]


@dataclass
class Workload:
    """A training step (or a product), by its name in the workers; float32; forward, backward and update."""

    name: str
    model: str
    must: float
    aim: float
    peers: tuple[list[str], ...] = (PYTORCH, COMPILED, JAX)
    threads: int = 2
    compiled: bool = True


WORKLOADS = (
    Workload("nn.sgemm-1-core", "sgemm", 1.05, 1.0, (PYTORCH, JAX), threads=1),
    Workload("nn.sgemm-2-cores", "sgemm", 1.1, 1.0, (PYTORCH, JAX)),
    Workload("nn.mlp", "mlp", 1.0, 0.7),
    Workload("nn.mlp-tiny", "mlp-tiny", 1.0, 0.4),
    Workload("nn.cnn", "cnn", 1.0, 0.7),
    Workload("nn.lstm", "lstm", 1.0, 0.8),
    Workload("nn.encoder", "encoder", 1.0, 0.8),
    Workload("nn.mlp-eager", "mlp", 1.0, 0.6, (PYTORCH,), compiled=False),
    Workload("nn.cnn-eager", "cnn", 1.0, 0.6, (PYTORCH,), compiled=False),
)


def processors(threads: int) -> set[int]:
    """So many processors, of different cores while there are any; empty where processes cannot be pinned."""
    if not hasattr(os, "sched_setaffinity"):
        return set()

    def siblings(processor: int) -> str:
        file = Path(f"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list")
        return file.read_text() if file.exists() else str(processor)
    mine = sorted(os.sched_getaffinity(0))
    cores = {siblings(processor): processor for processor in reversed(mine)}
    first = sorted(cores.values())
    return set((first + [processor for processor in mine if processor not in first])[:threads])


class Worker:
    """A framework's process with one workload in it."""

    def __init__(self, command: list[str], threads: int) -> None:
        pinned = processors(threads)
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)},
            preexec_fn=(lambda: os.sched_setaffinity(0, pinned)) if pinned else None)
        self.framework = self.answer()

    @classmethod
    def ours(cls, model: str, compiled: bool, threads: int) -> "Worker":
        return cls(java("Worker", f"-Dgradus.threads={threads}") + [model] + ["--eager"] * (not compiled), threads)

    @classmethod
    def of(cls, peer: list[str], model: str, threads: int) -> "Worker":
        return cls([os.environ["GRADUS_BENCH_PEERS"], str(HERE / peer[0]), model, *peer[1:]], threads)

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_) -> None:
        self.process.stdin.close()
        self.process.wait()

    def answer(self) -> str:
        line = self.process.stdout.readline()
        if not line:
            raise EOFError(" ".join(self.process.args[-3:]) + f" ended with status {self.process.wait()}")
        return line.strip()

    def milliseconds(self, request: str) -> float:
        """Of a step, on average over what was asked for."""
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        return float(self.answer())

    def warm(self) -> None:
        began, last = time.monotonic(), []
        while (passed := time.monotonic() - began) < WARM or (passed < PATIENCE and max(last) > (1 + STEADY) * min(last)):
            last = [*last[-2:], self.milliseconds(f"for {BLOCK}")]

    def block(self) -> float:
        self.milliseconds(f"for {SETTLING}")
        return self.milliseconds(f"for {BLOCK}")

    def resident(self) -> int:
        return psutil.Process(self.process.pid).memory_info().rss


def java(main: str, *options: str) -> list[str]:
    return [*os.environ["GRADUS_BENCH_JAVA"].split("\n"), *options, f"gradus.install.bench.{main}"]


def medians(workers: list[Worker]) -> list[float]:
    for worker in workers:
        worker.warm()
    rounds = [[worker.block() for worker in workers] for _ in range(ROUNDS)]
    return [statistics.median(blocks) for blocks in zip(*rounds)]


def compared(workload: Workload) -> Iterator[Row]:
    workers = [Worker.ours(workload.model, workload.compiled, workload.threads)]
    for peer in workload.peers if "GRADUS_BENCH_PEERS" in os.environ else ():
        try:
            workers.append(Worker.of(peer, workload.model, workload.threads))
        except EOFError as ended:  # torch.compile wants a C++ compiler, for one
            print(f"{workload.name}: {ended}; its message stands above", file=sys.stderr)
    try:
        ours, *theirs = medians(workers)
    finally:
        for worker in workers:
            worker.__exit__()
    row = Row(workload.name, "ms", ours, must={"ratio": workload.must}, aim={"ratio": workload.aim},
              others={worker.framework: figure for worker, figure in zip(workers[1:], theirs)})
    if theirs:
        row.peer = min(row.others, key=row.others.get)
        row.theirs = row.others[row.peer]
        row.ratio = row.ours / row.theirs
    yield row


def scaling(model: str) -> Iterator[Row]:
    """Our own time on two processors beside that on one."""
    with Worker.ours(model, True, 1) as one, Worker.ours(model, True, 2) as two:
        alone, both = medians([one, two])
    yield Row(f"nn.scaling-{model}", "ms", both, "one thread", alone, both / alone,
              must={"ratio": 1 / 1.8} if model == "sgemm" else {})


def memory() -> Iterator[Row]:
    """What the process holds after 10,000 steps, once the heap has grown to what its warming up wanted."""
    with Worker.ours("mlp", True, 2) as worker:
        worker.warm()
        worker.milliseconds("times 5000")
        young = worker.resident()
        worker.milliseconds("times 10000")
        old = worker.resident()
    yield Row("nn.memory-10000-steps", "MB", old / 2 ** 20, "before", young / 2 ** 20, old / young, must={"ratio": 1.05})


SIZES = (64, 128, 256, 512, 1024, 2048, 4096)

# What one of our programs measures by itself on one thread, and what holds for it.
FIGURES: dict[str, dict[str, float]] = {
    "nn.fma-peak": {},
    **{f"nn.gemm-{n}": {"ratio": 1 / 0.7} if 512 <= n <= 2048 else {} for n in SIZES},  # 70 % of the peak
    **{f"nn.gemm-{kind}": {"ratio": 2} for kind in ("odd", "tn", "nt", "tt")},
    "nn.plus-4Ki": {}, "nn.plus-16Mi": {},
    "nn.op-overhead": {"ours": 2},
    "nn.quickstart-epoch": {},
}


def figures() -> Iterator[Row]:
    """Reads 'name;unit;figure' or 'name;unit;figure;peer;figure', a line for each of FIGURES."""
    with subprocess.Popen(java("Figures", "-Dgradus.threads=1"), stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            name, unit, ours, *beside = line.strip().split(";")
            row = Row(name, unit, float(ours), must=FIGURES[name])
            if beside:
                row.peer, row.theirs = beside[0], float(beside[1])
                row.ratio = row.theirs / row.ours if unit.endswith("/s") else row.ours / row.theirs
            yield row
    if process.returncode != 0:
        raise SystemExit(f"Figures ended with status {process.returncode}; its message stands above.")


SCALED = ("sgemm", "mlp", "cnn")

GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    **{(workload.name,): partial(compared, workload) for workload in WORKLOADS},
    **{(f"nn.scaling-{model}",): partial(scaling, model) for model in SCALED},
    ("nn.memory-10000-steps",): memory,
    tuple(FIGURES): figures,
}
