/** Opens the sheet to draw on; says that something is drawn. */
import { useState } from 'react'
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import chip from '../controls/Chip.module.css'
import { DrawDialog } from './DrawDialog'

export function DrawChip() {
  const { t, number } = useWords()
  const { draft } = useComposing()
  const [isOpen, setOpen] = useState(false)
  const count = draft.drawing?.marks.length ?? 0
  return (
    <>
      <button type="button" className={chip.chip} aria-pressed={count > 0} onClick={() => setOpen(true)}>
        <Icon name="draft" size={14} />
        {t('composer.draw')}
        {count > 0 && <b>{number(count)}</b>}
      </button>
      {isOpen && <DrawDialog onClose={() => setOpen(false)} />}
    </>
  )
}
