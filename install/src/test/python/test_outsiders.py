"""The kernel under the tools that people run notebooks with: nbclient, nbconvert, papermill, jupyter console."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter, LatexExporter, SlidesExporter
from nbformat.v4 import new_code_cell, new_markdown_cell
from papermill.exceptions import PapermillException
from papermill.translators import papermill_translators, translate_parameters

from conftest import notebook

PATIENCE = 120
COLOUR = re.compile(r"\x1b\[[\d;]*m")


def said(*words: str, **more) -> subprocess.CompletedProcess:
    """A Python program that pip has installed beside the one that runs these tests."""
    ended = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, timeout=PATIENCE, **more)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended


def results(cells) -> list[str]:
    return [output.data["text/plain"] for cell in cells if cell.cell_type == "code" for output in cell.outputs
            if output.output_type == "execute_result"]


# --- nbclient and nbconvert -------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A notebook with all that a report has, an error in its middle, executed to its end."""
    path = notebook(
        tmp_path_factory.mktemp("report") / "report.ipynb",
        new_markdown_cell("# Gradients\n\nAlong $\\nabla f$ the *loss* grows fastest."),
        'System.out.println("Größe & Maß: 100 %");',
        'display(MimeBundle.text("e = mc²").with(MimeBundle.LATEX, "$$e = mc^2$$"));',
        "plot(tensor(1, 4, 9)).title(\"squares\")",
        'throw new IllegalStateException("broken_on_purpose");',
        "6 * 7")
    notebook_ = nbformat.read(path, as_version=4)
    NotebookClient(notebook_, timeout=PATIENCE, allow_errors=True).execute()
    return notebook_


def test_a_run_that_allows_errors_goes_on_behind_one(report):
    failing, last = report.cells[-2:]
    (error,) = failing.outputs
    assert (error.output_type, error.ename, error.evalue) == ("error", "java.lang.IllegalStateException",
                                                                "broken_on_purpose")
    assert "Cell In[4], line 1" in COLOUR.sub("", "\n".join(error.traceback))
    assert results([last]) == ["42"]
    assert [cell.execution_count for cell in report.cells[1:]] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("exporter", [HTMLExporter, SlidesExporter])
def test_a_page_shows_text_formula_picture_and_error(report, exporter):
    page, _ = exporter().from_notebook_node(report)
    assert "Größe &amp; Maß: 100 %" in page
    assert "$\\nabla f$" in page and "$$e = mc^2$$" in page
    assert len(re.findall(r'<img [^>]*src="data:image/png;base64,', page)) == 1
    assert "broken_on_purpose" in page and "\x1b" not in page
    assert re.search(r'<span class="n">\w+</span>', page), "Java without colours: the lexer was not found"


def test_latex_has_the_formula_as_it_is_and_the_picture_as_a_file(report):
    # without the text cells, which nbconvert hands to pandoc
    code = report | {"cells": [cell for cell in report.cells if cell.cell_type == "code"]}
    text, resources = LatexExporter().from_notebook_node(nbformat.from_dict(code))
    assert "Größe \\& Maß: 100 \\%" in text
    assert "$$e = mc^2$$" in text
    (picture,) = [name for name in resources["outputs"] if name.endswith(".png")]
    assert picture in text and resources["outputs"][picture].startswith(b"\x89PNG")
    assert "broken\\_on\\_purpose" in text and "\x1b" not in text


# --- papermill --------------------------------------------------------------------------------------------------------

@pytest.fixture
def parameterised(tmp_path) -> Path:
    return notebook(tmp_path / "study.ipynb",
                    new_code_cell("double lr = 0.1;  // the learning rate\nint epochs = 3;\nvar name = \"a; b\";",
                                  metadata={"tags": ["parameters"]}),
                    'name + ": " + lr * epochs')


def test_papermill_runs_a_notebook_with_other_parameters(parameterised):
    out = parameterised.with_name("out.ipynb")
    said("papermill", str(parameterised), str(out), "-p", "lr", "0.5", "-p", "name", "half")
    assert results(nbformat.read(out, as_version=4).cells) == ["half: 1.5"]
    # what one run wrote can be run again: its parameters are replaced, not added to
    said("papermill", str(out), str(out), "-p", "epochs", "4")
    again = nbformat.read(out, as_version=4).cells
    assert [cell.source.strip() for cell in again][1:-1] == ["// Parameters\nvar epochs = 4;"]
    assert results(again) == ["a; b: 0.4"]


