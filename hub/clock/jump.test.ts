/** A whole hub whose wall clock jumps: what it writes down from then on, over its API and its log. */
import { type Clock, systemClock } from '@lockerhub/protocol/time/clock.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';

const HOUR_MS = 3_600_000;
let aheadMs: number;
let rig: HubRig;

const clock: Clock = {
  wallMs: () => systemClock.wallMs() + aheadMs,
  monotonicMs: () => systemClock.monotonicMs(),
  after: (delayMs, act) => systemClock.after(delayMs, act),
  punctually: (delayMs, act) => systemClock.punctually(delayMs, act),
};

beforeEach(async () => {
  aheadMs = 0;
  rig = await startHubRig(smallPlan(), {}, clock);
});
afterEach(() => rig.end());

it('says so before anything else, and stamps nothing behind the jump as trusted', async () => {
  const token = await rig.signIn('manager');
  const before = rig.hub.buildingLog.head().seq;
  aheadMs = -HOUR_MS;
  const { status } = await rig.ask('/api/v1/banks/hall/compartments/2/report', { token, body: {} });
  expect(status).toBe(200);
  const behind = await rig.hub.store.query<{ type: string; clock: string }>(
    'select type, clock from log where seq > $1 order by seq',
    [before],
  );
  expect(behind[0]).toEqual({ type: 'clock.distrusted', clock: 'untrusted' });
  expect(behind.length).toBeGreaterThan(1);
  expect(behind.filter((entry) => entry.clock === 'trusted')).toEqual([]);
});
