"""JupyterLab in a real browser: the quickstart as its first reader meets it."""

import os
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from conftest import ROOT

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
    yield page
    page.close()


def test_the_quickstart_trains_before_the_readers_eyes(lab, page, tmp_path):
    shutil.copy(ROOT / "notebooks" / "quickstart.ipynb", tmp_path)  # JupyterLab saves what it opens
    running = lab("--", f"--ServerApp.root_dir={tmp_path}")
    page.goto(f"{running.address}lab/tree/quickstart.ipynb?reset&token={running.token}")

    expect(page.get_by_role("button", name="Java (Gradus) | Idle")).to_be_visible()
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
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "quickstart.png")

    errors = page.locator('[data-mime-type="application/vnd.jupyter.error"]')
    assert errors.all_inner_texts() == []
    assert page.get_by_role("alert").all_inner_texts() == []
    assert cells.count() > 0
    changes = page.evaluate("Math.max(0, ...[...window.pictures.values()].map(seen => seen.size - 1))")
    assert changes >= 2, "the live picture did not change while the network trained"
