import type { BankEventKind } from '@lockerhub/protocol/bank/messages.ts';
import { DOOR_STATES } from '@lockerhub/protocol/bank/messages.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Cell,
  DOOR_EVENTS,
  DOOR_TABLE,
  type Door,
  type DoorEvent,
  type DoorTable,
  doorAfterRestart,
  newDoor,
  outOfSight,
  stepDoor,
} from './door.ts';

/** What a witness beside the door remembers: enough to say which reports would be lies. */
interface Witness {
  reading: 'open' | 'closed' | 'none';
  /** Accepted grants whose opening has not been seen. */
  unopened: boolean;
  /** A pulse was begun and its write has no result yet. */
  writing: boolean;
  reports: BankEventKind[];
}

/** Which events the outside can raise now: write results need a write, sensors a sensor. */
function possible(door: Door, witness: Witness, event: DoorEvent): boolean {
  if (event.startsWith('write-')) return witness.writing;
  if (event.startsWith('seen-')) return door.sensed;
  if (event === 'jam-deadline') return door.sensed;
  return true;
}

/** Runs events on a door and returns the first broken invariant of SPEC.md, or null. */
function firstLie(sensed: boolean, events: readonly DoorEvent[], table: DoorTable): string | null {
  let door = newDoor(sensed);
  const witness: Witness = { reading: 'none', unopened: false, writing: false, reports: [] };
  for (const event of events) {
    if (!possible(door, witness, event)) continue;
    const from = door.state;
    const { door: next, report, refused } = stepDoor(door, event, table);
    const lie = judge(door, event, next, report, refused !== null, witness);
    if (lie) return `${lie} (${from} × ${event} → ${next.state}, ${report})`;
    remember(event, report, refused !== null, witness);
    // A refused write after the line was lost: the door stays unknown, so its opening stays explained.
    if (event === 'write-refused' && next.state !== 'unknown') witness.unopened = false;
    door = next;
  }
  return null;
}

function judge(
  door: Door,
  event: DoorEvent,
  next: Door,
  report: BankEventKind | null,
  refused: boolean,
  witness: Witness,
): string | null {
  const from = door.state;
  if (next.state === 'opening' && from !== 'opening') {
    if (event !== 'granted') return 'D1: opening without a grant';
    if (from !== 'closed' && from !== 'jammed') return 'D1: opening from elsewhere';
  }
  if (event === 'granted' && !refused && !['closed', 'jammed', 'unsensed'].includes(from)) return 'D2';
  if (from === 'unknown' && next.state !== 'unknown') {
    const ends = ['seen-open', 'seen-open-late', 'answered-in-order', 'quarantine-over'];
    if (!ends.includes(event) && (door.sensed || event !== 'pulse-proved')) return 'D3';
  }
  if (event === 'write-uncertain' && next.state !== 'unknown')
    return 'D3: an uncertain write was taken lightly';
  const opens = event.startsWith('seen-open') && witness.reading === 'closed';
  const told = report === 'opened' || report === 'forced';
  if (opens !== told) return opens ? 'D4: an opening was not reported' : 'D4: an opening was made up';
  if (report === 'opened' && !witness.unopened) return 'D5: opened without a grant to explain it';
  if (report === 'forced' && witness.unopened && !event.endsWith('-late'))
    return 'D4: forced in spite of a grant';
  if (report === 'closed' && witness.reading !== 'open') return 'D6';
  if (!door.sensed) {
    if (!['unseen', 'unsensed', 'unavailable', 'unknown'].includes(next.state)) return 'D7: state';
    if (report && !['pulsed', 'unknown', 'settled'].includes(report)) return 'D7: report';
  }
  if (event === 'restarted' && (report !== null || (from === 'opening' && next.state !== 'unknown')))
    return 'D8';
  return null;
}

function remember(event: DoorEvent, report: BankEventKind | null, refused: boolean, witness: Witness): void {
  if (event === 'granted' && !refused) {
    witness.writing = true;
    witness.unopened = true;
  }
  if (event === 'write-uncertain') witness.unopened = true;
  if (event.startsWith('write-') || event === 'restarted') witness.writing = false;
  if (event.startsWith('seen-open')) {
    witness.reading = 'open';
    witness.unopened = false;
    // The bank raises no write result once the door was seen open: see SPEC.md.
    witness.writing = false;
  }
  if (event === 'seen-closed') witness.reading = 'closed';
  if (report === 'settled') witness.unopened = false;
  if (report) witness.reports.push(report);
}

const anyRun = fc.record({
  sensed: fc.boolean(),
  events: fc.array(fc.constantFrom(...DOOR_EVENTS), { maxLength: 40 }),
});

/** True if some run of events shows a lie: what must be false of the real table and true of each planted bug. */
function someRunLies(table: DoorTable): string | null {
  const result = fc.check(
    fc.property(anyRun, ({ sensed, events }) => firstLie(sensed, events, table) === null),
    { numRuns: 20_000, seed: 7 },
  );
  if (!result.failed || !result.counterexample) return null;
  const [{ sensed, events }] = result.counterexample;
  return firstLie(sensed, events, table);
}

