"""The flags of execute_request, what its reply carries, and the questions beside it."""

import re
from datetime import datetime

import pytest

from conftest import PATIENCE

ON = 'System.out.println("on"); while (true) { }'
FAILING = 'throw new IllegalStateException("as asked");'


def types(outcome) -> list[str]:
    return [message["msg_type"] for message in outcome.outputs]


def count(kernel) -> int:
    return kernel.run("0").reply["content"]["execution_count"]


# --- flags ------------------------------------------------------------------------------------------------------------

def test_a_silent_cell_prints_and_shows_no_result(kernel):
    before = count(kernel)
    msg_id = kernel.client.execute('System.out.println("said"); 1 + 1', silent=True)
    published = [message["msg_type"] for message in kernel.until_idle(msg_id)]
    assert published == ["stream"]
    assert kernel.reply(msg_id)["content"]["status"] == "ok"
    assert count(kernel) == before + 1


def test_a_cell_that_is_not_stored_is_not_counted(kernel):
    before = count(kernel)
    assert kernel.run("5 * 5", store_history=False).result() == "25"
    assert count(kernel) == before + 1
    history = kernel.ask("history_request", {"hist_access_type": "tail", "n": 3, "raw": True, "output": False})
    assert "5 * 5" not in [entry[2] for entry in history["content"]["history"]]


def test_user_expressions_are_values_or_errors(kernel):
    outcome = kernel.run("int six = 6;", user_expressions={"good": "six * 7", "rich": "List.of(Map.of(1, 2))",
                                                           "bad": "1 / 0", "unknown": "nothing + 1", "void": "six = 7;"})
    values = outcome.reply["content"]["user_expressions"]
    assert values["good"] == {"status": "ok", "data": {"text/plain": "42"}, "metadata": {}}
    assert "<table>" in values["rich"]["data"]["text/html"]
    assert values["bad"]["status"] == "error" and values["bad"]["ename"].endswith("ArithmeticException")
    assert values["bad"]["traceback"]
    assert values["unknown"]["status"] == "error"
    assert values["void"]["status"] == "error"
    assert types(outcome) == []


def test_a_failed_cell_evaluates_no_user_expressions(kernel):
    outcome = kernel.run(FAILING, user_expressions={"x": "1"})
    assert "user_expressions" not in outcome.reply["content"]


def test_cells_behind_a_failed_one_are_aborted(kernel):
    blocked = kernel.begin(ON)
    queued = [kernel.client.execute(f"System.out.println({n});") for n in range(4)]
    kernel.settle()
    kernel.manager.interrupt_kernel()
    assert kernel.outcome(blocked).status == "error"
    for msg_id in queued:
        outcome = kernel.outcome(msg_id)
        content = outcome.reply["content"]
        assert (content["status"], content["ename"]) == ("error", "Aborted")
        assert content["evalue"] and content["traceback"]
        assert outcome.reply["metadata"]["status"] == "error"
        assert outcome.outputs == []
    assert kernel.run("20 + 6").result() == "26"


@pytest.mark.parametrize("flags", [{"stop_on_error": False}, {"silent": True}], ids=["not stopping", "silent"])
def test_some_failures_stop_nobody(kernel, flags):
    kernel.begin(ON, **flags)
    behind = kernel.client.execute("20 + 7")
    kernel.settle()
    kernel.manager.interrupt_kernel()
    assert kernel.outcome(behind).result() == "27"


def test_the_reply_tells_when_and_by_whom(kernel):
    outcome = kernel.run("1")
    metadata = outcome.reply["metadata"]
    assert datetime.fromisoformat(metadata["started"]).tzinfo is not None
    assert metadata["dependencies_met"] is True
    assert metadata["engine"] == outcome.reply["header"]["session"] != kernel.client.session.session
    assert metadata["status"] == "ok"
    assert kernel.run(FAILING).reply["metadata"]["status"] == "error"


def test_dates_have_a_time_zone(kernel):
    request = kernel.client.session.msg("kernel_info_request", {})
    kernel.client.session.send(kernel.client.shell_channel.socket, request)
    frames = kernel.client.shell_channel.socket.recv_multipart()
    header = frames[frames.index(b"<IDS|MSG>") + 2].decode()
    assert re.search(r'"date":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"', header), header


# --- payloads ---------------------------------------------------------------------------------------------------------

def test_a_page_and_a_next_cell_come_with_the_reply(kernel):
    outcome = kernel.run('page(List.of(1, 2)); setNextInput("more();");')
    assert outcome.reply["content"]["payload"] == [
        {"source": "page", "start": 0, "data": {"text/plain": "[1, 2]"}},
        {"source": "set_next_input", "text": "more();", "replace": False}]
    assert kernel.run("1").reply["content"]["payload"] == []


