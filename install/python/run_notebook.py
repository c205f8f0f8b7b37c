"""Executes a notebook with the installed kernel and prints a line for each cell: run_notebook.py NOTEBOOK [OUT]."""

import signal
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from jupyter_client.kernelspec import NoSuchKernel


def first_line(source: str) -> str:
    line = next((line.strip() for line in source.splitlines() if line.strip()), "")
    return line if len(line) <= 72 else line[:71] + "…"


class Progress:
    """Says what each cell is before it runs and how long it took after: a long cell shows where the time goes."""

    def __init__(self) -> None:
        self.number = 0
        self.began = 0.0

    def start(self, cell, cell_index: int) -> None:
        if cell.cell_type == "code" and cell.source.strip():
            self.number += 1
            self.began = time.monotonic()
            print(f"[{self.number:>3}] {first_line(cell.source):<72} ", end="", flush=True)

    def executed(self, cell, cell_index: int, execute_reply) -> None:
        print(f"{time.monotonic() - self.began:6.1f} s", flush=True)


def write(notebook, out: list[str]) -> None:
    for path in out:
        nbformat.write(notebook, path)
        print(f"Written: {path}")


def run(path: Path, out: list[str]) -> int:
    try:
        notebook = nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError) as broken:
        print(f"{path} is no notebook: {broken}", file=sys.stderr)
        return 1
    progress = Progress()
    client = NotebookClient(notebook, timeout=None, on_cell_start=progress.start, on_cell_executed=progress.executed,
                            resources={"metadata": {"path": str(path.parent)}})
    try:
        client.execute()
    except CellExecutionError:
        output = next(output for cell in notebook.cells if cell.cell_type == "code"
                      for output in cell.outputs if output.output_type == "error")
        print("\nThe cell failed:", *output.traceback, sep="\n", file=sys.stderr)
        return 1
    except NoSuchKernel as missing:
        print(f"{path} asks for the kernel '{missing.name}', which is not installed here; Gradus is 'gradus'.",
              file=sys.stderr)
        return 1
    except DeadKernelError:
        print("\nThe kernel died; its last words, if any, stand above.", file=sys.stderr)
        return 1
    finally:
        write(notebook, out)
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nbclient ends the kernel
    try:
        sys.exit(run(Path(sys.argv[1]), sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit(130)
