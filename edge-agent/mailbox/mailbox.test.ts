/** A bank whose PLC keeps the mailbox contract, on a virtual clock; over real sockets: mailbox-agent.test.ts. */
import { newId } from '@lockerhub/protocol/time/random.ts';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { Plc } from '../../sim/plc/plc.ts';
import { BankWorld, DirectLine } from '../../sim/testing/bank-world.ts';
import { MAILBOX_RESULT } from '../devices/mailbox-registers.ts';
import { Mailbox } from './mailbox.ts';
import { commandWords, fateOf, isNewer, readStatus, sequenceAfter } from './mailbox-frame.ts';
import { MAILBOX_EVENTS, MAILBOX_STATES, nextMailboxState } from './mailbox-state.ts';

/** Its door without a sensor. */
const UNSENSED = 3;

async function world(): Promise<BankWorld> {
  const made = new BankWorld('mailbox');
  await made.start();
  await made.clock.advance(500);
  return made;
}

const kinds = ({ happened }: BankWorld, grant: string) =>
  happened.filter((happening) => happening.grant === grant).map(({ kind }) => kind);
const pulses = ({ plc }: BankWorld, door: number) =>
  plc.record.filter((event) => event.kind === 'energised' && event.door === door).length;

function openIn(made: BankWorld, door: number): string {
  const grant = newId(made.clock, made.random);
  made.open(door, grant);
  return grant;
}

describe('an opening by mailbox', () => {
  it.each([1, UNSENSED])('of door %i is told as it was', async (door) => {
    const made = await world();
    const grant = openIn(made, door);
    await made.clock.advance(1_000);
    expect(pulses(made, door)).toBe(1);
    expect(kinds(made, grant)).toContain(door === UNSENSED ? 'pulsed' : 'opened');
    expect(made.lies).toEqual([]);
  });

  it.each([1, UNSENSED])('of door %i whose answer is lost is known all the same', async (door) => {
    const made = await world();
    made.plc.manners.silence = 'executes';
    const grant = openIn(made, door);
    await made.clock.advance(20);
    made.plc.manners.silence = 'none';
    await made.clock.advance(3_000);
    expect(pulses(made, door)).toBe(1);
    expect(kinds(made, grant)).toEqual([door === UNSENSED ? 'pulsed' : 'opened']);
    expect(made.lies).toEqual([]);
  });

  it.each([1, UNSENSED])('of door %i that is late is overtaken, and never acts', async (door) => {
    const made = await world();
    made.lateBy(2_000);
    const grant = openIn(made, door);
    await made.clock.advance(1_000);
    // Known within a second, not after the quarantine: the door can be opened again.
    expect(kinds(made, grant)).toEqual([]);
    await made.clock.advance(5_000);
    expect(pulses(made, door)).toBe(0);
    const again = openIn(made, door);
    await made.clock.advance(1_000);
    expect(kinds(made, again)).toContain(door === UNSENSED ? 'pulsed' : 'opened');
    expect([pulses(made, door), made.lies]).toEqual([1, []]);
  });

  it('that comes twice opens once', async () => {
    const made = await world();
    await made.do({ act: 'twice', door: 1, ms: 700 });
    openIn(made, 1);
    await made.clock.advance(500);
    made.plc.hand.close(1);
    await made.clock.advance(2_000);
    expect([pulses(made, 1), made.lies]).toEqual([1, []]);
  });

  it('before which the PLC restarted does nothing, and one behind which it restarted may have', async () => {
    const made = await world();
    made.plc.cutPower();
    made.plc.restorePower();
    const foreign = openIn(made, 1);
    await made.clock.advance(3_000);
    expect([pulses(made, 1), kinds(made, foreign)]).toEqual([0, ['unknown', 'settled']]);
    const grant = openIn(made, UNSENSED);
    await made.clock.advance(5);
    await made.clock.advance(8);
    expect(pulses(made, UNSENSED)).toBe(1);
    made.plc.cutPower();
    await made.clock.advance(100);
    made.plc.restorePower();
    await made.clock.advance(5_000);
    expect([pulses(made, UNSENSED), made.lies]).toEqual([1, []]);
    expect(kinds(made, grant).at(-1)).toMatch(/pulsed|settled/);
  });
});

describe('an agent that died between the command and its outcome', () => {
  it.each([1, UNSENSED])('knows within a second that door %i stays shut, and is right', async (door) => {
    const made = await world();
    made.lateBy(2_000);
    const grant = openIn(made, door);
    await made.clock.advance(100);
    await made.cutPower();
    await made.clock.advance(1_000);
    expect(kinds(made, grant)).toEqual(['settled']);
    await made.clock.advance(5_000);
    expect([pulses(made, door), made.lies]).toEqual([0, []]);
  });

  it('says nothing of the door before a newer command was consumed', async () => {
    const made = await world();
    made.lateBy(600);
    const grant = openIn(made, 1);
    await made.clock.advance(100);
    await made.cutPower();
    // Two of its newer commands are late, too; meanwhile the PLC takes the open of its predecessor.
    made.lateBy(2_500);
    await made.clock.advance(300);
    made.lateBy(2_500);
    await made.clock.advance(3_000);
    expect(kinds(made, grant)).toEqual(['opened']);
    expect([pulses(made, 1), made.lies]).toEqual([1, []]);
  });
});

