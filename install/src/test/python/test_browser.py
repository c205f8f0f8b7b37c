"""JupyterLab in a real browser: the quickstart as its first reader meets it, and what a hand on the keyboard asks for."""

import os
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from conftest import ROOT, Lab, notebook

# as root in a container there is no sandbox; the other switches keep the browser from talking to its maker
SWITCHES = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync"]
SCREENSHOTS = ROOT / ".gradus" / "screenshots"

# Remembers every picture that each cell has shown, from before the first cell runs.
WATCH = """() => {
    window.pictures = new Map();
    const look = () => document.querySelectorAll('.jp-Notebook .jp-CodeCell').forEach((cell, index) =>
        cell.querySelectorAll('.jp-OutputArea-output img').forEach(picture => {
            if (!window.pictures.has(index)) window.pictures.set(index, new Set());
            window.pictures.get(index).add(picture.src);
        }));
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, attributes: true});
}"""


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["GRADUS_BROWSER"], args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    # high enough for the whole notebook: JupyterLab keeps no outputs in the document that are far out of sight
    page = chromium.new_page(viewport={"width": 1280, "height": 6000})
    page.set_default_timeout(120_000)
    expect.set_options(timeout=30_000)
    yield page
    page.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """One JupyterLab for all tests, with the folder that it shows."""
    folder = tmp_path_factory.mktemp("desk")
    running = Lab("--", f"--ServerApp.root_dir={folder}")
    yield running, folder
    running.ctrl_c()


def visit(page, desk, name: str) -> None:
    running, _ = desk
    page.goto(f"{running.address}lab/tree/{name}?reset&token={running.token}")
    expect(page.get_by_role("button", name="Java (Gradus) | Idle")).to_be_visible()


@pytest.fixture
def cells(page, desk, request):
    """A notebook of the test's own name, open, with empty cells enough."""
    page.set_viewport_size({"width": 1280, "height": 900})
    name = f"{request.node.name}.ipynb"
    notebook(desk[1] / name, "", "", "")
    visit(page, desk, name)
    yield page.locator(".jp-Notebook .jp-CodeCell")
    picture(page, request.node.name.removeprefix("test_"))


def picture(page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def write(cell, code: str) -> None:
    cell.locator(".cm-content").click()
    cell.page.keyboard.insert_text(code)


def run(cell, code: str) -> None:
    write(cell, code)
    cell.page.keyboard.press("Shift+Enter")


def test_the_quickstart_trains_before_the_readers_eyes(desk, page):
    shutil.copy(ROOT / "notebooks" / "quickstart.ipynb", desk[1])  # JupyterLab saves what it opens
    visit(page, desk, "quickstart.ipynb")
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    prompts = page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt")
    page.evaluate(WATCH)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    # a cell that waits or runs says [*]; one that ended, its number
    expect(prompts.last).to_have_text("[*]:")
    page.wait_for_function("""() => [...document.querySelectorAll('.jp-Notebook .jp-CodeCell')]
        .filter(cell => cell.querySelector('.cm-content').textContent.trim())
        .every(cell => /\\[\\d+\\]/.test(cell.querySelector('.jp-InputPrompt').textContent)
                    || cell.querySelector('[data-mime-type="application/vnd.jupyter.error"]'))""")
    page.set_viewport_size({"width": 1280, "height": 1600})
    picture(page, "quickstart")

    errors = page.locator('[data-mime-type="application/vnd.jupyter.error"]')
    assert errors.all_inner_texts() == []
    assert page.get_by_role("alert").all_inner_texts() == []
    assert cells.count() > 0
    changes = page.evaluate("Math.max(0, ...[...window.pictures.values()].map(seen => seen.size - 1))")
    assert changes >= 2, "the live picture did not change while the network trained"


def test_shift_tab_shows_the_documentation(page, cells):
    write(cells.nth(0), "crossEntropy")
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".jp-Tooltip")).to_contain_text("crossEntropy")
    expect(page.locator(".jp-Tooltip")).to_contain_text("softmax")


def test_the_stop_button_ends_an_endless_loop(page, cells):
    run(cells.nth(0), "while (true) {}")
    expect(cells.nth(0).locator(".jp-InputPrompt")).to_have_text("[*]:")
    page.get_by_role("button", name="Interrupt the kernel").click()
    expect(cells.nth(0).locator(".jp-InputPrompt")).to_have_text("[1]:")
    run(cells.nth(1), "6 * 7")
    expect(cells.nth(1).locator(".jp-OutputArea-output")).to_have_text("42")


def test_a_question_is_answered_below_its_cell(page, cells):
    run(cells.nth(0), 'var name = input("name? ");\nname + "!"')
    field = cells.nth(0).locator(".jp-Stdin-input")
    expect(field).to_be_visible()
    field.fill("Ada")
    field.press("Enter")
    expect(cells.nth(0).locator(".jp-OutputArea-output").last).to_have_text("Ada!")


def test_tab_lists_and_inserts_names(page, cells):
    write(cells.nth(0), "Data.")
    page.keyboard.press("Tab")
    expect(page.locator(".jp-Completer")).to_contain_text("iris()")
    page.keyboard.type("dig")
    page.keyboard.press("Enter")
    expect(cells.nth(0).locator(".cm-content")).to_have_text("Data.digits()")


def test_the_restart_button_gives_a_fresh_kernel(page, cells):
    run(cells.nth(0), "int kept = 5;")
    run(cells.nth(1), "kept")
    expect(cells.nth(1).locator(".jp-OutputArea-output")).to_have_text("5")
    page.get_by_role("button", name="Restart the kernel", exact=True).click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    run(cells.nth(2), "kept")
    expect(cells.nth(2).locator(".jp-OutputArea-output")).to_contain_text("cannot find symbol")
    expect(cells.nth(2).locator(".jp-InputPrompt")).to_have_text("[1]:")


def test_a_subshell_console_answers_while_a_cell_runs(page, cells):
    run(cells.nth(0), "var gate = new CountDownLatch(1);")
    page.keyboard.press("Control+Shift+C")
    page.keyboard.insert_text("subshell console")
    page.locator(".lm-CommandPalette-item", has_text="Subshell Console").first.click()
    console = page.locator(".jp-CodeConsole")
    ask(console, "1 + 1")   # JupyterLab may send this to the notebook's shell still: its subshell is being made
    expect(console.locator(".jp-OutputArea-output").last).to_have_text("2")
    run(cells.nth(1), "gate.await();")
    expect(cells.nth(1).locator(".jp-InputPrompt")).to_have_text("[*]:")
    ask(console, "20 + 22")
    expect(console.locator(".jp-OutputArea-output").last).to_have_text("42")
    expect(cells.nth(1).locator(".jp-InputPrompt")).to_have_text("[*]:")
    ask(console, "gate.countDown()")
    expect(cells.nth(1).locator(".jp-InputPrompt")).not_to_have_text("[*]:")


def ask(console, code: str) -> None:
    console.locator(".jp-CodeConsole-promptCell .cm-content").click()
    console.page.keyboard.insert_text(code)
    console.page.keyboard.press("Shift+Enter")
