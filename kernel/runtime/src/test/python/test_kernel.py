"""What jupyter_kernel_test does not see: interrupts, errors, control, hostile input, the end of a kernel."""

import json
import re
import subprocess
import time

import psutil
import pytest
import zmq
from jupyter_client.kernelspec import KernelSpecManager

from conftest import PATIENCE

FOREVER = {
    "a loop": 'System.out.println("on"); while (true) { }',
    "a loop that catches all": 'System.out.println("on"); while (true) { try { Math.sin(1); } catch (Throwable t) { } }',
    "a sleep": 'System.out.println("on"); Thread.sleep(3_600_000);',
    "a lambda": 'System.out.println("on"); java.util.stream.Stream.iterate(1, i -> i + 1).forEach(i -> { });',
}


@pytest.mark.parametrize("code", FOREVER.values(), ids=FOREVER.keys())
def test_an_interrupt_stops(kernel, code):
    msg_id = kernel.begin(code)
    kernel.manager.interrupt_kernel()
    outcome = kernel.outcome(msg_id)
    assert outcome.status == "error"
    assert outcome.error()["traceback"]
    assert kernel.run("20 + 1").result() == "21"


def test_an_interrupt_while_idle_does_no_harm(kernel):
    kernel.manager.interrupt_kernel()
    assert kernel.run("20 + 2").result() == "22"


def test_an_error_names_its_line_in_its_own_cell(kernel):
    outcome = kernel.run('int one = 1;\nint two = 2;\nthrow new IllegalStateException("third");')
    number = outcome.reply["content"]["execution_count"]
    error = outcome.error()
    assert error["ename"] == "java.lang.IllegalStateException" or error["ename"] == "IllegalStateException"
    assert error["evalue"] == "third"
    assert f"Cell In[{number}], line 3" in plain(error)


def test_an_error_in_a_method_names_the_cell_that_defined_it(kernel):
    defined = kernel.run("int half(int n) {\n    return n / 0;\n}").reply["content"]["execution_count"]
    outcome = kernel.run("\nhalf(4)")
    called = outcome.reply["content"]["execution_count"]
    text = plain(outcome.error())
    assert f"Cell In[{defined}], line 2" in text
    assert f"Cell In[{called}], line 2" in text
    assert "jdk.jshell" not in text and "gradus.kernel" not in text


def test_a_syntax_error_in_the_last_line_runs_nothing(kernel):
    outcome = kernel.run('System.out.println("ran");\nint broken = = 3;')
    assert outcome.status == "error"
    assert outcome.text() == ""


@pytest.mark.parametrize("code, hidden", [('input("Name? ")', False), ('password("Name? ")', True)])
def test_the_reader_is_asked_and_answers(kernel, code, hidden):
    asked, shown = [], []

    def answer(request):
        asked.append(request["content"])
        kernel.client.input("Ada")

    def show(message):
        if message["msg_type"] == "execute_result":
            shown.append(message["content"]["data"]["text/plain"])

    kernel.client.execute_interactive(code, allow_stdin=True, stdin_hook=answer, output_hook=show, timeout=PATIENCE)
    assert asked == [{"prompt": "Name? ", "password": hidden}]
    assert shown == ["Ada"]


def test_nobody_is_asked_where_nobody_can_answer(kernel):
    reply = kernel.client.execute_interactive('input("Name? ")', allow_stdin=False, output_hook=lambda message: None,
                                              timeout=PATIENCE)
    assert reply["content"]["status"] == "error"
    assert "cannot answer" in reply["content"]["evalue"]


def test_control_answers_while_a_cell_runs(kernel):
    msg_id = kernel.begin('System.out.println("on"); while (true) { }')
    reply = kernel.on_control("kernel_info_request")
    assert reply["content"]["language_info"]["name"] == "java"
    kernel.manager.interrupt_kernel()
    assert kernel.outcome(msg_id).status == "error"


def test_completion_answers_while_a_cell_runs(kernel):
    msg_id = kernel.begin('System.out.println("on"); while (true) { }')
    request = kernel.client.complete("Math.ab")
    while (reply := kernel.client.get_shell_msg(timeout=PATIENCE))["parent_header"]["msg_id"] != request:
        pass
    assert "abs(" in reply["content"]["matches"]
    kernel.manager.interrupt_kernel()
    assert kernel.outcome(msg_id).status == "error"


def test_many_lines_arrive_whole_and_in_few_messages(kernel):
    outcome = kernel.run('for (int i = 0; i < 50_000; i++) System.out.println("line " + i + " ∇");')
    assert outcome.text() == "".join(f"line {i} ∇\n" for i in range(50_000))
    assert len(outcome.outputs) < 500


def test_the_library_is_there_without_an_import(kernel):
    outcome = kernel.run("tensor(1, 2, 3).sum().item()")
    assert outcome.status == "ok", outcome.reply["content"]
    assert outcome.result() == "6.0"


