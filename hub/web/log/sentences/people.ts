/** Sentences about people and what they come in by: rows, codes, PINs, fobs, delegates, terminals, staff. */
import type { PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import type { PEOPLE_PAYLOADS } from '@lockerhub/protocol/log/payloads/people.ts';
import { holder, type Sentences, type Speech, staffName } from '../speech.ts';

export const PEOPLE_SENTENCES: Sentences<typeof PEOPLE_PAYLOADS> = {
  'row.changed': rowChanged,
  'code.issued': (speech, data) => speech.t('entry.code.issued', { holder: holder(speech, data.holder) }),
  'code.revoked': (speech, data) => speech.t('entry.code.revoked', { holder: holder(speech, data.holder) }),
  'pin.given': (speech, { resident }) => speech.t('entry.pin.given', { holder: holder(speech, resident) }),
  'pin.ended': (speech, { resident }) => speech.t('entry.pin.ended', { holder: holder(speech, resident) }),
  'fob.registered': (speech, { resident }) =>
    speech.t('entry.fob.registered', { holder: holder(speech, resident) }),
  'fob.ended': (speech, { resident }) => speech.t('entry.fob.ended', { holder: holder(speech, resident) }),
  'delegate.named': (speech, { resident, delivery }) => {
    const who = { holder: holder(speech, resident) };
    return speech.t(delivery === null ? 'entry.delegate.namedForAll' : 'entry.delegate.namedForOne', who);
  },
  'delegate.ended': ({ t }, { reason }) => t(`entry.delegate.ended.${reason}`),
  'terminal.paired': (speech, data) =>
    speech.t('entry.terminal.paired', { terminal: terminalName(speech, data.terminal) }),
  'terminal.revoked': (speech, data) =>
    speech.t('entry.terminal.revoked', { terminal: terminalName(speech, data.terminal) }),
  'staff.signed-in': (speech, { staff }) =>
    speech.t('entry.staff.signedIn', { staff: staffName(speech, staff) }),
  'staff.reset': (speech, { staff }) => speech.t('entry.staff.reset', { staff: staffName(speech, staff) }),
};

/** A row that was taken away has one field, `removed` (`people/row-writer.ts`). */
function rowChanged({ t }: Speech, { table, fields }: PayloadOf<'row.changed'>): string {
  const isGone = fields.includes('removed');
  if (isGone && (table === 'carriers' || table === 'units' || table === 'households')) {
    return t(`entry.row.removed.${table}`);
  }
  return t(`entry.row.changed.${table}`, { fields: fields.join(', ') });
}

function terminalName({ t, names }: Speech, terminal: string): string {
  return names.terminal(terminal) ?? t('thing.aTerminal');
}
