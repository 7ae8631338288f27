/** The edits that end a clash, where there is one obvious way. */
import type { Model } from '../../api/types'
import type { Clash } from './clashes'
import type { Draft } from './draft'
import type { Edit } from './edits'
import { frameOfPin, freeFrame, placeAt, type Span } from './frames'

export function fixOf({ name }: Clash, draft: Draft, model: Model | null, span: Span): Edit[] {
  switch (name) {
    case 'loop_extends':
    case 'loop_last':
    case 'cannot_loop':
      return [{ do: 'set', values: { isLoop: false } }]
    case 'stages_of_sound':
    case 'cannot_two_stages':
      return [{ do: 'set', values: { hasTwoStages: false } }]
    case 'modify_pins':
      return draft.pins.map(({ id }) => ({ do: 'unpin', id }))
    case 'sound_for_alone':
      return [
        ...draft.pins.map(({ id }): Edit => ({ do: 'unpin', id })),
        { do: 'set', values: { sound: null, isLoop: false } },
      ]
    case 'late':
    case 'covered':
    case 'same_time':
      return settled(draft, span)
    case 'long':
      return [{ do: 'set', values: { seconds: model?.longest_seconds ?? null } }]
    case 'cannot_first_frame':
      return unpinned(draft, (at) => at === 0)
    case 'cannot_last_frame':
      return unpinned(draft, (at) => at === null)
    case 'cannot_keyframes':
      return unpinned(draft, (at) => at !== null && at > 0)
    case 'cannot_video_for_sound':
      return [{ do: 'set', values: { sound: null } }]
    case 'cannot_keep_region':
    case 'region_all':
      return [{ do: 'source', values: { region: null } }]
    case 'cannot_extend_after':
    case 'cannot_extend_before':
    case 'cannot_modify':
    case 'cannot_reframe':
    case 'cannot_sound_for_video':
      return [{ do: 'unstart' }]
    default:
      return []
  }
}

/** Each picture that is too late, or where another one stands, goes to the nearest free frame. */
function settled(draft: Draft, span: Span): Edit[] {
  const edits: Edit[] = []
  const standing: Draft['pins'][number][] = []
  for (const pin of draft.pins) {
    const frame = freeFrame(frameOfPin(pin, span), standing, span, draft.isLoop)
    if (frame === null) {
      edits.push({ do: 'unpin', id: pin.id })
      continue
    }
    const isThere = frame === frameOfPin(pin, span)
    const at = isThere ? pin.at : placeAt(frame, span, draft.isLoop)
    standing.push({ ...pin, at })
    if (!isThere) edits.push({ do: 'repin', id: pin.id, at })
  }
  return edits
}

function unpinned(draft: Draft, isMeant: (at: number | null) => boolean): Edit[] {
  return draft.pins.filter((pin) => isMeant(pin.at)).map(({ id }) => ({ do: 'unpin', id }))
}
