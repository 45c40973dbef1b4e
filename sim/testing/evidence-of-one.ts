import { EMPTY_HEAD } from '@lockerhub/protocol/log/entry.ts';
import type { Evidence } from '@lockerhub/protocol/log/evidence.ts';
import { decodePayload } from '@lockerhub/protocol/log/payload.ts';
import { makeProof } from '@lockerhub/protocol/log/proof.ts';
import { subjectOf } from '@lockerhub/protocol/log/subject.ts';
import { SeededRandom } from '../clock/seeded-random.ts';
import { logHistory } from './log-history.ts';

/** Evidence about the first delivery of a history, as an honest hub makes it. */
export function evidenceOfOne(): Evidence {
  const entries = logHistory(new SeededRandom(1), 60, EMPTY_HEAD);
  const subjects = new Map(entries.map(({ seq, payload }) => [seq, subjectIn(payload)]));
  const first = entries.find(({ payload }) => decodePayload(payload).type === 'delivery.assigned');
  const delivery = first && subjects.get(first.seq);
  if (!first || !delivery) throw new Error('a history of 60 entries holds a delivery');
  const own = entries.filter(({ seq }) => subjects.get(seq) === delivery).map(({ seq }) => seq);
  const before = entries[first.seq - 2] ?? EMPTY_HEAD;
  return {
    v: 1,
    kind: 'lockerhub-delivery',
    madeAt: 1,
    software: 'lockerhub test',
    delivery,
    told: { building: 'Linden Court', unit: '3B', recipient: 'Ana', carrier: 'UPS', tracking: '1Z999' },
    proof: makeProof('linden-court', before, entries.slice(first.seq - 1), new Set(own)),
  };
}

function subjectIn(text: string): string | undefined {
  const payload = decodePayload(text);
  return payload.type === 'unknown' ? undefined : subjectOf(payload)?.subject;
}
