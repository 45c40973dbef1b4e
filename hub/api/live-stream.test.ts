/** What a page hears live. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiRig, NOBODY, startApiRig } from '../../sim/testing/api-rig.ts';
import type { HubRig } from '../../sim/testing/hub-rig.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';

let rig: HubRig;
let manager: string;
let listen: ApiRig['listen'];

const DEADLINE_MS = 10_000;

beforeAll(async () => {
  ({ rig, manager, listen } = await startApiRig());
});
afterAll(() => rig.end());

describe('the live stream', () => {
  it('tells entries, resumes where a page left off, and says reload when it cannot', async () => {
    const events = await listen(manager);
    await rig.signIn('desk');
    const first = await events.next((event) => event.includes('staff.signed-in'));
    events.end();
    const id = /^id: (.+)$/m.exec(first)?.[1] ?? '';
    await rig.signIn('auditor');
    const resumed = await listen(manager, { 'last-event-id': id });
    expect(await resumed.next((event) => event.includes('event:'))).toContain('staff.signed-in');
    resumed.end();
    const lost = await listen(manager, { 'last-event-id': 'another-boot.5' });
    expect(await lost.next((event) => event.includes('event:'))).toContain('event: reload');
    lost.end();
  });

  it('drops a page that reads nothing, and goes on for the others', async () => {
    const sleeper = connect(Number(new URL(rig.httpUrl).port), '127.0.0.1');
    let over = false;
    sleeper.on('close', () => (over = true));
    sleeper.on('error', () => {});
    sleeper.write(`GET /api/v1/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${manager}\r\n\r\n`);
    await waitFor(() => rig.hub.events.listening === 1, DEADLINE_MS, 'the sleeper to listen');
    sleeper.pause();
    const awake = await listen(manager);
    await waitFor(() => rig.hub.events.listening === 2, DEADLINE_MS, 'the other page to listen');
    const big = { case: NOBODY, detail: 'x'.repeat(50_000) } as never;
    await waitFor(
      () => {
        rig.hub.events.send('case', big);
        return rig.hub.events.listening === 1;
      },
      DEADLINE_MS,
      'the sleeper to be dropped',
    );
    sleeper.resume();
    await waitFor(() => over, DEADLINE_MS, 'the end of its connection');
    expect(await awake.next((event) => event.includes('event: case'))).toContain(NOBODY);
    awake.end();
  });
});
