/** A shot as a card: its picture, what happens in it, how far it is, and what it is to look like. */
import { contentOf, useAsset } from '../../api/assets'
import type { Shot } from '../../api/types'
import { Icon } from '../../parts/Icon'
import { Picture } from '../../parts/Picture'
import { useWords } from '../../words/words'
import { faceOf, pictureUrl, underWay } from '../common/jobs'
import { ShotMark } from '../common/State'
import { TakePicture } from '../common/TakePicture'
import styles from './Face.module.css'
import { COVER, SHOT } from './making'
import type { Size } from './plane'

const MOST_SHOWN = 4

export function ShotFace({ shot, size }: { shot: Shot | undefined; size: Size }) {
  const { t, number } = useWords()
  if (shot === undefined) {
    return (
      <span className={styles.none}>
        <Icon name="plan" size={22} />
        {t('board.shot.gone')}
      </span>
    )
  }
  const running = underWay(shot)
  const face = running.find((take) => take.job.state === 'running') ?? faceOf(shot)
  const factor = size.width / SHOT.width
  return (
    <div
      className={styles.card}
      style={{ inlineSize: SHOT.width, blockSize: size.height / factor, scale: String(factor) }}
    >
      {face === null ? (
        <Picture src={null} alt="" shape={COVER} icon="plan" />
      ) : (
        <TakePicture key={pictureUrl(face.job)} job={face.job} alt="" shape={COVER} />
      )}
      <div className={styles.said}>
        <span className={styles.number}>{number(shot.number)}</span>
        <bdi className={styles.title}>{shot.title || shot.prompt}</bdi>
      </div>
      <div className={styles.foot}>
        <ShotMark shot={shot} />
        <span className={styles.references}>
          {shot.references.slice(0, MOST_SHOWN).map((id) => (
            <Reference key={id} id={id} />
          ))}
          {shot.references.length > MOST_SHOWN && <b>+{number(shot.references.length - MOST_SHOWN)}</b>}
        </span>
      </div>
    </div>
  )
}

function Reference({ id }: { id: string }) {
  const asset = useAsset(id).data
  if (asset?.mime_type?.startsWith('image/')) {
    return <img className={styles.reference} src={contentOf(id)} alt="" draggable={false} />
  }
  return (
    <span className={styles.reference}>
      <Icon name="camera" size={12} />
    </span>
  )
}
