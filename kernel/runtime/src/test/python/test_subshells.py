"""Subshells: cells beside the running one, each with its own thread, parent and fate."""

import pytest

from conftest import PATIENCE

ON = 'System.out.println("on"); while (true) { }'


@pytest.fixture
def subshell(kernel) -> str:
    reply = kernel.on_control("create_subshell_request")["content"]
    assert reply["status"] == "ok"
    return reply["subshell_id"]


def begin(kernel, code: str, subshell: str) -> str:
    msg_id = kernel.send("execute_request", {"code": code}, subshell)
    while kernel.published(msg_id)["msg_type"] != "stream":
        pass
    return msg_id


def test_subshells_are_listed_until_they_are_deleted(kernel, subshell):
    other = kernel.on_control("create_subshell_request")["content"]["subshell_id"]
    assert set(kernel.on_control("list_subshell_request")["content"]["subshell_id"]) == {subshell, other}
    assert kernel.on_control("delete_subshell_request", subshell_id=subshell)["content"] == {"status": "ok"}
    assert kernel.on_control("list_subshell_request")["content"]["subshell_id"] == [other]
    gone = kernel.on_control("delete_subshell_request", subshell_id=subshell)["content"]
    assert gone["status"] == "error" and subshell in gone["evalue"]


def test_a_subshell_runs_cells_while_the_main_shell_is_busy(kernel, subshell):
    kernel.run("var shared = new java.util.concurrent.atomic.AtomicInteger(1);")
    main = kernel.begin('System.out.println("on"); while (shared.get() < 100) Thread.onSpinWait(); shared.get()')
    beside = kernel.outcome(kernel.send("execute_request", {"code": "shared.addAndGet(10)"}, subshell))
    assert beside.result() == "11"
    assert beside.reply["parent_header"]["subshell_id"] == subshell
    kernel.send("execute_request", {"code": 'System.out.print("from beside"); shared.set(100);'}, subshell)
    outcome = kernel.outcome(main)
    assert outcome.result() == "100"
    assert outcome.text() == ""   # what the subshell printed is not its


def test_all_shells_count_together(kernel, subshell):
    first = kernel.run("1").reply["content"]["execution_count"]
    second = kernel.ask("execute_request", {"code": "2"}, subshell)["content"]["execution_count"]
    assert (second, kernel.run("3").reply["content"]["execution_count"]) == (first + 1, first + 2)


def test_a_failure_aborts_its_own_shell_alone(kernel, subshell):
    kernel.run("var go = new CountDownLatch(1);")
    waits = 'System.out.println("on"); go.await();'
    failing = begin(kernel, waits + ' throw new IllegalStateException();', subshell)
    behind = kernel.send("execute_request", {"code": '"behind"'}, subshell)
    main = kernel.begin(waits)
    after = kernel.client.execute('"after"')
    kernel.settle()
    kernel.send("execute_request", {"code": "go.countDown();"},
                kernel.on_control("create_subshell_request")["content"]["subshell_id"])
    contents = [reply["content"] for reply in kernel.replies(failing, behind, main, after)]
    assert contents[0]["ename"].endswith("IllegalStateException")
    assert contents[1]["ename"] == "Aborted"
    assert (contents[2]["status"], contents[3]["status"]) == ("ok", "ok")


def test_an_interrupt_reaches_every_shell(kernel, subshell):
    beside = begin(kernel, ON, subshell)
    main = kernel.begin(ON)
    kernel.manager.interrupt_kernel()
    assert {reply["content"]["status"] for reply in kernel.replies(beside, main)} == {"error"}
    assert kernel.run("20 + 8").result() == "28"


def test_deleting_a_subshell_stops_what_it_runs(kernel, subshell):
    running = begin(kernel, ON, subshell)
    queued = kernel.send("execute_request", {"code": "1"}, subshell)
    kernel.settle()
    assert kernel.on_control("delete_subshell_request", subshell_id=subshell)["content"] == {"status": "ok"}
    stopped, skipped = kernel.replies(running, queued)
    assert (stopped["content"]["status"], skipped["content"]["ename"]) == ("error", "Aborted")
    assert kernel.run("20 + 9").result() == "29"


@pytest.mark.parametrize("msg_type, content", [("execute_request", {"code": "1"}),
                                               ("complete_request", {"code": "Math.a", "cursor_pos": 6})])
def test_a_request_to_an_unknown_subshell_is_refused(kernel, msg_type, content):
    msg_id = kernel.send(msg_type, content, subshell="no-such-subshell")
    assert kernel.until_idle(msg_id) == []
    reply = kernel.reply(msg_id)
    assert reply["content"]["status"] == "error" and "no-such-subshell" in reply["content"]["evalue"]


def test_a_comm_message_to_an_unknown_subshell_is_dropped(kernel):
    msg_id = kernel.send("comm_msg", {"comm_id": "x", "data": {}}, subshell="no-such-subshell")
    assert kernel.until_idle(msg_id) == []


@pytest.mark.parametrize("code", ['input("")', "new Scanner(System.in).nextLine()"], ids=["input", "System.in"])
def test_two_shells_ask_the_reader_at_once(kernel, subshell, code):
    for shell in None, subshell:
        kernel.send("execute_request", {"code": code, "allow_stdin": True}, shell)
    asked = [kernel.client.get_stdin_msg(timeout=PATIENCE) for _ in range(2)]
    for question in asked:
        shell = question["parent_header"].get("subshell_id", "the main shell")
        kernel.client.stdin_channel.send(
            kernel.client.session.msg("input_reply", {"value": f"to {shell}"}, parent=question))
    results = set()
    while len(results) < 2:
        message = kernel.client.get_iopub_msg(timeout=PATIENCE)
        if message["msg_type"] == "execute_result":
            results.add((message["parent_header"].get("subshell_id"), message["content"]["data"]["text/plain"]))
    assert results == {(None, "to the main shell"), (subshell, f"to {subshell}")}


def test_completion_answers_for_a_subshell_that_is_busy(kernel, subshell):
    running = begin(kernel, ON, subshell)
    reply = kernel.ask("complete_request", {"code": "Math.ab", "cursor_pos": 7}, subshell)
    assert reply["content"]["matches"]
    kernel.manager.interrupt_kernel()
    assert kernel.reply(running)["content"]["status"] == "error"
