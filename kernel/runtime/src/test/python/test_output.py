"""What cells print and show: whose it is, how much of it, and in which forms."""

import base64
import re
from pathlib import Path

import pytest

STARTERS = {
    "a thread": "new Thread(task).start();",
    "a thread's thread": "new Thread(() -> new Thread(task).start()).start();",
    "an executor": "var pool = Executors.newFixedThreadPool(2); pool.submit(task);",
    "a virtual thread": "Thread.startVirtualThread(task);",
    "virtual threads": "var each = Executors.newVirtualThreadPerTaskExecutor(); each.submit(task);",
    "a future on an executor": "CompletableFuture.runAsync(task, Executors.newSingleThreadExecutor());",
    "a timer": "new Timer(true).schedule(new TimerTask() { public void run() { task.run(); } }, 0);",
}


@pytest.mark.parametrize("start", STARTERS.values(), ids=STARTERS.keys())
def test_what_a_thread_prints_belongs_to_the_cell_that_started_it(kernel, start):
    kernel.run("var go = new CountDownLatch(1);")
    first = kernel.client.execute("""
            Runnable task = () -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                }
                System.out.print("out"); System.err.print("err"); display("shown");
            };
            """ + start)
    assert kernel.outcome(first).status == "ok"
    kernel.client.execute('System.out.print("own"); go.countDown();')
    seen = [kernel.published(first) for _ in range(3)]
    assert [message["msg_type"] for message in seen] == ["stream", "stream", "display_data"]
    assert [message["content"].get("text") for message in seen] == ["out", "err", None]


def test_the_common_pool_prints_into_the_cell_that_runs(kernel):
    kernel.run('CompletableFuture.runAsync(() -> System.out.print("first")).join();')
    for n in range(3):
        outcome = kernel.run(f'CompletableFuture.runAsync(() -> System.out.print("async {n}")).join();'
                             'IntStream.range(0, 100).parallel().forEach(i -> System.out.print(" " + i));'
                             'CompletableFuture.runAsync(() -> display("shown")).join();')
        said, *numbers = outcome.text().removeprefix(f"async {n}"), *sorted(map(int, outcome.text().split()[2:]))
        assert outcome.text().startswith(f"async {n} ") and numbers == list(range(100))
        assert outcome.outputs[-1]["msg_type"] == "display_data"


def test_a_thread_that_dies_says_so_in_its_cell(kernel):
    msg_id = kernel.client.execute("""
            var dying = new Thread(() -> { throw new IllegalStateException("outer", new Error("inner")); }, "mine");
            dying.start();
            dying.join();""")
    text = kernel.outcome(msg_id).text("stderr")
    number = kernel.run("1").reply["content"]["execution_count"] - 1
    assert text.startswith('Exception in thread "mine" java.lang.IllegalStateException: outer\n'
                           f"    at lambda, Cell In[{number}], line 2\n")
    assert "\nCaused by: java.lang.Error: inner\n" in text
    assert "java.base" not in text and "gradus.kernel" not in text
    assert kernel.run("20 + 12").result() == "32"


# --- text -------------------------------------------------------------------------------------------------------------

def test_a_carriage_return_passes_through(kernel):
    assert kernel.run(r'System.out.print("10 %\r20 %\r\n");').text() == "10 %\r20 %\r\n"


def test_bytes_of_one_character_may_come_apart(kernel):
    outcome = kernel.run("""
            for (byte b : "∇😀é".getBytes("UTF-8")) {
                System.out.write(b);
                clearOutput(true);   // all text is sent before it
            }""")
    assert outcome.text() == "∇😀é"
    assert len([message for message in outcome.outputs if message["msg_type"] == "stream"]) == 3


def test_two_hundred_thousand_lines_arrive_whole(kernel):
    outcome = kernel.run('for (int i = 0; i < 200_000; i++) System.out.println("line " + i + " 😀");')
    assert outcome.text() == "".join(f"line {i} 😀\n" for i in range(200_000))
    assert len(outcome.outputs) < 500


