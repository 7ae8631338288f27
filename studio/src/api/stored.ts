/** What a browser keeps for its pages by name, where it keeps anything. */

export function read(store: Storage | null, name: string): object | null {
  try {
    const told: unknown = JSON.parse(store?.getItem(name) ?? 'null')
    return typeof told === 'object' ? told : null
  } catch {
    return null // not of ours
  }
}

export function write(store: Storage | null, name: string, what: object): void {
  try {
    store?.setItem(name, JSON.stringify(what))
  } catch {
    drop(store, name) // there is no room for so much: it lasts as long as the page does, which asks before it is left
  }
}

export function drop(store: Storage | null, name: string): void {
  store?.removeItem(name)
}

/** The names that begin with a prefix and a space, without these. */
export function namesUnder(store: Storage | null, prefix: string): string[] {
  const all = Object.keys(store ?? {}).filter((name) => name.startsWith(`${prefix} `))
  return all.map((name) => name.slice(prefix.length + 1))
}

export function sessionStorageOrNone(): Storage | null {
  try {
    return sessionStorage
  } catch {
    return null // a browser that keeps nothing
  }
}

export function localStorageOrNone(): Storage | null {
  try {
    return localStorage
  } catch {
    return null
  }
}
