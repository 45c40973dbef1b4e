/** Sentences about claim slips, and whom they bound to a unit. */
import type { SLIPS_PAYLOADS } from '@lockerhub/protocol/log/payloads/slips.ts';
import { holder, type Sentences, unitName } from '../speech.ts';

export const SLIPS_SENTENCES: Sentences<typeof SLIPS_PAYLOADS> = {
  'slip.issued': (speech, { unit, code }) =>
    speech.t(code ? 'entry.slip.issued' : 'entry.slip.issuedToDesk', { unit: unitName(speech, unit) }),
  'slip.ended': ({ t }, { reason }) => t(`entry.slip.ended.${reason}`),
  'resident.bound': (speech, { how, resident, unit }) =>
    speech.t(`entry.resident.bound.${how}`, {
      holder: holder(speech, resident),
      unit: unitName(speech, unit),
    }),
};
