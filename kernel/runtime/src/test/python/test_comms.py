"""Comms in both directions, with bytes, on the main shell and on subshells."""

import os
import uuid

import pytest

ECHO = """
        Comms.register("echo", comm -> comm.onMessage(message -> {
            System.out.print("handled " + message.get("n"));
            comm.send(message.data(), message.metadata(), message.buffers());
        }));"""


def open_comm(kernel, target: str, subshell: str | None = None, **data) -> tuple[str, list[dict]]:
    """A comm that the front end opens, and what the kernel publishes for that."""
    comm_id = uuid.uuid4().hex
    msg_id = kernel.send("comm_open", {"comm_id": comm_id, "target_name": target, "data": data}, subshell)
    return comm_id, kernel.until_idle(msg_id)


def test_data_metadata_and_bytes_come_back_as_they_were(kernel):
    assert kernel.run(ECHO).status == "ok"
    comm_id, said = open_comm(kernel, "echo")
    assert said == []
    data = {"n": 1, "text": "∇😀", "list": [1.5, None, True, {"deep": -(2 ** 62)}], "empty": {}}
    buffers = [os.urandom(1 << 20), b"", b"\x00\xff"]
    msg_id = kernel.send("comm_msg", {"comm_id": comm_id, "data": data}, metadata={"version": "2.1.0"}, buffers=buffers)
    printed, back = kernel.until_idle(msg_id)
    assert printed["content"] == {"name": "stdout", "text": "handled 1"}
    assert back["msg_type"] == "comm_msg"
    assert back["content"] == {"comm_id": comm_id, "data": data}
    assert back["metadata"] == {"version": "2.1.0"}
    assert [bytes(buffer) for buffer in back["buffers"]] == buffers


def test_the_kernel_opens_speaks_and_closes(kernel):
    outcome = kernel.run("""
            var comm = Comm.open("view", Map.of("state", List.of(1, 2)), Map.of("version", "2.1.0"), List.of(new byte[] {1, 2}));
            comm.send(Map.of("n", 1));
            comm.close(Map.of("bye", true));
            comm.isOpen()""")
    opened, sent, closed, result = outcome.outputs
    comm_id = opened["content"]["comm_id"]
    assert opened["msg_type"] == "comm_open"
    assert opened["content"] == {"comm_id": comm_id, "target_name": "view", "target_module": None,
                                 "data": {"state": [1, 2]}}
    assert opened["metadata"] == {"version": "2.1.0"} and [bytes(b) for b in opened["buffers"]] == [b"\x01\x02"]
    assert (sent["msg_type"], sent["content"]) == ("comm_msg", {"comm_id": comm_id, "data": {"n": 1}})
    assert (closed["msg_type"], closed["content"]) == ("comm_close", {"comm_id": comm_id, "data": {"bye": True}})
    assert result["content"]["data"]["text/plain"] == "false"
    assert "is closed" in kernel.run("comm.send(1);").error()["evalue"]


def test_the_front_end_closes(kernel):
    kernel.run("""
            var heard = new ArrayList<Object>();
            Comms.register("heard", comm -> {
                heard.add(comm.opening().data());
                comm.onClose(message -> heard.add(message.data() + " " + comm.isOpen()));
            });""")
    comm_id, _ = open_comm(kernel, "heard", first="word")
    kernel.until_idle(kernel.send("comm_close", {"comm_id": comm_id, "data": {"last": "word"}}))
    assert kernel.run("heard").result() == "[{first=word}, {last=word} false]"
    assert kernel.until_idle(kernel.send("comm_msg", {"comm_id": comm_id, "data": {}})) == []


def test_an_unknown_target_is_closed_at_once(kernel):
    comm_id, said = open_comm(kernel, "nobody")
    assert [(m["msg_type"], m["content"]["comm_id"]) for m in said] == [("comm_close", comm_id)]


def test_info_lists_what_is_open(kernel):
    kernel.run(ECHO + 'var mine = Comm.open("mine", Map.of());')
    comm_id, _ = open_comm(kernel, "echo")
    everything = kernel.ask("comm_info_request", {})["content"]["comms"]
    assert sorted(comm["target_name"] for comm in everything.values()) == ["echo", "mine"]
    assert kernel.ask("comm_info_request", {"target_name": "echo"})["content"]["comms"] == {
        comm_id: {"target_name": "echo"}}


