/** What has just happened, in passing, and how to take it back. */
import { Toast as Base } from '@base-ui/react/toast'
import type { ReactNode } from 'react'
import { useWords } from '../words/words'
import { Icon } from './Icon'
import styles from './Toast.module.css'

export interface Notice {
  title: string
  more?: string | undefined
  act?: { label: string; run(): void }
  /** Milliseconds; errors stay longer. */
  forMs?: number
  isGrave?: boolean
  /** It is gone, and nobody took it back. */
  onGone?(): void
}

const manager = Base.createToastManager()

/** Show a notice, from wherever. */
export function notify({ title, more, act, forMs, isGrave = false, onGone }: Notice): void {
  let isTakenBack = false
  const id = manager.add({
    title,
    description: more,
    timeout: forMs ?? (isGrave ? 12_000 : 6_000),
    priority: isGrave ? 'high' : 'low',
    onRemove: () => !isTakenBack && onGone?.(),
    ...(act && {
      actionProps: {
        children: act.label,
        onClick: () => {
          isTakenBack = true
          act.run()
          manager.close(id)
        },
      },
    }),
  })
}

export function Toasts({ children }: { children: ReactNode }) {
  const { t } = useWords()
  return (
    <Base.Provider toastManager={manager} limit={3}>
      {children}
      <Base.Portal>
        <Base.Viewport className={styles.view} aria-label={t('shell.notices')}>
          <Shown />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  )
}

function Shown() {
  const { t } = useWords()
  const { toasts } = Base.useToastManager()
  return toasts.map((toast) => (
    <Base.Root key={toast.id} toast={toast} className={styles.toast} swipeDirection={['down']}>
      <Base.Content className={styles.content}>
        <div className={styles.words}>
          <Base.Title className={styles.title} />
          <Base.Description className={styles.more} />
        </div>
        <Base.Action className={styles.act} />
        <Base.Close aria-label={t('common.dismiss')}>
          <Icon name="close" size={14} />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ))
}
