/** Entries that only a replaced hub still held: staff have to look what of them happened. */
import { z } from 'zod';
import type { Building } from '../building/building.ts';
import type { ShapeRow } from './cloud.ts';
import { CloudFault } from './cloud-fault.ts';

const Orphan = z.object({ epoch: z.coerce.number().int(), seq: z.coerce.number().int() });

/**
 * Calls somebody for the entries that came, once for each hub that they are of.
 *
 * @throws CloudFault `answer-invalid` for a row that is none; StoreError: they come again
 */
export async function takeOrphans(
  building: Pick<Building, 'execute'>,
  rows: readonly ShapeRow[],
): Promise<void> {
  const parsed = z
    .array(Orphan)
    .safeParse(rows.map(({ epoch, seq }) => ({ epoch: text(epoch), seq: text(seq) })));
  if (!parsed.success) {
    throw new CloudFault('answer-invalid', 'an entry of a replaced hub came from the cloud that is none', {
      cause: parsed.error,
    });
  }
  for (const [epoch, orphans] of Map.groupBy(parsed.data, (orphan) => orphan.epoch)) {
    const numbers = orphans.map(({ seq }) => seq);
    const range = { from: Math.min(...numbers), to: Math.max(...numbers) };
    await building.execute({ type: 'orphans-came', epoch, ...range });
  }
}

/** Postgres' numbers come as bigint. */
function text(value: unknown): string {
  return String(value);
}
