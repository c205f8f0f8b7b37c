"""Where a kernel listens and whom it lets in: transports, signatures, CurveZMQ, and what it says when it cannot."""

import json
import os
import socket
import stat

import psutil
import pytest
import zmq

from jupyter_client.session import Session
from zmq.utils.monitor import recv_monitor_message

from conftest import PATIENCE, Kernel
from test_kernel import family, start_with

FAILED = (zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_AUTH
          | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL)
PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}


@pytest.fixture
def started():
    """Starts kernels with these settings of KernelManager; they end with the test."""
    kernels = []

    def start(**settings) -> Kernel:
        kernels.append(Kernel(**settings))
        return kernels[-1]

    yield start
    for kernel in kernels:
        kernel.stop()


def beats(kernel) -> bool:
    heart = zmq.Context.instance().socket(zmq.REQ)
    info = kernel.manager.get_connection_info()
    heart.linger = 0
    if "curve_publickey" in info:
        heart.curve_publickey, heart.curve_secretkey = zmq.curve_keypair()
        heart.curve_serverkey = kernel.manager.curve_publickey
    heart.connect(kernel.client._make_url("hb"))
    try:
        heart.send(b"alive?")
        return bool(heart.poll(1000 * PATIENCE)) and heart.recv() == b"alive?"
    finally:
        heart.close()


# --- transports -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("encryption", ["disabled", "required"])
def test_unix_domain_sockets(started, tmp_path, encryption):
    kernel = started(transport="ipc", ip=str(tmp_path / "kernel"), transport_encryption=encryption)
    assert kernel.run("20 + 1").result() == "21"
    assert kernel.on_control("kernel_info_request")["content"]["status"] == "ok"
    assert beats(kernel)
    files = list(tmp_path.iterdir())
    assert len(files) == 5
    for file in files:
        assert stat.S_ISSOCK(file.stat().st_mode) and stat.S_IMODE(file.stat().st_mode) == 0o600
    processes = family(kernel)
    kernel.client.shutdown()
    assert not psutil.wait_procs(processes, timeout=PATIENCE)[1]
    assert list(tmp_path.iterdir()) == []


def test_a_restart_over_unix_domain_sockets_replaces_what_a_killed_kernel_left(started, tmp_path):
    kernel = started(transport="ipc", ip=str(tmp_path / "kernel"))
    for process in reversed(family(kernel)):
        process.kill()
    kernel.manager.provisioner.process.wait()
    assert len(list(tmp_path.iterdir())) == 5
    kernel.manager.restart_kernel(now=True)
    kernel.client.wait_for_ready(timeout=PATIENCE)
    assert kernel.run("20 + 2").result() == "22"


def refused(tmp_path, **changes) -> str:
    """The one line that a kernel says that is to start with this connection file, and does not."""
    file = tmp_path / "connection.json"
    file.write_text(json.dumps({**PORTS, "ip": "127.0.0.1", "key": "k", "transport": "tcp",
                                "signature_scheme": "hmac-sha256", **changes}))
    ended = start_with(file)
    said = [line for line in ended.stderr.splitlines() if not line.startswith("WARNING: Using incubator modules")]
    assert ended.returncode == 1 and ended.stdout == "" and len(said) == 1, ended
    return said[0]


def test_what_is_in_the_way_of_a_unix_domain_socket_is_said(tmp_path):
    folder = tmp_path / "sockets"
    folder.mkdir()
    (folder / "kernel-2").write_text("keep me")
    assert "a file that is no socket is in the way" in refused(tmp_path, transport="ipc", ip=str(folder / "kernel"))
    assert (folder / "kernel-2").read_text() == "keep me"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(folder / "other-4"))
        other.listen()
        assert "another process listens there" in refused(tmp_path, transport="ipc", ip=str(folder / "other"))
    assert sorted(os.listdir(folder)) == ["kernel-2", "other-4"]
    assert "no/such/folder" in refused(tmp_path, transport="ipc", ip="no/such/folder/kernel")
    assert "cannot listen on ipc://" in refused(tmp_path, transport="ipc", ip=str(folder / ("long" * 50)))


def test_a_port_that_is_taken_is_said(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        free = socket.create_server(("127.0.0.1", 0))
        hb, iopub = free.getsockname()[1], port
        free.close()
        assert f"cannot listen on tcp://127.0.0.1:{port}: the port is in use" in refused(
            tmp_path, hb_port=hb, iopub_port=iopub)


@pytest.mark.parametrize("changes, line", [
    ({"ip": "no.such.machine.invalid"}, "no machine has this name"),
    ({"ip": "192.0.2.1"}, "cannot listen on tcp://192.0.2.1:2: "),
    ({"signature_scheme": "hmac-blake2b"}, "signature_scheme is hmac-blake2b, this Java knows hmac-sha256"),
    ({"curve_publickey": "0" * 40, "curve_secretkey": "1" * 40}, "curve_publickey does not belong to curve_secretkey"),
], ids=["an unknown machine", "another's address", "a signature of another kind", "keys of two pairs"])
def test_what_cannot_be_used_is_said_in_one_line(tmp_path, changes, line):
    assert line in refused(tmp_path, **changes)


# --- signatures -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("scheme", ["hmac-md5", "hmac-sha1", "hmac-sha512", "hmac-sha3_256"])
def test_other_signatures(started, scheme):
    kernel = started(session=Session(signature_scheme=scheme, key=b"a secret"))
    assert kernel.run("20 + 3").result() == "23"


def test_an_empty_key_means_no_signatures(started):
    kernel = started(session=Session(key=b""))
    assert kernel.run("20 + 4").result() == "24"


# --- encryption -------------------------------------------------------------------------------------------------------

def test_an_encrypted_kernel_serves_only_who_has_its_key(started):
    kernel = started(transport_encryption="required")
    assert kernel.run("20 + 5").result() == "25"
    assert kernel.run('"x".repeat(3_000_000)').status == "ok"
    assert kernel.run("/* " + "x" * 3_000_000 + " */ 20 + 6").result() == "26"
    assert beats(kernel)

    for server_key in (None, zmq.curve_keypair()[0]):
        outside = {}
        for channel, kind in (("shell", zmq.DEALER), ("control", zmq.DEALER), ("stdin", zmq.DEALER), ("hb", zmq.REQ),
                              ("iopub", zmq.SUB)):
            without = outside[channel] = zmq.Context.instance().socket(kind)
            without.linger = 0
            if server_key:
                without.curve_publickey, without.curve_secretkey = zmq.curve_keypair()
                without.curve_serverkey = server_key
            events = without.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED | FAILED)
            without.connect(kernel.client._make_url(channel))
            if kind == zmq.SUB:
                without.subscribe(b"")
            else:
                session = kernel.client.session
                without.send_multipart(session.serialize(session.msg("kernel_info_request")))
            while not (event := recv_monitor_message(events)["event"]) & (zmq.EVENT_DISCONNECTED | FAILED):
                assert event != zmq.EVENT_HANDSHAKE_SUCCEEDED
        assert kernel.run('System.out.println("secret");').text() == "secret\n"
        assert beats(kernel)
        for channel, without in outside.items():
            assert not without.poll(0), channel
            without.disable_monitor()
            without.close()


def test_one_kernelspec_serves_clients_that_encrypt_and_clients_that_do_not(started):
    assert started(transport_encryption="auto").run("1 + 1").result() == "2"
    assert started(transport_encryption="disabled").run("1 + 1").result() == "2"
