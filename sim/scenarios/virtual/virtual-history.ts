import { NEVER_PULSED, type OpeningHistory } from '@lockerhub/hub/banks/opening-history.ts';
import type { MemoryDisk } from '@lockerhub/hub/store/memory.ts';
import { decodePayload } from '@lockerhub/protocol/log/payload.ts';

interface Opening {
  readonly grant: string;
  readonly seq: number;
  pulsed: boolean;
}

const isNever = (end: string) => (NEVER_PULSED as readonly string[]).includes(end);

/** What a log in memory says of openings: read through anew at each question, for there are few. */
export function memoryHistory(disk: MemoryDisk): OpeningHistory {
  return {
    async beside(bank, records) {
      const openings = openingsOf(disk, bank);
      return records.map((record) => {
        const here = openings.get(record.compartment) ?? [];
        return {
          ...record,
          grantSeq: here.find(({ grant }) => grant === record.grant)?.seq ?? null,
          newestSeq: here.findLast(({ pulsed }) => pulsed)?.seq ?? null,
        };
      });
    },
  };
}

function openingsOf(disk: MemoryDisk, bank: string): Map<number, Opening[]> {
  const byDoor = new Map<number, Opening[]>();
  const byGrant = new Map<string, Opening>();
  for (const { seq, payload: text } of disk.entries) {
    const payload = decodePayload(text);
    if (payload.type === 'grant.issued' && payload.data.bank === bank) {
      const opening = { grant: payload.data.grant, seq, pulsed: false };
      byGrant.set(opening.grant, opening);
      const { compartment } = payload.data;
      byDoor.set(compartment, [...(byDoor.get(compartment) ?? []), opening]);
    }
    if (payload.type !== 'grant.ended') continue;
    const ended = byGrant.get(payload.data.grant);
    if (ended) ended.pulsed = !isNever(payload.data.end);
  }
  return byDoor;
}
