"""What is sent to a kernel by mistake or by malice: nothing happens but a line in its log, and it goes on."""

import json
import os
import socket
import struct
import sys
import time
from pathlib import Path

import psutil
import pytest
import zmq

from conftest import PATIENCE, Kernel

MARK = b'{"code": "System.out.println(\\"it ran\\")"}'


class Observed(Kernel):
    """A kernel whose log can be read, with sockets of our own to its channels."""

    def __init__(self, log: Path, **settings) -> None:
        self.log = log
        with log.open("w") as file:
            super().__init__(stderr=file, **settings)
        self.info = self.manager.get_connection_info()
        self.context = zmq.Context()

    def stop(self) -> None:
        self.context.destroy(linger=0)
        super().stop()

    def url(self, channel: str) -> str:
        return self.client._make_url(channel)

    def connect(self, channel: str, kind: int = zmq.DEALER, identity: bytes = b"") -> zmq.Socket:
        connected = self.context.socket(kind)
        connected.linger = 0
        connected.sndhwm = 0   # or a socket that subscribes forgets what exceeds 1000 topics
        if identity:
            connected.identity = identity
        connected.connect(self.url(channel))
        return connected

    def dial(self, channel: str) -> socket.socket:
        """The bare connection under ZeroMQ."""
        return socket.create_connection((self.info["ip"], self.info[channel + "_port"]), timeout=PATIENCE)

    def signed(self, *parts: bytes) -> list[bytes]:
        return [b"<IDS|MSG>", self.client.session.sign(list(parts)), *parts]

    def header(self, msg_type: str = "execute_request", **changes) -> bytes:
        header = json.loads(self.client.session.pack(self.client.session.msg(msg_type)["header"]))
        return json.dumps({**header, **changes}).encode()

    def honest(self) -> list[bytes]:
        return self.signed(self.header("kernel_info_request"), b"{}", b"{}", b"{}")

    def lines(self) -> list[str]:
        return [line for line in self.log.read_text(errors="replace").splitlines() if "WARNING:" in line]

    def await_line(self, text: str, before: list[str]) -> None:
        """Waits until the log says one thing more, and that it is this."""
        deadline = time.monotonic() + PATIENCE
        while len(new := self.lines()[len(before):]) == 0 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(new) == 1 and text in new[0], new


@pytest.fixture(scope="module")
def observed(tmp_path_factory):
    """One for all: what these tests do must not be seen by the next."""
    kernel = Observed(tmp_path_factory.mktemp("wire") / "log")
    yield kernel
    kernel.stop()


def answer(connected: zmq.Socket) -> dict:
    assert connected.poll(1000 * PATIENCE), "no reply to an honest request"
    frames = connected.recv_multipart()
    return json.loads(frames[frames.index(b"<IDS|MSG>") + 2])


# --- messages ---------------------------------------------------------------------------------------------------------

def hostile_messages():
    """Name, what the log says, and the frames: all but the first few are signed as they should be."""
    yield "random", "no <IDS|MSG>", lambda k: [os.urandom(100)]
    yield "an empty frame", "no <IDS|MSG>", lambda k: [b""]
    yield "a thousand empty frames", "no <IDS|MSG>", lambda k: [b""] * 1000
    yield "only the delimiter", "only 0 frames", lambda k: [b"<IDS|MSG>"]
    yield "four frames", "only 4 frames", lambda k: k.signed(k.header(), b"{}", b"{}")
    yield "a wrong signature", "wrong signature", lambda k: [b"<IDS|MSG>", b"0" * 64, k.header(), b"{}", b"{}", MARK]
    yield "no signature", "wrong signature", lambda k: [b"<IDS|MSG>", b"", k.header(), b"{}", b"{}", MARK]
    yield "six empty frames", "wrong signature", lambda k: [b"<IDS|MSG>"] + [b""] * 5
    for name, header in {"nothing": b"", "text": b"{", "an array": b"[]", "a number": b"7", "null": b"null",
                         "NaN": b"NaN"}.items():
        yield f"a header of {name}", "header is not", lambda k, h=header: k.signed(h, k.header(), b"{}", MARK)
    for name in ("msg_id", "msg_type", "session", "username", "date", "version"):
        for value in (1, None, [], {"a": 1}, True):
            yield (f"{name} is {value}", f"{name} in the header is no string",
                   lambda k, n=name, v=value: k.signed(k.header(**{n: v}), b"{}", b"{}", MARK))
    for part, name in enumerate(("parent_header", "metadata", "content")):
        for what, value in {"an array": b"[]", "a number": b"3.5", "a text": b'"x"', "cut": MARK[:-1],
                            "NaN": b'{"code": NaN}', "Infinity": b'{"code": -Infinity}', "two values": MARK + b"{}",
                            "a key twice": MARK[:-1] + b', "code": "1"}',
                            "nested": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
                            "nested arrays": b"[" * 100_000, "no UTF-8": b'{"code": "\xff\xfe"}',
                            "a surrogate in UTF-8": b'{"code": "\xed\xa0\x80"}',
                            "half a pair": b'{"code": "\\ud83d"}', "the other half": b'{"\\ude00": 1}'}.items():
            yield (f"{name} is {what}", f"{name} ",
                   lambda k, p=part, v=value: k.signed(k.header(), *[v if i == p else b"{}" for i in range(3)]))


