"""A running kernel, as a front end sees it: what is installed as 'gradus' in the Jupyter that runs these tests."""

import os
import signal
import tempfile
from dataclasses import dataclass, field

import pytest
from jupyter_client.manager import KernelManager

# the kernels of tests must not write into the history of whoever runs them; the folder goes when the tests end
HISTORY = tempfile.TemporaryDirectory(prefix="gradus-test-")
os.environ["GRADUS_HISTORY"] = os.path.join(HISTORY.name, "history.sqlite")

# a shell that runs these tests in the background has them ignore SIGINT, which the kernels would inherit
signal.signal(signal.SIGINT, signal.default_int_handler)

PATIENCE = 30  # seconds until a test gives up on a message; none waits that long when the kernel is well


@dataclass
class Outcome:
    """All that a cell sent: the reply, and what stands below the cell, in order."""

    reply: dict
    outputs: list[dict] = field(default_factory=list)

    @property
    def status(self) -> str:
        return self.reply["content"]["status"]

    def text(self, stream: str = "stdout") -> str:
        return "".join(message["content"]["text"] for message in self.outputs
                       if message["msg_type"] == "stream" and message["content"]["name"] == stream)

    def result(self) -> str:
        return next(message["content"]["data"]["text/plain"] for message in self.outputs
                    if message["msg_type"] == "execute_result")

    def error(self) -> dict:
        return next(message["content"] for message in self.outputs if message["msg_type"] == "error")


class Kernel:
    def __init__(self, stderr=None, **settings) -> None:
        """The settings are KernelManager's; stderr is a file for what the kernel logs."""
        self.manager = KernelManager(kernel_name="gradus", **settings)
        self.manager.start_kernel(stderr=stderr)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(self, code: str, **flags) -> Outcome:
        return self.outcome(self.client.execute(code, **flags))

    def outcome(self, msg_id: str) -> Outcome:
        """Waits for the end of a cell: its reply and, on IOPub, its idle."""
        outputs = []
        while True:
            message = self.published(msg_id)
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
            if message["msg_type"] not in ("status", "execute_input"):
                outputs.append(message)
        return Outcome(self.reply(msg_id), outputs)

    def published(self, msg_id: str) -> dict:
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") == msg_id:
                return message

    def begin(self, code: str, **flags) -> str:
        """Starts a cell that prints and goes on; comes back when its first output is here, so that it surely runs."""
        msg_id = self.client.execute(code, **flags)
        while self.published(msg_id)["msg_type"] != "stream":
            pass
        return msg_id

    def on_control(self, msg_type: str, **content) -> dict:
        """A request on control, and its reply."""
        request = self.client.session.msg(msg_type, content)
        self.client.control_channel.send(request)
        while True:
            reply = self.client.get_control_msg(timeout=PATIENCE)
            if reply["parent_header"]["msg_id"] == request["header"]["msg_id"]:
                return reply

    def send(self, msg_type: str, content: dict, subshell: str | None = None, metadata: dict | None = None,
             buffers: list[bytes] | None = None) -> str:
        """Any message on shell, to the main shell or a subshell."""
        request = self.client.session.msg(msg_type, content, metadata=metadata)
        if subshell is not None:
            request["header"]["subshell_id"] = subshell
        self.client.session.send(self.client.shell_channel.socket, request, buffers=buffers)
        return request["header"]["msg_id"]

    def ask(self, msg_type: str, content: dict, subshell: str | None = None) -> dict:
        """A request on shell, and its reply."""
        return self.reply(self.send(msg_type, content, subshell))

    def settle(self) -> None:
        """Comes back when all that was sent on shell is with the kernel: it answers this at once, whatever it does."""
        self.ask("kernel_info_request", {})

    def reply(self, msg_id: str) -> dict:
        return self.replies(msg_id)[0]

    def replies(self, *msg_ids: str) -> list[dict]:
        """The replies to several requests, whichever comes first; others are passed over."""
        found = {}
        while not set(msg_ids) <= found.keys():
            reply = self.client.get_shell_msg(timeout=PATIENCE)
            found[reply["parent_header"]["msg_id"]] = reply
        return [found[msg_id] for msg_id in msg_ids]

    def until_idle(self, msg_id: str) -> list[dict]:
        """What is published for a message, all but its busy and idle."""
        messages = []
        while True:
            message = self.published(msg_id)
            if message["msg_type"] != "status":
                messages.append(message)
            elif message["content"]["execution_state"] == "idle":
                return messages


@pytest.fixture
def kernel():
    """One for each test: a kernel that one test has hung would fail all others too."""
    kernel = Kernel()
    yield kernel
    kernel.stop()