describe('an agent that died behind a pulse', () => {
  const died = async (door: number, meanwhile: (made: BankWorld) => void = () => {}) => {
    const made = await world();
    made.plc.jam(1);
    made.plc.manners.silence = 'executes';
    const grant = openIn(made, door);
    await made.clock.advance(20);
    made.plc.manners.silence = 'none';
    meanwhile(made);
    await made.cutPower();
    await made.clock.advance(4_000);
    expect([pulses(made, door), made.lies]).toEqual([1, []]);
    return { made, told: kinds(made, grant) };
  };

  it('tells of it, and a door without a sensor can be opened again', async () => {
    const { made, told } = await died(UNSENSED);
    expect(told).toEqual(['pulsed']);
    const again = openIn(made, UNSENSED);
    await made.clock.advance(1_000);
    expect(kinds(made, again)).toEqual(['pulsed']);
  });

  it('tells of it, and that nobody saw what became of a door that is shut now', async () => {
    expect((await died(1)).told).toEqual(['pulsed', 'settled']);
  });

  it('says no more than that it is over if the PLC restarted, too', async () => {
    const restarted = ({ plc }: BankWorld) => {
      plc.cutPower();
      plc.restorePower();
    };
    expect((await died(UNSENSED, restarted)).told).toEqual(['settled']);
  });
});

describe('a status that cannot be read', () => {
  it('leaves no doubt out: nothing is opened before another fence', async () => {
    const clock = new VirtualClock(0);
    const device = { kind: 'mailbox', compartments: 1 } as const;
    const plc = new Plc({ clock, units: [{ unit: 1, device }], doors: [] });
    const line = new DirectLine(plc, clock);
    const read = { unit: 1, kind: 'read', area: 'holding-registers', address: 16, count: 12 } as const;
    const look = async () => {
      mailbox.note(await line.request(read));
      return true;
    };
    const mailbox = new Mailbox({ unit: 1, address: 0, heartbeatTimeoutMs: 1_000, line, clock, look });
    mailbox.start();
    await clock.advance(100);
    expect(mailbox.ready).toBe(true);
    mailbox.note(new Array<number>(12).fill(0));
    expect(mailbox.ready).toBe(false);
    await look();
    expect(mailbox.ready).toBe(false);
    await clock.advance(1_000);
    expect(mailbox.ready).toBe(true);
    mailbox.stop();
  });
});

describe('the state of a mailbox', () => {
  it('becomes sure only by a newer command that was consumed, or an open that was answered', () => {
    for (const state of MAILBOX_STATES) {
      for (const event of MAILBOX_EVENTS) {
        const next = nextMailboxState(state, event);
        const isProof =
          (state === 'fencing' && event === 'fence-consumed') ||
          (state === 'asking' && event === 'open-answered');
        if (next === 'sure' && state !== 'sure')
          expect([state, event, isProof]).toEqual([state, event, true]);
        if (['open-lost', 'fence-lost', 'boot-changed'].includes(event)) expect(next).toBe('doubtful');
        if (next === 'asking' && state !== 'asking') expect([state, event]).toEqual(['sure', 'open-sent']);
      }
    }
  });
});

describe('a frame', () => {
  it('carries boot, sequence, compartment, pulse, expiry, check and version', () => {
    const command = { boot: 0x0102, sequence: 7, compartment: 9, pulseMs: 300, expiryMs: 0x1_0002_0003 };
    const words = commandWords(command);
    expect(words).toEqual([0x0102, 7, 9, 300, 2, 3, 0x0102 ^ 7 ^ 9 ^ 300 ^ 2 ^ 3 ^ 1, 1]);
  });

  it('of a status is taken only from a program by this version that has a boot number', () => {
    const words = [1, 5, 1, 2, 3, 1, 3, 4, 8, 23, 6, 1];
    expect(readStatus(words)).toEqual({
      boot: 5,
      clockMs: 65_538,
      consumed: { sequence: 3, result: 1 },
      opened: { sequence: 3, compartment: 4 },
      answered: { sequence: 8, result: 23 },
      agentHeard: true,
    });
    expect(readStatus(words.with(0, 2))).toBeNull();
    expect(readStatus(words.with(1, 0))).toBeNull();
    expect(readStatus(words.slice(0, 11))).toBeNull();
  });

  it('has a sequence that wraps', () => {
    expect(sequenceAfter(65_535)).toBe(0);
    expect([
      isNewer(0, 65_535),
      isNewer(65_535, 0),
      isNewer(4, 4),
      isNewer(32_767, 0),
      isNewer(32_768, 0),
    ]).toEqual([true, false, false, true, false]);
  });
});

describe('the fate of a command', () => {
  const asked = { boot: 5, sequence: 7 };
  const said = (opened: readonly [number, number], consumed = 8, boot = 5) =>
    fateOf(asked, 3, {
      boot,
      consumed: { sequence: consumed, result: MAILBOX_RESULT['opened-nothing'] },
      opened: { sequence: opened[0], compartment: opened[1] },
    });

  it('is known by the last opening once a later command was consumed', () => {
    expect(said([7, 3])).toBe('pulsed');
    expect(said([6, 2])).toBe('never');
    expect(said([0, 0])).toBe('never');
    // Its number went to the fence: it was never given.
    expect(said([6, 2], 7)).toBe('never');
  });

  it('is not known before that, behind another opening, or after a restart of the PLC', () => {
    expect(said([6, 2], 6)).toBeNull();
    expect(said([8, 2], 9)).toBe('unknowable');
    expect(said([7, 2])).toBe('unknowable');
    expect(said([7, 3], 8, 6)).toBe('unknowable');
  });
});