HOSTILE = {name: (line, frames) for name, line, frames in hostile_messages()}


@pytest.mark.parametrize("channel", ["shell", "control", "stdin"])
@pytest.mark.parametrize("line, frames", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_line_in_the_log_and_nothing_else(observed, line, frames, channel):
    before = observed.lines()
    connected = observed.connect(channel)
    try:
        connected.send_multipart(frames(observed))
        connected.send_multipart(observed.honest())
        assert answer(connected)["msg_type"] == "kernel_info_reply"   # and the hostile one got no reply before it
        observed.await_line(line, before)
    finally:
        connected.close()


def test_a_message_that_is_sent_again_runs_once(observed):
    observed.run("int runs = 0;")
    message = observed.signed(observed.header(), b"{}", b"{}", b'{"code": "runs++;", "silent": false}')
    connected, control = observed.connect("shell"), observed.connect("control")
    connected.send_multipart(message)
    assert answer(connected)["msg_type"] == "execute_reply"
    for each in (connected, control):
        for _ in range(3):
            each.send_multipart(message)
        each.send_multipart(observed.honest())
        assert answer(each)["msg_type"] == "kernel_info_reply"
        each.close()
    assert observed.run("runs").result() == "1"


def test_twenty_megabytes_are_a_message(observed):
    text = "x" * (20 << 20)
    assert observed.run(f"/* {text} */ 20 + 1").result() == "21"


def test_two_hundred_megabytes_are_refused(observed):
    before = observed.lines()
    connected = observed.connect("shell")
    connected.send_multipart(observed.signed(observed.header(), b"{}", b"{}", b" " * (200 << 20)))
    observed.await_line("disconnected: it sent a message of more than ", before)
    connected.send_multipart(observed.honest())   # ZeroMQ has connected again
    assert answer(connected)["msg_type"] == "kernel_info_reply"
    connected.close()


def test_two_hundred_megabytes_in_pieces_are_refused(observed):
    before = observed.lines()
    connected = observed.connect("control")
    connected.send_multipart([b" " * (2 << 20)] * 100, copy=False)
    observed.await_line("disconnected: it sent a message of more than ", before)
    connected.send_multipart(observed.honest())
    assert answer(connected)["msg_type"] == "kernel_info_reply"
    connected.close()


def test_ten_thousand_requests_at_once_are_all_answered(observed):
    connected, heart = observed.connect("control"), observed.connect("hb", zmq.REQ)
    for _ in range(10_000):
        connected.send_multipart(observed.honest())
    heart.send(b"alive?")
    assert heart.poll(1000 * PATIENCE) and heart.recv() == b"alive?"
    assert all(answer(connected)["msg_type"] == "kernel_info_reply" for _ in range(10_000))
    connected.close()
    heart.close()
    assert observed.run("20 + 2").result() == "22"


def test_who_comes_back_under_a_name_takes_over(observed):
    first = observed.connect("shell", identity=b"the same")
    first.send_multipart(observed.honest())
    assert answer(first)["msg_type"] == "kernel_info_reply"
    second = observed.connect("shell", identity=b"the same")
    second.send_multipart(observed.honest())
    assert answer(second)["msg_type"] == "kernel_info_reply"
    first.close()
    second.close()


def test_the_heartbeat_echoes_whatever_it_is(observed):
    heart = observed.connect("hb")
    for beat in ([b"", b"ping"], [b""], [os.urandom(1 << 20)], [b"a", b"", b"b"]):
        heart.send_multipart(beat)
        assert heart.poll(1000 * PATIENCE) and heart.recv_multipart() == beat
    heart.close()


# --- subscribers ------------------------------------------------------------------------------------------------------

def test_each_subscriber_is_welcomed_first(observed):
    for topic in (b"", b"stream", b"\xff", b"stream"):
        listening = observed.connect("iopub", zmq.SUB)
        listening.subscribe(topic)
        assert answer(listening)["msg_type"] == "iopub_welcome"
        listening.close()


def test_a_subscriber_gets_its_topics_only(observed):
    listening = observed.connect("iopub", zmq.SUB)
    listening.subscribe(b"stream")
    listening.subscribe(b"status")
    assert [answer(listening)["msg_type"] for _ in range(2)] == ["iopub_welcome"] * 2
    listening.unsubscribe(b"status")
    listening.subscribe(b"execute_result")
    assert answer(listening)["msg_type"] == "iopub_welcome"   # so the kernel knows of the other, too
    observed.run('System.out.println("printed"); 5')
    assert [answer(listening)["msg_type"] for _ in range(2)] == ["stream", "execute_result"]
    listening.close()


def test_what_is_no_subscription_does_no_harm(observed):
    talking = observed.connect("iopub", zmq.XSUB)
    for frames in ([b""], [b"\x05"], [b"\xff" * 100], [b"\x01", b"more"], [b"\x00never subscribed"]):
        talking.send_multipart(frames)
    talking.send(b"\x01")
    assert answer(talking)["msg_type"] == "iopub_welcome"
    talking.close()


def test_a_subscriber_to_very_much_is_disconnected(observed):
    before = observed.lines()
    with observed.dial("iopub") as bare:   # ZeroMQ would connect again, and subscribe to all of it again
        bare.sendall(GREETING + SUB + b"".join(b"\x00\x0a\x01topic%04d" % number for number in range(2_000)))
        observed.await_line("sent more subscriptions", before)
    assert observed.run("20 + 3").result() == "23"


# --- bytes ------------------------------------------------------------------------------------------------------------

GREETING = b"\xff" + struct.pack(">Q", 1) + b"\x7f\x03\x01" + b"NULL".ljust(20, b"\0") + bytes(32)


def ready(*properties: tuple[bytes, bytes]) -> bytes:
    body = b"\x05READY" + b"".join(bytes([len(name)]) + name + struct.pack(">I", len(value)) + value
                                   for name, value in properties)
    return b"\x04" + bytes([len(body)]) + body


DEALER = ready((b"Socket-Type", b"DEALER"))
SUB = ready((b"Socket-Type", b"SUB"))

BROKEN = {
    "random bytes": bytes(range(1, 200)),
    "HTTP": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
    "ZMTP 2": b"\xff" + bytes(8) + b"\x7f\x01\x05\x00\x00" + bytes(60),
    "another mechanism": GREETING.replace(b"NULL", b"PLAIN") + DEALER,
    "encryption": GREETING.replace(b"NULL\0", b"CURVE"),
    "no READY": GREETING + b"\x04\x05\x04ELSE",
    "a message before READY": GREETING + b"\x00\x05hello",
    "an endless READY": GREETING + b"\x06" + struct.pack(">Q", 1 << 40),
    "a property that overflows": GREETING + b"\x04\x12\x05READY\x01a\xff\xff\xff\xff" + bytes(20),
    "a property that is cut": GREETING + b"\x04\x08\x05READY\x09a",
    "a kind that does not belong": GREETING + ready((b"Socket-Type", b"PUSH")),
    "no kind": GREETING + ready(),
    "the name of a nameless one": GREETING + ready((b"Socket-Type", b"DEALER"), (b"Identity", b"\x000")),
    "a long name": GREETING + b"\x06" + struct.pack(">Q", 6 + 13 + 1000) + b"\x05READY\x08Identity" +
                   struct.pack(">I", 1000) + b"x" * 1000,
    "a negative size": GREETING + DEALER + b"\x02" + struct.pack(">q", -5),
    "a huge size": GREETING + DEALER + b"\x02" + struct.pack(">q", 2**31 - 1),
    "the hugest size": GREETING + DEALER + b"\x03" + b"\x7f" + b"\xff" * 7,
    "unknown flags": GREETING + DEALER + b"\xf8\x01x",
}


@pytest.mark.parametrize("channel", ["shell", "control", "stdin", "iopub", "hb"])
@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN.keys())
def test_who_does_not_keep_to_the_protocol_is_disconnected(observed, sent, channel):
    if channel == "iopub":
        sent = sent.replace(DEALER, SUB)
    with observed.dial(channel) as bare:
        bare.sendall(sent)
        try:
            while bare.recv(4096):   # our greeting, and then the end
                pass
        except ConnectionResetError:
            pass
    assert observed.on_control("kernel_info_request")["content"]["status"] == "ok"


