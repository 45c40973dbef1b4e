/** Scans at the hub's request: a whole agent over TCP, and a serial line that gives its port up and gets it back. */

import { VERSION } from '@lockerhub/protocol/bank/messages.ts';
import type { ScanRequest, ScanResponse } from '@lockerhub/protocol/bank/scan.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { hasSocat } from '@lockerhub/sim/plc/pty-bus.ts';
import { type AgentRig, type RigOptions, startRig } from '@lockerhub/sim/testing/agent-rig.ts';
import { startPtySerialRig } from '@lockerhub/sim/testing/serial-rig.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { BankScans } from './bank-scans.ts';

const WITHIN_MS = 60_000;

describe('a scan of an agent’s own line', () => {
  let rig: AgentRig;
  const begin = async (options?: RigOptions) => {
    rig = await startRig(options);
    await rig.startAgent();
    await rig.ready();
  };
  afterEach(() => rig.end());

  const ask = (change: Partial<ScanRequest> = {}): string => {
    const id = rig.id();
    rig.say('scan', {
      v: VERSION,
      id,
      session: rig.session,
      line: 'plc',
      speeds: 'own',
      units: 'few',
      ...change,
    });
    return id;
  };
  const states = (id: string): ScanResponse['state'][] =>
    rig.heard.flatMap((arrived) =>
      arrived.name === 'scanResponse' && arrived.message.id === id ? [arrived.message.state] : [],
    );
  const ended = (id: string) =>
    waitFor(() => states(id).find(({ is }) => is !== 'running'), WITHIN_MS, 'the scan to end');

  it(
    'tells how far it is and what it found, refuses opens meanwhile, and gives the line back',
    async () => {
      await begin();
      rig.plc.manners.answerAfterMs = 30;
      const id = ask();
      await waitFor(() => states(id).some(({ is }) => is === 'running'), WITHIN_MS, 'progress');
      expect(await rig.answered(rig.open(1))).toMatchObject({
        result: 'refused',
        reason: 'line-unavailable',
      });
      const lines = () => rig.heard.findLast(({ name }) => name === 'availability')?.message;
      await waitFor(
        () => JSON.stringify(lines()).includes('it is being scanned'),
        WITHIN_MS,
        'the line to be told as scanned',
      );
      await rig.doorIs(1, 'unavailable');
      expect(await ended(ask())).toMatchObject({ is: 'refused', reason: 'busy' });

      const done = await ended(id);
      expect(done).toMatchObject({ is: 'done', report: { complete: true, hints: [] } });
      if (done.is === 'done') {
        expect(done.report.passes).toMatchObject([{ asked: 32, units: [{ unit: 1, verdict: 'answers' }] }]);
      }
      await rig.doorIs(1, 'closed');
      expect(rig.pulses(1)).toBe(0);
      rig.plc.manners.answerAfterMs = 0;
      expect(await rig.answered(rig.open(1))).toMatchObject({ result: 'begun' });
      await rig.happened('opened', { compartment: 1 });
    },
    WITHIN_MS,
  );

  it(
    'is refused while a door is being opened, and moves none',
    async () => {
      await begin({ jamAfterMs: 5_000 });
      rig.plc.jam(2);
      await rig.answered(rig.open(2));
      await rig.doorIs(2, 'opening');
      expect(await ended(ask())).toMatchObject({ is: 'refused', reason: 'busy' });
      expect(rig.pulses(2)).toBe(1);
    },
    WITHIN_MS,
  );

  it(
    'is refused for a line that would release doors in an emergency, an unknown one, and another session',
    async () => {
      await begin({ emergency: true });
      expect(await ended(ask())).toMatchObject({ reason: 'watches-emergency' });
      expect(await ended(ask({ line: 'other' }))).toMatchObject({ reason: 'line-unknown' });
      expect(await ended(ask({ session: rig.session + 1 }))).toMatchObject({ reason: 'session-foreign' });
      await rig.doorIs(1, 'closed');
    },
    WITHIN_MS,
  );

  it('goes on beside a line whose device takes further connections, and disturbs nobody', async () => {
    await begin({ connections: 2, emergency: true });
    rig.plc.manners.answerAfterMs = 20;
    const id = ask();
    await waitFor(() => states(id).length > 0, WITHIN_MS, 'progress');
    expect(await rig.answered(rig.open(1))).toMatchObject({ result: 'begun' });
    await rig.happened('opened', { compartment: 1 });
    expect(await ended(id)).toMatchObject({ is: 'done', report: { complete: true } });
    const doors = rig.heard.flatMap(({ name, message }) => (name === 'compartment' ? [message.door] : []));
    expect(doors).not.toContain('unavailable');
  });

  it(
    'ends when it is told to, and when the agent stops',
    async () => {
      await begin();
      rig.plc.manners.answerAfterMs = 100;
      const id = ask({ units: 'all' });
      await waitFor(() => states(id).length > 0, WITHIN_MS, 'progress');
      rig.say('scanStop', { v: VERSION, id });
      expect(await ended(id)).toMatchObject({ is: 'done', report: { complete: false } });
      await rig.doorIs(1, 'closed');

      const last = ask({ units: 'all' });
      await waitFor(() => states(last).length > 0, WITHIN_MS, 'progress');
      await rig.stopAgent();
      await waitFor(() => rig.line.connections === 0, WITHIN_MS, 'the agent to let go of the line');
    },
    WITHIN_MS,
  );
});

describe.skipIf(!hasSocat)('a scan of a bank’s serial line', () => {
  it(
    'has the port to itself, and the line has it back',
    async () => {
      const rig = await startPtySerialRig({ baud: 19_200, line: { timeoutMs: 2_000 } });
      const told: ScanResponse['state'][] = [];
      const target = {
        kind: 'serial' as const,
        path: rig.adapter.path,
        speeds: [{ baud: 19_200, parity: 'none' as const, stopBits: 1 as const }],
      };
      const scans = new BankScans({
        lines: new Map([['bus', { target, wired: [1, 2, 3, 40], beside: false }]]),
        clock: systemClock,
        random: systemRandom,
        log: pino({ level: 'silent' }),
        session: () => 1,
        lend: async () => {
          await rig.line.stop();
          return { giveBack: () => rig.line.start() };
        },
        tell: ({ state }) => told.push(state),
      });
      try {
        rig.bus.faults.always('twins', 2);
        const id = '00000000-0000-7000-8000-000000000000';
        await scans.begin({ v: VERSION, id, session: 1, line: 'bus', speeds: 'own', units: 'few' });
        const done = told.at(-1);
        expect(done).toMatchObject({ is: 'done', report: { passes: [{ asked: 33 }] } });
        expect(JSON.stringify(done)).toContain('two-answer');
        rig.bus.faults.always(null, 2);
        await waitFor(() => rig.line.online, WITHIN_MS, 'the line to be back');
      } finally {
        await rig.stop();
      }
    },
    WITHIN_MS,
  );
});
