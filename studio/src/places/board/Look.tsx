/** A picture or a clip of a board, looked at from near. */
import { useAsset } from '../../api/assets'
import type { BoardItem } from '../../api/types'
import { Dialog } from '../../parts/Dialog'
import { Picture } from '../../parts/Picture'
import { Player } from '../../parts/Player'
import styles from './Look.module.css'

interface LookProps {
  item: BoardItem
  name: string
  /** The file; null: it is gone. */
  assetId: string | null
  onClose(): void
}

const USUAL_RATE = 24

export function Look({ item, name, assetId, onClose }: LookProps) {
  const asset = useAsset(assetId).data
  return (
    <Dialog title={name} isOpen isWide onClose={onClose}>
      <div className={styles.room} data-kind={item.kind}>
        {item.kind === 'clip' && item.url !== null ? (
          <Player
            src={item.url}
            poster={item.poster_url ?? undefined}
            label={name}
            frameRate={asset?.frame_rate ?? USUAL_RATE}
            hasSound={asset?.has_sound ?? false}
          />
        ) : (
          <Picture src={item.url} alt={name} />
        )}
      </div>
    </Dialog>
  )
}