@pytest.mark.parametrize("sent", [b"", GREETING[:5], GREETING[:11], GREETING, GREETING + DEALER[:9],
                                  GREETING + DEALER + b"\x02" + struct.pack(">q", 100 << 20) + b"and no more"],
                         ids=["nothing", "5 bytes", "the version", "a greeting", "half of READY", "half of a message"])
def test_who_stops_in_the_middle_disturbs_nobody(observed, sent):
    bare = [observed.dial(channel) for channel in ("shell", "control", "stdin", "iopub", "hb") for _ in range(40)]
    for each in bare:
        each.sendall(sent)
    for channel in ("shell", "control", "stdin"):
        connected = observed.connect(channel)
        connected.send_multipart(observed.honest())
        assert answer(connected)["msg_type"] == "kernel_info_reply"
        connected.close()
    for each in bare:
        each.close()
    assert observed.run("20 + 4").result() == "24"


def test_a_ping_is_answered(observed):
    with observed.dial("shell") as bare:
        bare.sendall(GREETING + DEALER + b"\x04\x0b\x04PING\x00\x0aecho")
        received = b""
        while b"\x04PONG" not in received or not received.endswith(b"echo"):
            received += (more := bare.recv(4096))
            assert more, received


@pytest.mark.parametrize("settings", [{}, {"transport": "ipc"}], ids=["tcp", "ipc"])
def test_a_cell_that_interrupts_every_thread_makes_nobody_deaf(tmp_path, settings):
    if settings:
        settings = {**settings, "ip": str(tmp_path / "kernel")}
    kernel = Observed(tmp_path / "log", **settings)
    try:
        interrupted = kernel.run("var theirs = Thread.getAllStackTraces().keySet().stream()"
                                 ".filter(t -> t.getName().endsWith(\" accepts\")).toList();\n"
                                 "theirs.forEach(Thread::interrupt);\ntheirs.size()")
        assert interrupted.result() == "5"
        for channel in ("shell", "control", "stdin") * 3:
            connected = kernel.connect(channel)
            connected.send_multipart(kernel.honest())
            assert answer(connected)["msg_type"] == "kernel_info_reply"
            connected.close()
    finally:
        kernel.stop()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux limits a process that runs")