def test_papermill_lists_the_parameters(parameterised):
    listed = said("papermill", "--help-notebook", str(parameterised)).stdout
    assert re.search(r"lr: double \(default 0\.1\)\s+the learning rate\n", listed)
    assert re.search(r"epochs: int \(default 3\)", listed)
    assert re.search(r'name: String \(default "a; b"\)', listed)


VALUES = {
    "small": (1e-05, "1.0E-5"), "nan": (float("nan"), "NaN"), "far": (float("-inf"), "-Infinity"),
    "many": (3_000_000_000, "3000000000"), "most": (2**70, str(2**70)), "yes": (True, "true"), "none": (None, "null"),
    "text": ('a "q" \\u0041\n\té 😀 \x07', 'a "q" \\u0041\n\té 😀 \x07'),
    "dims": ([64, 32], "[64, 32]"), "rates": ([1, 0.5], "[1.0, 0.5]"), "wide": ([1, 2**40], f"[1, {2**40}]"),
    "mixed": ([1, "a", None], "[1, a, null]"), "nested": ([[1], [2, 3]], "[[1], [2, 3]]"), "no": ([], "[]"),
    "map": ({"a": {"b": None}}, "{a={b=null}}"), "empty": ({}, "{}"),
    "large": ({f"key {i:02}": i for i in range(11)}, None),
}


def test_every_value_of_yaml_arrives_in_java(tmp_path):
    parameters = translate_parameters("gradus", "java", {name: value for name, (value, _) in VALUES.items()})
    names = [name for name, (_, shown) in VALUES.items() if shown]
    cells = nbformat.read(notebook(tmp_path / "values.ipynb", parameters,
                                   *(f"String.valueOf({name})" for name in names),
                                   "rates.get(0) + dims.get(0) + wide.get(0)",
                                   "new TreeMap<>(large).firstEntry().getValue() + large.size()"), as_version=4)
    NotebookClient(cells, timeout=PATIENCE).execute()
    *shown, sum_, count = results(cells.cells)
    assert dict(zip(names, shown)) == {name: VALUES[name][1] for name in names}
    assert (sum_, count) == ("66.0", "11")


@pytest.mark.parametrize("name", ["learning-rate", "class", "2nd"])
def test_a_parameter_that_can_be_no_variable_is_named(name):
    with pytest.raises(PapermillException, match=f"'{name}' cannot be a variable"):
        translate_parameters("gradus", "java", {name: 1})


def test_declarations_are_found_where_the_author_put_them():
    source = """// int old = 1;
final var seed = 7L; int n = 3;int k = 4;  // behind it
Map<String, List<Integer>> sizes = Map.of("a;b",
    List.of(1, 2));   // sizes
double[] steps = {.1, .2};
n = 5;
"""
    found = papermill_translators.find_translator("gradus", "java").inspect({"source": source})
    assert [(each.name, each.inferred_type_name, each.help) for each in found] == [
        ("seed", "long", ""), ("n", "int", ""), ("k", "int", "behind it"), ("sizes", "Map<String, List<Integer>>", "sizes"),
        ("steps", "double[]", "")]


# --- jupyter console --------------------------------------------------------------------------------------------------

def test_a_console_answers_asks_and_ends():
    typed = ["1 + 1", 'var name = input("name? ")', "Ada", 'name + "!"', 'System.out.println("said");', "int n = true;"]
    ended = said("jupyter_console", "--kernel", "gradus", "--simple-prompt",
                 "--ZMQTerminalInteractiveShell.confirm_exit=False", input="\n".join(typed) + "\n")
    assert "Gradus" in ended.stdout and "on Java" in ended.stdout  # the banner
    assert "Out[1]: 2\n" in ended.stdout
    assert "name? " in ended.stdout and "Out[3]: Ada!\n" in ended.stdout
    assert "said\n" in ended.stdout
    assert "boolean cannot be converted to int" in ended.stderr
