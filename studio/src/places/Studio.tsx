/** Which place stands at which path, for whoever is signed in. */
import { useQueryClient } from '@tanstack/react-query'
import { type ComponentType, lazy, Suspense, useEffect, useRef, useState } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { get, persistently } from '../api/client'
import { askBeforeLeaving, stayFresh } from '../api/live'
import { hearToken, useMe } from '../api/session'
import { whoLives } from '../api/typed'
import { keepForLater } from '../api/unsent'
import { notify } from '../parts/Toast'
import { useWords } from '../words/words'
import { Nowhere } from './common/Nowhere'
import { Problem } from './common/Problem'
import { Wait } from './common/Wait'
import { Projects } from './projects/Projects'
import { Catch } from './shell/Broken'
import { Shell } from './shell/Shell'
import { Opening } from './signin/Opening'
import { SignIn } from './signin/SignIn'
import { SignInAgain } from './signin/SignInAgain'

const PLACES: [path: string, place: ComponentType][] = [
  ['/', Projects],
  ['/projects', Projects],
  ['/projects/:project', lazily(() => import('./project/ProjectPlace'))],
  ['/projects/:project/board', lazily(() => import('./board/BoardPlace'))],
  ['/projects/:project/shots/:shot', lazily(() => import('./shot/ShotPlace'))],
  ['/projects/:project/shots/:shot/play', lazily(() => import('./play/PlayPlace'))],
  ['/queue', lazily(() => import('./queue/QueuePlace'))],
  ['/settings', lazily(() => import('./settings/SettingsPlace'))],
]

/** With the token of an opening link that is tried first; a session that was there before goes on if it is too old. */
export function Studio({ token }: { token: string | null }) {
  const [opening, setOpening] = useState<'none' | 'tried' | 'old'>(token === null ? 'none' : 'tried')
  const me = useMe(opening === 'tried')
  useEffect(() => hearToken(), [])
  if (me.data) return <SignedIn />
  if (token !== null && opening === 'tried')
    return <Opening token={token} onRefused={() => setOpening('old')} />
  if (me.data === null) return <SignIn isOldLink={opening === 'old'} />
  return me.error === null ? <Wait /> : <Problem error={me.error} onRetry={() => void me.refetch()} />
}

function SignedIn() {
  const client = useQueryClient()
  const [path] = useLocation()
  const before = useRef(path)
  useEffect(() => stayFresh(client), [client])
  useEffect(() => askBeforeLeaving(client), [client])
  useBroughtBack()
  useEffect(() => {
    if (before.current !== path) document.getElementById('page')?.focus()
    before.current = path
  }, [path])
  return (
    <Shell>
      <Catch place={path}>
        <Suspense fallback={<Wait />}>
          <Switch>
            {PLACES.map(([path, place]) => (
              <Route key={path} path={path} component={place} />
            ))}
            <Route>
              <Nowhere path={path} />
            </Route>
          </Switch>
        </Suspense>
      </Catch>
      <SignInAgain />
    </Shell>
  )
}

/** Tells what a closed tab had left, once it is back. */
function useBroughtBack(): void {
  const { t, since } = useWords()
  useEffect(
    () =>
      keepForLater((at) =>
        notify({
          title: t('shell.unsent'),
          more: t('shell.unsent.more', { since: since(new Date(at).toISOString()) }),
          forMs: 12_000,
        }),
      ),
    [t, since],
  )
}

function lazily(load: () => Promise<Record<string, unknown>>): ComponentType {
  return lazy(async () => {
    const loaded = await load().catch(() => backAgain().then(load))
    await whoLives() // what a crashed tab had is known before its place is opened
    return { default: Object.values(loaded)[0] as ComponentType }
  })
}

/** A place that could not be had may be had once the server answers. */
function backAgain(): Promise<unknown> {
  return persistently(() => get('/me'), Number.POSITIVE_INFINITY)
}