function withCell(state: Door['state'], event: DoorEvent, cell: Cell): DoorTable {
  return { ...DOOR_TABLE, [state]: { ...DOOR_TABLE[state], [event]: cell } };
}

describe('a door', () => {
  it('tells no lie in any run of events', () => {
    expect(someRunLies(DOOR_TABLE)).toBeNull();
  });

  const planted: readonly [string, DoorTable, RegExp][] = [
    ['a line that comes back pulses', withCell('unknown', 'line-back', { to: 'opening' }), /D1/],
    ['an open door is opened', withCell('open', 'granted', { to: 'opening' }), /D1/],
    ['an unknown door is opened', withCell('unknown', 'granted', { to: 'unknown' }), /D2/],
    ['unknown ends with a reading', withCell('unknown', 'seen-closed', { to: 'closed' }), /D3/],
    ['unknown ends with a mere pulse', withCell('unknown', 'pulse-proved', { to: 'closed' }), /D3/],
    ['unknown ends with the line', withCell('unknown', 'line-lost', { to: 'unavailable' }), /D3/],
    ['unknown ends with a restart', withCell('unknown', 'restarted', { to: 'unseen' }), /D3/],
    [
      'an unanswered write counts as jammed',
      withCell('opening', 'write-uncertain', { to: 'jammed', report: 'jammed' }),
      /D3/,
    ],
    [
      'a forced door counts as opened',
      withCell('closed', 'seen-open', { to: 'open', report: 'opened' }),
      /D5/,
    ],
    ['a forced door is not told', withCell('closed', 'seen-open', { to: 'forced' }), /D4/],
    ['a door forced out of sight is not told', withCell('unavailable', 'seen-open', { to: 'open' }), /D4/],
    [
      'a door found open is told as forced',
      withCell('unseen', 'seen-open', { to: 'forced', report: 'forced' }),
      /D4/,
    ],
    [
      'a granted opening counts as forced',
      withCell('opening', 'seen-open', { to: 'forced', report: 'forced' }),
      /D4/,
    ],
    ['a closed door closes', withCell('closed', 'seen-closed', { to: 'closed', report: 'closed' }), /D6/],
    ['an unsensed door counts as opening', withCell('unsensed', 'granted', { to: 'opening' }), /D1|D7/],
    [
      'an unsensed door settles as closed',
      withCell('unknown', 'quarantine-over', { to: 'closed', report: 'settled' }),
      /D7/,
    ],
    ['a restart forgets an opening', withCell('opening', 'restarted', { to: 'unseen' }), /D8/],
  ];
  for (const [name, table, lie] of planted) {
    it(`is caught when ${name}`, () => {
      expect(someRunLies(table)).toMatch(lie);
    });
  }

  it('reaches every state', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(anyRun, ({ sensed, events }) => {
        let door = newDoor(sensed);
        for (const event of events) {
          if (event.startsWith('seen-') && !sensed) continue;
          door = stepDoor(door, event).door;
          reached.add(door.state);
        }
      }),
      { numRuns: 2_000, seed: 1 },
    );
    expect([...reached].sort()).toEqual([...DOOR_STATES].sort());
  });

  it('comes back from an outage as it went, or says what changed meanwhile', () => {
    const away = (state: Door['state']) =>
      stepDoor(stepDoor({ state, sensed: true, before: 'unseen' }, 'line-lost').door, 'line-back').door;
    expect(away('open')).toMatchObject({ state: 'unseen', before: 'open' });
    expect(stepDoor(away('open'), 'seen-open')).toMatchObject({ door: { state: 'open' }, report: null });
    expect(stepDoor(away('open'), 'seen-closed')).toMatchObject({
      door: { state: 'closed' },
      report: 'closed',
    });
    expect(stepDoor(away('closed'), 'seen-open')).toMatchObject({
      door: { state: 'forced' },
      report: 'forced',
    });
    expect(stepDoor(away('forced'), 'seen-open')).toMatchObject({ door: { state: 'forced' }, report: null });
    expect(stepDoor(away('jammed'), 'seen-closed')).toMatchObject({
      door: { state: 'jammed' },
      report: null,
    });
    expect(away('opening')).toMatchObject({ state: 'unknown' });
  });

  it('starts again as unknown when the last grant was cut off, whatever was written down', () => {
    for (const recorded of DOOR_STATES) {
      expect(doorAfterRestart(true, recorded, true).state).toBe('unknown');
      const door = doorAfterRestart(true, recorded, false);
      const cutOff = recorded === 'opening' || recorded === 'unknown';
      expect(door.state).toBe(cutOff ? 'unknown' : 'unseen');
      expect(outOfSight(door.state)).toBe(!cutOff);
    }
    expect(doorAfterRestart(true, 'open', false)).toMatchObject({ state: 'unseen', before: 'open' });
  });
});
