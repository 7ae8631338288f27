/** Where a page breaks, the rest goes on: what happened, and how to go on. */
import { Component, type ReactNode } from 'react'
import { Button } from '../../parts/Button'
import { EmptyState } from '../../parts/EmptyState'
import { useWords } from '../../words/words'

interface CatchProps {
  /** Another one is another try. */
  place: string
  children: ReactNode
}

export class Catch extends Component<CatchProps, { brokeAt: string | null }> {
  override state = { brokeAt: null }

  static getDerivedStateFromError() {
    return { brokeAt: '' }
  }

  override componentDidUpdate(before: CatchProps) {
    if (before.place !== this.props.place && this.state.brokeAt !== null) this.setState({ brokeAt: null })
  }

  override render() {
    return this.state.brokeAt === null ? this.props.children : <Broken />
  }
}

function Broken() {
  const { t } = useWords()
  return (
    <EmptyState icon="warning" title={t('errors.broken')} more={t('errors.broken.advice')}>
      <Button icon="again" weight="first" onClick={() => location.reload()}>
        {t('errors.reload')}
      </Button>
    </EmptyState>
  )
}