def test_exit_is_an_error_of_the_cell_and_not_the_end(kernel):
    outcome = kernel.run("System.exit(3);")
    assert outcome.status == "error"
    assert kernel.run("20 + 3").result() == "23"


# --- hostile input ----------------------------------------------------------------------------------------------------

def signed(kernel, *parts: bytes) -> list[bytes]:
    return [b"<IDS|MSG>", kernel.client.session.sign(list(parts)), *parts]


def header(kernel, msg_type: str) -> bytes:
    return kernel.client.session.pack(kernel.client.session.msg(msg_type)["header"])


HOSTILE = {
    "garbage": lambda kernel: [b"\x00\xff not a message"],
    "no frames after the delimiter": lambda kernel: [b"<IDS|MSG>"],
    "two frames": lambda kernel: [b"<IDS|MSG>", b"signature"],
    "a wrong signature": lambda kernel: [b"<IDS|MSG>", b"0" * 64, header(kernel, "shutdown_request"), b"{}", b"{}",
                                         b'{"restart": false}'],
    "signed text that is no JSON": lambda kernel: signed(kernel, b"{", b"{}", b"{}", b"{}"),
    "a signed array": lambda kernel: signed(kernel, b"[]", b"[]", b"[]", b"[]"),
    "an unknown type": lambda kernel: signed(kernel, header(kernel, "no_such_request"), b"{}", b"{}", b"{}"),
    "an execute_request without code": lambda kernel: signed(kernel, header(kernel, "execute_request"), b"{}", b"{}",
                                                             b"{}"),
}


@pytest.mark.parametrize("channel", ["shell", "control"])
@pytest.mark.parametrize("frames", HOSTILE.values(), ids=HOSTILE.keys())
def test_survives(kernel, frames, channel):
    info = kernel.manager.get_connection_info()
    socket = zmq.Context.instance().socket(zmq.DEALER)
    socket.linger = 0
    socket.connect(f"tcp://{info['ip']}:{info[channel + '_port']}")
    try:
        socket.send_multipart(frames(kernel))
        # the honest request comes after it on the same connection, so its reply says that the other one is dealt with
        socket.send_multipart(signed(kernel, header(kernel, "kernel_info_request"), b"{}", b"{}", b"{}"))
        deadline = time.monotonic() + PATIENCE
        while socket.poll(1000 * max(0.0, deadline - time.monotonic())):
            reply = socket.recv_multipart()
            if json.loads(reply[reply.index(b"<IDS|MSG>") + 2])["msg_type"] == "kernel_info_reply":
                break
        else:
            pytest.fail("no reply to an honest request after the hostile one")
    finally:
        socket.close()
    assert kernel.run("20 + 4").result() == "24"


# --- beginning and end ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("content", ['{"shell_port": 5', "", "[]", '{"transport": "tcp"}'],
                         ids=["half written", "empty", "an array", "without ports"])
def test_a_broken_connection_file_gives_one_clear_line(tmp_path, content):
    file = tmp_path / "connection.json"
    file.write_text(content)
    ended = start_with(file)
    assert ended.returncode == 1
    said = [line for line in ended.stderr.splitlines() if not line.startswith("WARNING: Using incubator modules")]
    assert len(said) == 1 and str(file) in said[0], ended.stderr
    assert ended.stdout == ""


def test_a_missing_connection_file_gives_one_clear_line(tmp_path):
    ended = start_with(tmp_path / "none.json")
    assert ended.returncode == 1
    assert "none.json" in ended.stderr and "\tat " not in ended.stderr


def start_with(file) -> subprocess.CompletedProcess:
    argv = KernelSpecManager().get_kernel_spec("gradus").argv
    return subprocess.run([str(file) if word == "{connection_file}" else word for word in argv],
                          capture_output=True, text=True, timeout=PATIENCE)


def test_shutdown_leaves_no_process(kernel):
    kernel.run("1 + 1")
    processes = family(kernel)
    kernel.client.shutdown()
    gone, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    assert not alive


def test_shutdown_ends_a_cell_that_never_would(kernel):
    kernel.begin('System.out.println("on"); while (true) { }')
    processes = family(kernel)
    kernel.client.shutdown()
    gone, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    assert not alive


def test_a_restart_forgets_everything(kernel):
    kernel.run("int kept = 5;")
    kernel.manager.restart_kernel(now=False)
    kernel.client.wait_for_ready(timeout=PATIENCE)
    assert kernel.run("kept").status == "error"
    assert kernel.run("20 + 5").result() == "25"


def family(kernel) -> list[psutil.Process]:
    process = psutil.Process(kernel.manager.provisioner.pid)
    return [process, *process.children(recursive=True)]


def plain(error: dict) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error["traceback"]))
