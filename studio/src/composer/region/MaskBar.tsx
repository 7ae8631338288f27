/** Under the frame: the mask that is part of the region, if there is one, and what is wrong with one that was brought. */
import { IconButton } from '../../parts/Button'
import { useWords } from '../../words/words'
import type { Size } from './ink'
import styles from './RegionDialog.module.css'
import type { Masking } from './useMask'

export function MaskBar({ mask, clip }: { mask: Masking; clip: Size }) {
  const { t } = useWords()
  const { problem } = mask
  return (
    <>
      {mask.isThere && (
        <span className={styles.mask}>
          {t(mask.isElsewhere ? 'composer.region.mask.elsewhere' : 'composer.region.mask')}
          <IconButton isSmall icon="close" label={t('composer.region.mask.remove')} onClick={mask.clear} />
        </span>
      )}
      {problem && (
        <p className={styles.wrong} role="alert">
          {problem.name === 'shape'
            ? t('composer.region.mask.shape', {
                width: problem.mask.width,
                height: problem.mask.height,
                clipWidth: clip.width,
                clipHeight: clip.height,
              })
            : t(problem.name === 'all' ? 'composer.clash.region_all' : 'composer.region.mask.unread')}
        </p>
      )}
    </>
  )
}
