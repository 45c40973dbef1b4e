/** What the ledger tells another hub of its doors. */
import type { DoorRecord } from '@lockerhub/protocol/bank/messages.ts';
import type { Ledger } from './ledger.ts';

/** What is known of each of these doors, and of the last grant that it was pulsed for. */
export function doorRecords(ledger: Ledger, compartments: readonly number[]): DoorRecord[] {
  const outstanding = new Set(ledger.outstanding().map(({ grant }) => grant));
  return compartments.map((compartment) => {
    const place = ledger.compartment(compartment);
    const grant = place?.grant ?? null;
    const last = grant === null ? undefined : ledger.grant(grant);
    return {
      compartment,
      grant,
      delivery: place?.delivery ?? null,
      purpose: last?.purpose ?? null,
      outcome: last?.outcome ?? null,
      closed: last?.closed ?? false,
      outstanding: grant !== null && outstanding.has(grant),
      openedAt: place?.openedAt ?? null,
      forced: place?.forced ?? false,
    };
  });
}
