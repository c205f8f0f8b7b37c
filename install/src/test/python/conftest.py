"""The command as a person types it, and notebooks to give it."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).parents[4]
COMMAND = [shutil.which("java"), str(ROOT / "install" / "Gradus.java")]
PATIENCE = 180


def gradus(*words: str, **more) -> subprocess.CompletedProcess:
    return subprocess.run([*COMMAND, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          timeout=PATIENCE, **more)


def notebook(path: Path, *cells) -> Path:
    """Writes a notebook for the installed kernel; a cell is its code, or a node of nbformat's."""
    kernelspec = {"name": "gradus", "display_name": "Java (Gradus)", "language": "java"}
    nbformat.write(new_notebook(metadata={"kernelspec": kernelspec},
                                cells=[new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]), path)
    return path


class Lab:
    """A running 'lab' in a process group of its own, as a terminal gives it one; its address is known when it is up."""

    def __init__(self, *words: str) -> None:
        # a shell that runs these tests in the background has them ignore SIGINT, which what they start would inherit
        self.process = subprocess.Popen([*COMMAND, "lab", "--no-browser", *words], text=True, start_new_session=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.said = []
        self.address = self.token = ""
        for line in self.process.stdout:
            self.said.append(line)
            if found := re.search(r"(http://127\.0\.0\.1:\d+/)lab\?token=(\w+)", line):
                self.address, self.token = found.groups()
                break
        assert self.address, "lab ended and named no address:\n" + "".join(self.said)

    def family(self) -> list[psutil.Process]:
        process = psutil.Process(self.process.pid)
        return [process, *process.children(recursive=True)]

    def ctrl_c(self) -> list[psutil.Process]:
        """What a terminal does at Ctrl-C: SIGINT for the whole group. Gives what was left alive, and ends that."""
        family = self.family()
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.stdout.read()  # to its end: every process that writes there is gone then
        _, alive = psutil.wait_procs(family, timeout=30)
        for process in alive:
            process.kill()
        return alive


@pytest.fixture
def lab():
    started = []

    def start(*words: str) -> Lab:
        started.append(Lab(*words))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.ctrl_c()
