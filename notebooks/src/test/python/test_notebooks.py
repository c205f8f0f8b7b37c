"""Every notebook runs from top to bottom in the installed kernel, and travels as HTML with its pictures."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

NOTEBOOKS = Path(__file__).parents[3]


def executed(path: Path):
    notebook = nbformat.read(path, as_version=4)
    # a failing cell raises with its traceback, which is then what the test reports
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}}).execute()
    return notebook


def fails_on_purpose(cell) -> bool:
    return "raises-exception" in cell.metadata.get("tags", [])


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.name)
def test_runs(path):
    notebook = executed(path)
    assert notebook.metadata.kernelspec.name == "gradus"
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    assert code and all(cell.execution_count for cell in code)
    for cell in code:
        for output in cell.outputs:
            assert output.output_type != "error" or fails_on_purpose(cell), cell.source
            if output.output_type in ("display_data", "execute_result"):
                assert "text/plain" in output.data, f"a picture without words, below: {cell.source}"


def test_the_quickstart_exports_with_its_pictures():
    html, _ = HTMLExporter().from_notebook_node(executed(NOTEBOOKS / "quickstart.ipynb"))
    assert html.count("data:image/png;base64,") >= 2
