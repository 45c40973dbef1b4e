/** An update cut short twice, over real processes. `npm run torture -- --only update` does it at every step. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { UpdateBuilding } from './update-building.ts';

/** Behind the newer hub’s trial, before it is kept; behind the hold’s end, when it is; and while its units are switched on. */
const [ON_TRIAL, KEPT, SWITCHING_ON] = [35, 41, 61];

it('an update whose updater is killed, or whose machine loses power, ends with a hub that knows all it said', {
  timeout: 240_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lockerhub-update-'));
  const building = await UpdateBuilding.start(folder);
  try {
    const killed = await building.update({ fault: 'none', killAt: [ON_TRIAL], isPowerCut: true });
    expect(killed).toEqual({ deaths: 1, release: 'old', faults: [] });
    for (const at of [KEPT, SWITCHING_ON]) {
      const kept = await building.update({ fault: 'none', killAt: [at], isPowerCut: at === SWITCHING_ON });
      expect(kept).toEqual({ deaths: 1, release: 'new', faults: [] });
    }
  } finally {
    await building.end();
    await rm(folder, { recursive: true });
  }
});
