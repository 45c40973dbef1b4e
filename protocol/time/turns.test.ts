import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

it('does one piece after the other, in order, also behind those that fail', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ fails: fc.boolean(), steps: fc.nat({ max: 4 }) }), { maxLength: 20 }),
      async (pieces) => {
        const turns = new Turns();
        const seen: string[] = [];
        const results = pieces.map(({ fails, steps }, index) =>
          turns.take(async () => {
            seen.push(`begins ${index}`);
            for (let step = 0; step < steps; step += 1) await Promise.resolve();
            seen.push(`ends ${index}`);
            if (fails) throw new Error(`piece ${index}`);
            return index;
          }),
        );
        expect(turns.waiting).toBe(pieces.length);
        const settled = await Promise.allSettled(results);
        expect(settled.map(({ status }) => status)).toEqual(
          pieces.map(({ fails }) => (fails ? 'rejected' : 'fulfilled')),
        );
        await turns.ended();
        expect(turns.waiting).toBe(0);
        expect(seen).toEqual(pieces.flatMap((_, index) => [`begins ${index}`, `ends ${index}`]));
      },
    ),
  );
});
