"""The one command, from outside."""

import json
import os
import socket
import subprocess
import urllib.request

import nbformat
import psutil
import pytest
from jupyter_client.manager import KernelManager
from jupyter_client.kernelspec import KernelSpecManager

from conftest import ROOT, gradus, notebook

VERBS = ["lab", "run", "test", "kernelspec", "bench", "doctor"]


def test_help_lists_the_verbs():
    for words in ([], ["help"], ["--help"]):
        answer = gradus(*words)
        assert answer.returncode == 0
        assert all(f"  {verb} " in answer.stdout for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_has_a_page(verb):
    pages = {gradus("help", verb).stdout, gradus(verb, "--help").stdout}
    assert len(pages) == 1
    assert pages.pop().startswith(f"java install/Gradus.java {verb}")


def test_an_unknown_verb_lists_the_verbs():
    answer = gradus("dance")
    assert answer.returncode == 2
    assert "'dance'" in answer.stderr and all(verb in answer.stderr for verb in VERBS)


@pytest.mark.parametrize("words, sentence", [
    (["lab", "--prot", "1"], "lab does not know '--prot'"),
    (["lab", "--port"], "--port needs a value"),
    (["lab", "--port", "many"], "--port many is not a port"),
    (["run"], "Which notebook?"),
    (["test", "unti"], "There is no suite 'unti'. The suites are: unit, protocol, notebooks, outsiders, browser, entry."),
    (["kernelspec", "--user", "--prefix", "x"], "exclude each other"),
    (["bench", "speed"], "There is no measurement 'speed'"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_a_wrong_word_is_named(words, sentence):
    answer = gradus(*words)
    assert answer.returncode == 2
    assert sentence in answer.stderr
    assert "\tat " not in answer.stderr


def test_doctor_finds_what_these_tests_run_on():
    answer = gradus("doctor")
    assert answer.returncode == 0, answer.stdout
    for thing in ("JDK", "Maven", "Python", "Jupyter", "Fonts"):
        assert any(line.startswith(thing) and " found " in line for line in answer.stdout.splitlines()), answer.stdout


def test_without_a_new_enough_jdk_it_says_what_to_install(tmp_path):
    # a copy of the launcher whose wish no JDK meets
    folder = tmp_path / "install"
    folder.mkdir()
    source = (ROOT / "install" / "Gradus.java").read_text()
    (folder / "Gradus.java").write_text(source.replace("WANTED = 25", "WANTED = 999"))
    answer = subprocess.run(["java", folder / "Gradus.java", "doctor"], capture_output=True, text=True)
    assert answer.returncode == 1
    assert "missing" in answer.stdout.splitlines()[0]
    answer = subprocess.run(["java", folder / "Gradus.java", "kernelspec", "--prefix", tmp_path],
                            capture_output=True, text=True)
    assert answer.returncode == 1
    assert all(system in answer.stderr for system in ("Debian", "macOS", "Windows"))


def test_bench_writes_its_figures(tmp_path):
    answer = gradus("bench", "nn.sgemm-1", "--json", str(tmp_path / "bench.json"))
    assert answer.returncode == 0, answer.stderr
    (row,) = json.loads((tmp_path / "bench.json").read_text())
    assert row.pop("ours") > 0
    assert row == {"name": "nn.sgemm-1-core", "unit": "ms", "peer": None, "theirs": None, "ratio": None,
                   "must": {"ratio": 1.05}, "aim": {"ratio": 1.0}, "others": {}}
    assert "nn.sgemm-1-core" in answer.stdout


# --- run --------------------------------------------------------------------------------------------------------------

def test_run_prints_a_line_for_each_cell_and_writes_the_result(tmp_path):
    path = notebook(tmp_path / "good.ipynb", "int n = 6;\nint m = 7;", "n * m")
    out = tmp_path / "out.ipynb"
    answer = gradus("run", str(path), "-o", str(out))
    assert answer.returncode == 0, answer.stderr
    assert "[  1] int n = 6;" in answer.stdout and "[  2] n * m" in answer.stdout
    assert nbformat.read(out, 4).cells[1].outputs[0].data["text/plain"] == "42"
    assert not nbformat.read(path, 4).cells[1].outputs


def test_run_shows_the_error_of_a_failing_cell(tmp_path):
    path = notebook(tmp_path / "bad.ipynb", "1 + 1", 'throw new IllegalStateException("broken on purpose");', "2 + 2")
    answer = gradus("run", str(path))
    assert answer.returncode == 1
    assert "broken on purpose" in answer.stderr and "IllegalStateException" in answer.stderr
    assert "Traceback (most recent call last)" not in answer.stderr
    assert "2 + 2" not in answer.stdout


def test_run_names_a_missing_notebook(tmp_path):
    answer = gradus("run", str(tmp_path / "none.ipynb"))
    assert answer.returncode == 1
    assert answer.stderr == f"There is no notebook at {tmp_path / 'none.ipynb'}.\n"


def test_run_names_a_file_that_is_no_notebook(tmp_path):
    (tmp_path / "text.ipynb").write_text("not json")
    answer = gradus("run", str(tmp_path / "text.ipynb"))
    assert answer.returncode == 1
    assert "text.ipynb is no notebook" in answer.stderr and "Traceback" not in answer.stderr


# --- kernelspec -------------------------------------------------------------------------------------------------------

def test_kernelspec_stands_alone(tmp_path):
    answer = gradus("kernelspec", "--prefix", str(tmp_path))
    assert answer.returncode == 0, answer.stderr
    folder = tmp_path / "share" / "jupyter" / "kernels" / "gradus"
    assert str(folder) in answer.stdout
    spec = json.loads((folder / "kernel.json").read_text())
    assert spec["display_name"] == "Java (Gradus)" and spec["interrupt_mode"] == "message"
    assert str(ROOT) not in json.dumps(spec)
    assert {"logo-32x32.png", "logo-64x64.png", "logo-svg.svg"} <= {path.name for path in folder.iterdir()}

    manager = KernelManager(kernel_name="gradus",
                            kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(folder.parent)]))
    assert manager.kernel_spec.resource_dir == str(folder)
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        shown = []
        reply = client.execute_interactive("tensor(1, 2).sum().item()", timeout=60, output_hook=shown.append)
        assert reply["content"]["status"] == "ok"
        assert [message["content"]["data"]["text/plain"] for message in shown
                if message["msg_type"] == "execute_result"] == ["3.0"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_kernelspec_user_goes_where_every_jupyter_looks(tmp_path):
    answer = gradus("kernelspec", env={**os.environ, "JUPYTER_DATA_DIR": str(tmp_path)})
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "kernels" / "gradus" / "kernel.json").exists()


def test_the_kernel_starts_without_a_word_about_its_archive(tmp_path):
    """With its start-up archive, without it, and with one that fits no more: the archive only ever saves time."""
    assert gradus("kernelspec", "--prefix", str(tmp_path)).returncode == 0
    folder = tmp_path / "share" / "jupyter" / "kernels" / "gradus"
    argv = json.loads((folder / "kernel.json").read_text())["argv"]
    archive = folder / "kernel.jsa"
    assert archive.exists()
    words = [*argv[:-1], "--rehearse"]

    def says() -> str:
        ended = subprocess.run(words, capture_output=True, text=True, timeout=120)
        assert ended.returncode == 0, ended.stderr
        return "\n".join(line for line in (ended.stdout + ended.stderr).splitlines()
                         if not line.startswith("WARNING: Using incubator modules"))

    assert says() == ""
    archive.write_bytes(b"no archive at all")
    assert says() == ""
    archive.unlink()
    assert says() == ""


def test_the_environment_adds_options_of_the_jvm(tmp_path):
    assert gradus("kernelspec", "--prefix", str(tmp_path)).returncode == 0
    argv = json.loads((tmp_path / "share" / "jupyter" / "kernels" / "gradus" / "kernel.json").read_text())["argv"]
    ended = subprocess.run([*argv[:-1], "--rehearse"], env={**os.environ, "GRADUS_JVM_OPTS": "-showversion --dry-run"},
                           capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert "Runtime Environment" in ended.stderr


# --- lab --------------------------------------------------------------------------------------------------------------

def test_a_full_port_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = gradus("lab", "--no-browser", "--port", str(port))
    assert answer.returncode == 1
    assert f"Port {port} is in use" in answer.stderr and "--port " in answer.stderr


def test_a_second_lab_makes_nothing_again_and_ctrl_c_leaves_nothing(lab):
    lab().ctrl_c()
    second = lab()
    assert not any(word in line for line in second.said for word in ("Building", "Installing", "Making"))

    start = urllib.request.Request(second.address + "api/kernels", method="POST", data=b'{"name": "gradus"}',
                                   headers={"Authorization": f"token {second.token}"})
    with urllib.request.urlopen(start) as answer:
        assert answer.status == 201
    assert any("gradus.kernel.Main" in process.cmdline() for process in second.family())
    assert second.ctrl_c() == []


def test_ending_the_launcher_ends_what_it_started(lab):
    running = lab()
    family = running.family()
    running.process.terminate()
    gone, alive = psutil.wait_procs(family, timeout=30)
    assert not alive
