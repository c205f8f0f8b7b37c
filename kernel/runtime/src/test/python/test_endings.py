"""Ends that nobody asked for, and how the next kernel tells of them; ends that somebody did."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

from conftest import PATIENCE

ON = 'System.out.println("on"); while (true) { }'
EXIT = 'System.class.getMethod("exit", int.class).invoke(null, 3);'   # as a library does, which nothing rewrites


def test_sigint_stops_the_cell_and_not_the_kernel(kernel):
    running = kernel.begin(ON)
    os.kill(kernel.manager.provisioner.pid, signal.SIGINT)
    assert kernel.outcome(running).status == "error"
    os.kill(kernel.manager.provisioner.pid, signal.SIGINT)
    kernel.run("Thread.sleep(300);")   # a signal takes its time: if it is late, it is this cell's
    assert kernel.run("20 + 13").result() == "33"


def test_an_interrupt_stops_a_cell_that_waits_for_input(kernel):
    running = kernel.client.execute('input("Name? ")', allow_stdin=True)
    question = kernel.client.get_stdin_msg(timeout=PATIENCE)
    assert question["parent_header"]["msg_id"] == running
    kernel.manager.interrupt_kernel()
    assert kernel.outcome(running).status == "error"
    kernel.client.input("too late")
    assert kernel.run("20 + 14").result() == "34"


def test_a_library_that_exits_is_named_to_those_who_wait(kernel):
    running = kernel.client.execute(EXIT)
    outcome = kernel.outcome(running)
    assert outcome.status == "error"
    assert "System.exit" in outcome.error()["evalue"] and "lost" in outcome.error()["evalue"]
    process = psutil.Process(kernel.manager.provisioner.pid)
    assert not psutil.wait_procs([process], timeout=PATIENCE)[1]


def test_a_thread_that_exits_ends_the_running_cell_with_an_error(kernel):
    running = kernel.client.execute("new Thread(() -> { try { " + EXIT + " } catch (Exception e) { } }).start(); " + ON)
    outcome = kernel.outcome(running)
    assert outcome.status == "error" and outcome.error()["ename"] == "KernelEnded"


def test_a_signal_to_end_is_told_too(kernel):
    running = kernel.begin(ON)
    os.kill(kernel.manager.provisioner.pid, signal.SIGTERM)
    outcome = kernel.outcome(running)
    assert outcome.status == "error" and "told to end" in outcome.error()["evalue"]


def test_a_crash_in_native_code_is_explained_by_the_next_kernel(kernel):
    kernel.client.execute("""
            var field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            ((sun.misc.Unsafe) field.get(null)).putInt(8L, 1);""")
    process = psutil.Process(kernel.manager.provisioner.pid)
    assert not psutil.wait_procs([process], timeout=PATIENCE)[1]
    kernel.manager.restart_kernel(now=True)
    kernel.client.wait_for_ready(timeout=PATIENCE)
    told = kernel.run("20 + 15")
    assert "The last kernel crashed (SIGSEGV in native code: " in told.text("stderr")
    assert told.result() == "35"
    assert kernel.run("1").text("stderr") == ""


@pytest.mark.parametrize("restart", [True, False])
@pytest.mark.parametrize("code", ["1;", ON], ids=["idle", "busy"])
def test_shutdown_is_answered_on_control_and_ends_the_process(kernel, restart, code):
    if code == ON:
        kernel.begin(code)
    process = psutil.Process(kernel.manager.provisioner.pid)
    assert kernel.on_control("shutdown_request", restart=restart)["content"] == {"status": "ok", "restart": restart}
    assert not psutil.wait_procs([process], timeout=PATIENCE)[1]


def test_the_kernel_does_not_outlive_its_server():
    """A server that is killed cannot shut down its kernels."""
    server = subprocess.Popen([sys.executable, "-c", """
from jupyter_client.manager import KernelManager
manager = KernelManager(kernel_name="gradus")
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=30)
print(manager.provisioner.pid, flush=True)
input()
"""], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process = psutil.Process(int(server.stdout.readline()))
    server.kill()
    server.wait()
    assert not psutil.wait_procs([process], timeout=PATIENCE)[1]
    server.stdin.close()
    server.stdout.close()
