"""The gallery: shows a screen in every look, checks it, and keeps a picture.

A look is a language, a size, and light, dark or forced colours. The page changes its look without being loaded again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page, Request

from tests.system import screenshots

AXE = Path(__file__).parents[2] / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"
TALLEST = 2400  # pixels of a picture
UNPICTURED = {360}  # widths at which only the texts and the width are judged

# Keeps the text of every response of the API: what is shown of it is data, in the language in which it was stored.
COLLECT = """
    window.received = "";
    const original = window.fetch;
    window.fetch = async (...request) => {
        const response = await original(...request);
        response.clone().text().then((text) => (window.received += text), () => {});
        return response;
    };
"""
# What is wrong with the screen as it stands.
CHECK = r"""
async ({ judged, contrast, english, data }) => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    await frame();
    const faults = [];
    const root = document.scrollingElement;
    if (root.scrollWidth > innerWidth) faults.push(`the page is ${root.scrollWidth} px wide`);
    for (const dialog of document.querySelectorAll("dialog[open]"))
        if (dialog.scrollWidth > dialog.clientWidth) faults.push(`the window scrolls sideways: ${dialog.scrollWidth}`);
    for (const each of document.querySelectorAll("button, label, th, legend, h1, h2, h3"))
        if (each.checkVisibility() && each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1
            && !each.closest(".visually-hidden, .hidden"))
            faults.push(`text spills: ${each.outerHTML.slice(0, 120)}`);
    const texts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (parent.closest("script, style, textarea, [lang=th], .language")) continue;
        if (parent.checkVisibility() || parent.closest("option")) texts.push(walker.currentNode.data);
    }
    for (const each of document.querySelectorAll("[aria-label], [placeholder], [title]"))
        if (each.checkVisibility() && !each.closest("[lang=th], .language"))
            texts.push(...["aria-label", "placeholder", "title"].map((name) => each.getAttribute(name) ?? ""));
    for (const text of texts) {
        if (/\{\w+\}|undefined|\bNaN\b|\[object/.test(text)) faults.push(`not a text: ${text}`);
        for (const word of (english && text.match(/[\u0e00-\u0e7f]+/g)) || [])
            if (!(window.received + data).includes(word)) faults.push(`Thai in English: ${text}`);
    }
    if (!judged) return [...new Set(faults)];
    const rules = { "color-contrast": { enabled: contrast } };
    const found = await axe.run({ resultTypes: ["violations"], selectors: false, preload: false, rules });
    for (const { id, nodes } of found.violations)
        for (const { html, any } of nodes) faults.push(`axe ${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ""}`);
    return [...new Set(faults)];
}
"""
# Also behind a window, where nobody can press the button.
SPEAK = """
(language) => document.documentElement.lang === language || document.querySelector(`button[lang=${language}]`)?.click()
"""


@dataclass(frozen=True)
class Look:
    language: Literal["th", "en"]
    width: int
    height: int
    theme: Literal["light", "dark", "forced"] = "light"


def looks(*sizes: tuple[int, int]) -> list[Look]:
    """Both languages in each size, and in the first size dark and forced colours too."""
    width, height = sizes[0]
    themed = [Look("th", width, height, "dark"), Look("th", width, height, "forced")]
    return [Look("th", *sizes[0]), *themed, *(Look("th", *size) for size in sizes[1:]),
            *(Look("en", *size) for size in reversed(sizes))]  # fmt: skip


class Gallery:
    """A page whose screens are shown in `looks`. faults: what was wrong, by picture.

    data: Thai texts that are shown in English too, besides what the API sends.
    """

    def __init__(self, page: Page, prefix: str, looks: Iterable[Look], data: str = "") -> None:
        self.page, self.prefix, self.looks, self.data = page, prefix, list(looks), data
        self.faults: dict[str, list[str]] = {}
        self._waits_for: set[Request] = set()
        page.on("request", lambda request: self._waits_for.add(request))
        page.on("requestfinished", lambda request: self._waits_for.discard(request))
        page.on("requestfailed", lambda request: self._waits_for.discard(request))
        page.add_init_script(COLLECT)
        self._look: Look | None = None

    def show(self, name: str, open_again: Callable[[], None] | None = None) -> None:
        """Show the screen as it stands in every look.

        open_again: opens it in the second language, if its texts stay in the language in which it was opened.
        """
        for look in self.looks:
            begins = self._look is not None and self._look.language != look.language
            self.wear(look)
            if begins and open_again and look.language == "en":
                open_again()
            self._take(f"{self.prefix}-{name}-{look.language}-{look.width}-{look.theme}", look)

    def wear(self, look: Look) -> None:
        """Give the page a look."""
        before, self._look = self._look, look
        if before is None or (before.width, before.height) != (look.width, look.height):
            self.page.set_viewport_size({"width": look.width, "height": look.height})
        if before is None or before.theme != look.theme:
            self.page.emulate_media(
                color_scheme="dark" if look.theme == "dark" else "light",
                forced_colors="active" if look.theme == "forced" else "none",
            )
        self.page.evaluate(SPEAK, look.language)

    def settle(self) -> None:
        """Until the page is drawn, and has what it asked for."""
        drawn = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        self.page.evaluate(drawn)
        while self._waits_for:
            self.page.evaluate(drawn)
        self.page.evaluate(drawn)

    def _take(self, name: str, look: Look) -> None:
        self.settle()
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        # A screen has the same colours at every width and in both languages.
        is_judged = look.theme != "forced" and look.language == "th" and look.width in (self.looks[0].width, 320)
        options: dict[str, Any] = {
            "judged": look.width not in UNPICTURED,
            "contrast": is_judged,
            "english": look.language == "en",
            "data": self.data,
        }
        if faults := self.page.evaluate(CHECK, options):
            self.faults[name] = faults
        if look.width not in UNPICTURED:
            screenshots.keep_whole(self.page, f"screens/{name}", TALLEST)
