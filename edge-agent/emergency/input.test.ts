/** What counts as the input's word, poll by poll; over real sockets: emergency-release.test.ts. */
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { SeededRandom } from '../../sim/clock/seeded-random.ts';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { Plc } from '../../sim/plc/plc.ts';
import { DirectLine } from '../../sim/testing/bank-world.ts';
import { LineWatch } from '../bank/line-watch.ts';
import type { Opening } from '../bank/opening.ts';
import { EmergencyRelease } from './emergency-release.ts';

const POLLS = 3;
const POLL_MS = 100;

function releaseOf(clock: VirtualClock) {
  const asked: Opening[] = [];
  const release = new EmergencyRelease({
    wires: { line: 'plc', block: 0, saysRelease: () => true, polls: POLLS, compartments: [1] },
    clock,
    random: new SeededRandom(1),
    log: pino({ level: 'silent' }),
    state: 'normal',
    onState: () => {},
    doors: () => ({
      compartments: [{ compartment: 1, door: 'closed' }],
      supplies: [[1]],
      refusal: () => null,
      open: (opening) => {
        asked.push(opening);
        return new Promise(() => {});
      },
    }),
  });
  const polls = (count: number, says: boolean | null) => {
    for (let poll = 0; poll < count; poll += 1) release.read(says);
  };
  return { release, asked, polls };
}

it('is asked for so many polls in a row; one without an answer makes it begin anew, in either direction', () => {
  const { release, polls } = releaseOf(new VirtualClock(0));
  polls(POLLS - 1, true);
  polls(1, null);
  polls(POLLS - 1, true);
  expect(release.state).toBe('normal');
  polls(1, true);
  expect(release.state).toBe('releasing');
  polls(POLLS - 1, false);
  polls(1, null);
  polls(POLLS - 1, false);
  expect(release.state).toBe('releasing');
  polls(1, false);
  expect(release.state).toBe('normal');
});

it('stops a door that still waits for power when it goes back, also if it says release once more', async () => {
  const clock = new VirtualClock(0);
  const { asked, polls } = releaseOf(clock);
  polls(POLLS, true);
  await clock.advance(0);
  const [waiting] = asked;
  expect(waiting?.refusal()).toBeNull();
  polls(POLLS, false);
  expect(waiting?.refusal()).toBe('emergency');
  polls(POLLS, true);
  await clock.advance(0);
  expect(waiting?.refusal()).toBe('emergency');
  expect(asked[1]?.refusal()).toBeNull();
});

it('is polled: a look behind a pulse, milliseconds after another, says nothing of it', async () => {
  const clock = new VirtualClock(0);
  const plc = new Plc({ clock, units: [{ unit: 1, device: 'waveshare-relay' }], doors: [] });
  const read = { unit: 1, kind: 'read', area: 'discrete-inputs', address: 0, count: 8 } as const;
  let told = 0;
  const watch = new LineWatch({
    line: new DirectLine(plc, clock),
    wires: {
      line: 'plc',
      blocks: [read],
      supply: { id: 's', atOnce: 1, pauseMs: 0 },
      mailboxes: [],
      watchdogs: [],
    },
    compartments: [],
    clock,
    pollMs: POLL_MS,
    onInput: { block: 0, read: () => (told += 1) },
    onChange: () => {},
  });
  for (let look = 0; look < POLLS; look += 1) {
    const answered = watch.readNow(0);
    await clock.advance(POLL_MS / 10);
    expect(await answered).toBe(true);
  }
  expect(told).toBe(0);
  watch.start();
  await clock.advance(POLLS * POLL_MS);
  expect(told).toBeGreaterThanOrEqual(POLLS);
  await watch.stop();
});
