"""What no page of the studio may do, as a browser sees it; and what axe-core finds wrong with it."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Response

AXE = Path(__file__).parents[2] / "studio" / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
LEFT = "net::ERR_ABORTED"
"""How a request ends whose page is left: the stream of events, a clip that is not wanted any more."""
STILL = """async () => {
  const seen = (one) => { const box = one.getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight }
  const before = document.images.length
  await new Promise((later) => setTimeout(later, 100))
  const pictures = [...document.images].filter(seen)
  if (document.images.length !== before) return false
  if (!pictures.every((one) => one.complete) || document.fonts.status !== 'loaded') return false
  if (![...document.querySelectorAll('video')].every((one) => one.readyState >= 2)) return false
  await Promise.all(pictures.map((one) => one.decode().catch(() => undefined)))
  await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))
  return true
}"""
WIDER = """() => [document.documentElement, document.body, document.getElementById('page')]
  .filter((one) => one !== null && one.scrollWidth > one.clientWidth + 1)
  .map((one) => `${one.nodeName} is ${one.scrollWidth} wide in ${one.clientWidth}`)"""
FOREIGN = """() => {
  const own = 'bdi, code, kbd, pre, textarea, input, [dir=ltr], [dir=auto], [lang=en]'
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const found = []
  while (walker.nextNode()) {
    const at = walker.currentNode.parentElement
    if (at.closest(own) === null && at.checkVisibility()) found.push(walker.currentNode.data)
  }
  for (const one of document.querySelectorAll('[aria-label], [title], [placeholder]'))
    if (one.closest('[dir=ltr]') === null && one.getAttribute('lang') !== 'en')
      found.push(...['aria-label', 'title', 'placeholder'].map((name) => one.getAttribute(name) ?? ''))
  const names = /\\u2066[^\\u2069]*\\u2069|noor-nano|English|EN/g
  return found.filter((text) => /[A-Za-z]{2,}/.test(text.replace(names, '')))
}"""
"""What the studio says itself in Latin letters, but for names."""


class Watch:
    """What a page says on its console, and asks for in vain or elsewhere."""

    def __init__(self, page: Page, address: str) -> None:
        self._address = address
        self._seen: list[str] = []
        page.on("console", lambda said: self._seen.append(f"{said.type}: {said.text}") if _is_bad(said.type) else None)
        page.on("pageerror", lambda error: self._seen.append(f"error: {error}"))
        page.on("request", lambda request: self._hear(request.url))
        page.on("requestfailed", lambda request: self._seen.append(request.url) if request.failure != LEFT else None)
        page.on("response", self._answered)

    def seen(self, allowed: int | None) -> list[str]:
        """Since it was asked last, but for answers that say `allowed`, which Chromium tells its console as well."""
        seen, self._seen = self._seen, []
        return [one for one in seen if allowed is None or f" {allowed} " not in one]

    def _hear(self, url: str) -> None:
        if not url.startswith((self._address, "blob:", "data:")):
            self._seen.append(f"elsewhere: {url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self._seen.append(f"answered: {response.status} {response.url}")


def _is_bad(kind: str) -> bool:
    return kind in ("error", "warning")


def settle(page: Page) -> None:
    """Wait until nothing of a page is about to come or to move."""
    page.wait_for_function(STILL)


def violations(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    """What axe-core says: the rule, the element, and why."""
    told = page.evaluate(
        "async (rules) => (await axe.run(document, { runOnly: rules, resultTypes: ['violations'] })).violations", rules
    )
    return [f"{one['id']}: {node['html']} {node['failureSummary']}" for one in told for node in one["nodes"]]