def test_a_page_that_comes_too_late_is_displayed(kernel):
    msg_id = kernel.client.execute("""
            var go = new CountDownLatch(1);
            new Thread(() -> {
                try {
                    go.await();
                    page("late");
                    setNextInput("never");
                } catch (Exception e) {
                    System.out.print(e.getMessage());
                }
            }).start();""")
    assert kernel.outcome(msg_id).status == "ok"
    kernel.client.execute("go.countDown();")
    late = kernel.published(msg_id)
    assert late["msg_type"] == "display_data" and late["content"]["data"] == {"text/plain": "late"}
    assert "the cell has ended" in kernel.published(msg_id)["content"]["text"]


def test_a_display_is_updated_under_its_id(kernel):
    outcome = kernel.run('var shown = display("one"); shown.update("two"); clearOutput(true); clearOutput();')
    assert types(outcome) == ["display_data", "update_display_data", "clear_output", "clear_output"]
    first, second, waiting, at_once = [message["content"] for message in outcome.outputs]
    assert first["transient"]["display_id"] == second["transient"]["display_id"]
    assert (first["data"], second["data"]) == ({"text/plain": "one"}, {"text/plain": "two"})
    assert (waiting["wait"], at_once["wait"]) == (True, False)
    later = kernel.run('shown.update("three");').outputs
    assert later == []   # it belongs to the cell that showed it


# --- questions --------------------------------------------------------------------------------------------------------

def test_completions_have_types_and_count_code_points(kernel):
    code = 'var s = "😀"; Math.ab'
    content = kernel.ask("complete_request", {"code": code, "cursor_pos": len(code)})["content"]
    assert (content["cursor_start"], content["cursor_end"]) == (len(code) - 2, len(code))
    typed = content["metadata"]["_jupyter_types_experimental"]
    assert [each["text"] for each in typed] == content["matches"]
    assert all({"start", "end", "text", "type", "signature"} == set(each) for each in typed)
    assert {(each["start"], each["end"]) for each in typed} == {(len(code) - 2, len(code))}


def test_history_tells_what_was_run(kernel):
    kernel.run("40 + 1")
    kernel.run("int quiet = 3;")
    kernel.run("40 + 1")

    def history(**question) -> list:
        reply = kernel.ask("history_request", {"raw": True, "output": False, **question})
        assert reply["content"]["status"] == "ok"
        return reply["content"]["history"]

    tail = history(hist_access_type="tail", n=3)
    assert [entry[2] for entry in tail] == ["40 + 1", "int quiet = 3;", "40 + 1"]
    session, line, _ = tail[0]
    assert history(hist_access_type="tail", n=3, output=True)[0] == [session, line, ["40 + 1", "41"]]
    assert history(hist_access_type="tail", n=2, output=True)[0] == [session, line + 1, ["int quiet = 3;", None]]
    assert history(hist_access_type="range", session=0, start=line, stop=line + 2) == tail[:2]
    assert [e[2] for e in history(hist_access_type="search", pattern="40 [+] *", unique=True)] == ["40 + 1"]
    assert len(history(hist_access_type="search", pattern="40 [+] *", n=2)) == 2
    bad = kernel.ask("history_request", {"hist_access_type": "middle"})
    assert bad["content"]["status"] == "error" and "tail, range or search" in bad["content"]["evalue"]


def test_history_outlives_its_kernel(kernel):
    kernel.run("String kept = \"over the restart\";")
    kernel.manager.restart_kernel(now=False)
    kernel.client.wait_for_ready(timeout=PATIENCE)
    reply = kernel.ask("history_request", {"hist_access_type": "search", "pattern": "*over the restart*"})
    assert reply["content"]["history"]


def test_the_ports_are_told(kernel):
    content = kernel.ask("connect_request", {})["content"]
    info = kernel.manager.get_connection_info()
    assert {name: content[name] for name in content if name.endswith("_port")} == {
        name: info[name] for name in ("shell_port", "iopub_port", "stdin_port", "hb_port", "control_port")}


def test_usage_is_told_on_control_while_a_cell_runs(kernel):
    msg_id = kernel.begin(ON)
    content = kernel.on_control("usage_request")["content"]
    assert content["pid"] == kernel.manager.provisioner.pid
    assert content["kernel_memory"] > 10_000_000
    assert content["kernel_cpu"] >= 0 and content["cpu_count"] >= 1
    memory = content["host_virtual_memory"]
    assert memory["total"] >= memory["available"] > 0 and 0 <= memory["percent"] <= 100
    assert 0 <= kernel.on_control("usage_request")["content"]["host_cpu_percent"] <= 100
    kernel.manager.interrupt_kernel()
    assert kernel.outcome(msg_id).status == "error"


def test_an_unknown_message_is_busy_then_idle_and_nothing_else(kernel):
    msg_id = kernel.send("no_such_request", {})
    assert kernel.until_idle(msg_id) == []
    assert kernel.ask("kernel_info_request", {})["parent_header"]["msg_type"] == "kernel_info_request"


def test_the_kernel_says_what_it_can(kernel):
    content = kernel.ask("kernel_info_request", {})["content"]
    assert content["protocol_version"] == "5.5"
    assert "kernel subshells" in content["supported_features"]