def test_a_handler_that_throws_says_so_and_lives_on(kernel):
    kernel.run("""
            Comms.register("fragile", comm -> comm.onMessage(message -> {
                if (message.get("n").equals(1)) {
                    throw new IllegalStateException("not this one");
                }
                display("fine");
            }));""")
    comm_id, _ = open_comm(kernel, "fragile")
    failed, = kernel.until_idle(kernel.send("comm_msg", {"comm_id": comm_id, "data": {"n": 1}}))
    assert failed["content"]["name"] == "stderr"
    assert "IllegalStateException: not this one" in failed["content"]["text"]
    assert "gradus.kernel" not in failed["content"]["text"] and "java.base" not in failed["content"]["text"]
    shown, = kernel.until_idle(kernel.send("comm_msg", {"comm_id": comm_id, "data": {"n": 2}}))
    assert shown["msg_type"] == "display_data"


def test_messages_are_handled_in_order_behind_the_cells_of_their_shell(kernel):
    kernel.run("var seen = new ArrayList<Object>();"
               'Comms.register("order", comm -> comm.onMessage(message -> seen.add(message.get("n"))));')
    comm_id, _ = open_comm(kernel, "order")
    kernel.client.execute('seen.add("cell");')
    last = [kernel.send("comm_msg", {"comm_id": comm_id, "data": {"n": n}}) for n in range(200)][-1]
    kernel.until_idle(last)
    assert kernel.run("seen.equals(Stream.concat(Stream.of(\"cell\"), IntStream.range(0, 200).boxed()).toList())"
                      ).result() == "true"


def test_a_comm_answers_on_a_subshell_while_a_cell_runs(kernel):
    kernel.run(ECHO)
    subshell = kernel.on_control("create_subshell_request")["content"]["subshell_id"]
    comm_id, _ = open_comm(kernel, "echo", subshell)
    running = kernel.begin('System.out.println("on"); while (true) { }')
    payload = os.urandom(1 << 20)
    msg_id = kernel.send("comm_msg", {"comm_id": comm_id, "data": {"n": 7}}, subshell, buffers=[payload])
    printed, back = kernel.until_idle(msg_id)
    assert printed["parent_header"]["subshell_id"] == subshell
    assert bytes(back["buffers"][0]) == payload
    kernel.manager.interrupt_kernel()
    assert kernel.outcome(running).status == "error"


def test_an_interrupt_stops_a_handler(kernel):
    kernel.run('Comms.register("slow", comm -> comm.onMessage(message -> { System.out.println("on");'
               'try { Thread.sleep(3_600_000); } catch (InterruptedException e) { throw new RuntimeException(e); } }));')
    comm_id, _ = open_comm(kernel, "slow")
    msg_id = kernel.send("comm_msg", {"comm_id": comm_id, "data": {}})
    assert kernel.published(msg_id)["content"] == {"execution_state": "busy"}
    assert kernel.published(msg_id)["content"]["text"] == "on\n"
    kernel.manager.interrupt_kernel()
    assert "InterruptedException" in kernel.until_idle(msg_id)[0]["content"]["text"]
    assert kernel.run("20 + 10").result() == "30"


@pytest.mark.parametrize("content", [{}, {"comm_id": 5, "data": [1]}, {"comm_id": "x"}])
def test_half_a_comm_message_does_no_harm(kernel, content):
    for msg_type in "comm_msg", "comm_close", "comm_open", "comm_msg", "comm_close":
        kernel.until_idle(kernel.send(msg_type, content))
    assert kernel.run("20 + 11").result() == "31"


def test_data_that_cannot_be_sent_is_refused_and_nothing_is_opened(kernel):
    error = kernel.run('Comm.open("view", Map.of("thread", new Object()));').error()
    assert "comm data cannot be sent" in error["evalue"]
    assert kernel.ask("comm_info_request", {})["content"]["comms"] == {}
