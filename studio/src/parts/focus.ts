/** Focus is never lost: where what had it goes away or is switched off, its neighbour has it. */

const FOCUSABLE = 'a[href], button, input, select, textarea, summary, [tabindex]'
const OPEN = '[role=dialog], [role=alertdialog], [role=menu], [role=listbox][data-open]'
const HIGHEST = 8

/** What had the focus, and at which place it stood in each of what is around it, from near to far. */
interface Trail {
  element: HTMLElement
  around: { element: Element; place: number }[]
}

/** Keeps the focus inside of a page until the answer of this is called. */
export function keepFocus(page: HTMLElement): () => void {
  let trail: Trail | null = null
  const note = ({ target }: FocusEvent) => {
    if (target instanceof HTMLElement && target !== page && page.contains(target))
      trail = trailOf(target, page)
  }
  const look = () => {
    if (trail === null || !hasNoFocus() || !isGone(trail.element)) return
    if (document.querySelector(OPEN) !== null) return // it gives the focus back itself, and is looked at again then
    const next = heirOf(trail, page)
    trail = null
    next.focus()
  }
  const looking = new MutationObserver(look)
  document.addEventListener('focusin', note)
  looking.observe(document.body, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ['disabled'],
  })
  return () => {
    document.removeEventListener('focusin', note)
    looking.disconnect()
  }
}

function trailOf(element: HTMLElement, page: HTMLElement): Trail {
  const around: Trail['around'] = []
  let above = element.parentElement
  while (above !== null && around.length < HIGHEST) {
    around.push({ element: above, place: focusablesIn(above).indexOf(element) })
    if (above === page) break
    above = above.parentElement
  }
  return { element, around }
}

/** Who has the focus next: what stands now where the lost one stood, else the last before it, as near as there is one. */
function heirOf({ around }: Trail, page: HTMLElement): HTMLElement {
  for (const { element, place } of around) {
    if (!element.isConnected) continue
    const there = focusablesIn(element)
    const heir = there[place] ?? there.at(-1)
    if (heir !== undefined) return heir
  }
  return page
}

function focusablesIn(element: Element): HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    (one) => one.tabIndex >= 0 && !isOff(one) && one.getClientRects().length > 0,
  )
}

function isGone(element: HTMLElement): boolean {
  return !element.isConnected || isOff(element)
}

function isOff(element: HTMLElement): boolean {
  return element.matches(':disabled')
}

function hasNoFocus(): boolean {
  const { activeElement } = document
  return activeElement === null || activeElement === document.body || isOff(activeElement as HTMLElement)
}
