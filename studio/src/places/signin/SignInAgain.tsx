/** The way back in, over the place as it was left: what was written there is not lost with the session. */
import { useEffect } from 'react'
import { become, useSession } from '../../api/over'
import { useComeBack } from '../../api/session'
import { Dialog } from '../../parts/Dialog'
import { useWords } from '../../words/words'
import { KeyForm } from './KeyForm'

export function SignInAgain() {
  const { t } = useWords()
  const session = useSession()
  const comeBack = useComeBack()
  useEffect(() => {
    if (session === 'open') return
    // a link that was opened in another tab opens this one as well
    window.addEventListener('focus', comeBack)
    return () => window.removeEventListener('focus', comeBack)
  }, [session, comeBack])
  return (
    <Dialog title={t('errors.no_key')} isOpen={session === 'over'} onClose={() => become('put_off')}>
      <KeyForm note={t('signin.again')} />
    </Dialog>
  )
}