def test_beyond_the_limit_the_text_is_in_a_file(kernel):
    outcome = kernel.run('outputLimit(1_000); for (int i = 0; i < 1_000; i++) System.out.print("😀" + i + ",");'
                         'System.err.print("end");')
    whole = "".join(f"😀{i}," for i in range(1_000)) + "end"
    shown, rest = outcome.text(), overflow(outcome)
    assert 990 <= utf16(shown) <= 1_000 and shown + rest == whole
    begun, ended = [m["content"] for m in outcome.outputs if m["msg_type"] in ("display_data", "update_display_data")]
    assert begun["transient"] == ended["transient"]
    assert "the rest goes into /" in begun["data"]["text/plain"]
    assert f"{utf16(rest)} more are in /" in ended["data"]["text/plain"] and "\n" not in ended["data"]["text/plain"]

    outcome = kernel.run('System.out.print("x".repeat(2_000));')   # the limit stays
    assert (outcome.text(), overflow(outcome)) == ("x" * 1_000, "x" * 1_000)
    assert kernel.run('outputLimit(5_000); System.out.print("x".repeat(2_000));').text() == "x" * 2_000
    assert "below 0" in kernel.run("outputLimit(-1);").error()["evalue"]


def overflow(outcome) -> str:
    """The file that a cell's last notice names; removed."""
    file = Path(re.search(r"more are in (\S+gradus-output-\S+\.txt)",
                          outcome.outputs[-1]["content"]["data"]["text/plain"]).group(1))
    text = file.read_text("utf-8")
    file.unlink()
    return text


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


# --- values -----------------------------------------------------------------------------------------------------------

VALUES = {
    "new int[][] {{1, 2}, {}}": "[[1, 2], []]",
    "Map.of(\"a\", new double[] {1, 2})": "{a=[1.0, 2.0]}",
    "(Object) null": "null",
    "record Pair(int a, int[] b) {}  new Pair(1, new int[] {2})": "Pair[a=1, b=[2]]",
    "Stream.of(1, 2)": "a stream, not consumed; add .toList() to see its elements",
    "Optional.of(3)": "Optional[3]",
}


def test_a_value_is_shown(kernel):
    assert {code: kernel.run(code).result() for code in VALUES} == VALUES


def test_records_in_a_list_are_a_table(kernel):
    outcome = kernel.run('record City(String name, int people) {}\n'
                         'List.of(new City("Ulm", 126_000), new City("Bonn", 330_000))')
    data, = [m["content"]["data"] for m in outcome.outputs]
    assert data["text/plain"] == "name  people\nUlm   126000\nBonn  330000"
    assert data["text/html"].startswith("<table><thead><tr><th") and "126000</td>" in data["text/html"]


def test_an_image_is_a_png(kernel):
    outcome = kernel.run("new java.awt.image.BufferedImage(30, 20, java.awt.image.BufferedImage.TYPE_INT_ARGB)")
    content, = [m["content"] for m in outcome.outputs]
    assert base64.b64decode(content["data"]["image/png"]).startswith(b"\x89PNG")
    assert content["metadata"]["image/png"] == {"width": 30, "height": 20}


def test_a_value_that_cannot_be_shown_fails_its_cell(kernel):
    error = kernel.run('new Object() { public String toString() { throw new IllegalStateException("no text"); } }').error()
    assert error["ename"].endswith("IllegalStateException") and error["evalue"] == "no text"


def test_a_derivation_calls_tensors_as_the_cells_do(kernel):
    kernel.run("var x = randn(seed(1), 5, 3); var W_h = parameter(randn(seed(2), 4, 3)); var net = linear(4, 2);")
    outcome = kernel.run("var z1 = x.matmul(W_h.t()); var yHat = net.apply(z1.tanh());"
                         "derive(mse().of(yHat, zeros(5, 2)))")
    forms = next(message["content"]["data"] for message in outcome.outputs if message["msg_type"] == "execute_result")
    lines = [line.strip() for line in forms["text/plain"].splitlines()]
    assert any(re.match(r"z₁ = x Wₕᵀ .*✓", line) for line in lines), lines
    assert any(re.match(r"ŷ = tanh\(z₁\) Wᵀ \+ b .*✓", line) for line in lines), lines
    assert r"\hat{y} &= " in forms["text/latex"] and r"$\displaystyle z_1$" in forms["text/html"]