def test_a_process_without_a_file_left_goes_on(tmp_path):
    import resource
    kernel = Observed(tmp_path / "log")
    try:
        connected = kernel.connect("control")
        connected.send_multipart(kernel.honest())
        assert answer(connected)["msg_type"] == "kernel_info_reply"
        assert kernel.run("1 + 1").result() == "2"   # so what a start opens and closes again is closed
        kernel.run("%history")   # and the history, which opens its file beside the first cell, is open
        pid = kernel.manager.provisioner.pid
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (psutil.Process(pid).num_fds() + 2, 4096))
        before = kernel.lines()
        bare = [kernel.dial("shell") for _ in range(40)]   # the system keeps 50 who wait to be let in
        for each in bare:
            each.sendall(GREETING + DEALER)
        kernel.await_line("cannot let a client in", before)
        connected.send_multipart(kernel.honest())
        assert answer(connected)["msg_type"] == "kernel_info_reply"
        for each in bare:
            each.close()
        assert kernel.run("20 + 5").result() == "25"
        assert kernel.on_control("kernel_info_request")["content"]["status"] == "ok"
    finally:
        kernel.stop()


def test_a_cell_that_keeps_every_virtual_thread_busy_makes_nobody_deaf(tmp_path):
    kernel = Observed(tmp_path / "log")
    try:
        kernel.run("for (int i = 0; i < 64; i++) Thread.ofVirtual().start(() -> { while (true) { } });")
        for channel in ("shell", "control", "stdin"):
            connected = kernel.connect(channel)
            connected.send_multipart(kernel.honest())
            assert answer(connected)["msg_type"] == "kernel_info_reply"
            connected.close()
    finally:
        kernel.stop()


def test_a_subscriber_that_never_reads_costs_a_part_of_the_heap_and_is_let_go(tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx256m")
    kernel = Observed(tmp_path / "log")
    try:
        with kernel.dial("iopub") as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.sendall(GREETING + SUB + b"\x00\x01\x01")
            for _ in range(25):
                outcome = kernel.run('for (int i = 0; i < 4_000; i++) System.out.println("x".repeat(999));')
                assert len(outcome.text()) == 4_000_000
            # a quarter of the heap, of which a collector may keep a part to itself
            assert any("has not read for 6" in line for line in kernel.lines())
    finally:
        kernel.stop()
