/** The part of the suite in which the device or the way to it fails. */
import type { OpenRequest } from '@lockerhub/protocol/bank/messages.ts';
import { expect } from 'vitest';
import { DEADLINE_MS } from '../testing/bank-hub.ts';
import { waitFor } from '../testing/wait-for.ts';
import { type BankIt, type BankRig, type BankUnderTest, DOORS, UNSENSED } from './bank-rig.ts';

/** Polls so seldom that an open finds the line idle, but for a chance of one in a hundred. */
const SELDOM_MS = 1_000;
const DOOR = 3;
/** What ends that nobody knows. */
const ENDS: ReadonlySet<string> = new Set(['opened', 'settled']);

export function whenSwitchedOff(bankIt: BankIt): void {
  bankIt('says so, refuses, and comes back by itself', {}, async (rig) => {
    await rig.startAgent();
    await rig.ready();
    await rig.device.cutPower();
    for (const door of [1, UNSENSED]) await rig.doorIs(door, 'unavailable');
    expect(await rig.answered(rig.open(1))).toMatchObject({ result: 'refused', reason: 'line-unavailable' });
    await rig.device.begin();
    await rig.doorIs(1, 'closed');
    await rig.doorIs(UNSENSED, 'unsensed');
    expect(askedOfAll(rig)).toBe(0);
    await rig.happened('opened', { grant: (await rig.opens(1)).grant });
  });

  bankIt('tells what the doors did meanwhile, and pulses none for it', {}, async (rig) => {
    await rig.startAgent();
    await rig.ready();
    const { grant } = await rig.opens(1);
    await rig.happened('opened', { grant });
    await rig.doorIs(1, 'open');
    await rig.device.cutPower();
    await rig.doorIs(1, 'unavailable');
    await rig.device.begin({ open: [2] });
    expect(await rig.happened('forced', { compartment: 2 })).toMatchObject({ grant: null });
    await rig.happened('closed', { grant });
    await rig.doorIs(1, 'closed');
    await rig.doorIs(2, 'forced');
    expect(askedOfAll(rig)).toBe(1);
  });

  bankIt('ends what hangs on a device that comes back with an output on', {}, async (rig) => {
    await rig.startAgent();
    await rig.ready();
    await rig.device.cutPower();
    await rig.doorIs(1, 'unavailable');
    // Only an output that holds what is written can hang: the others end their pulses by themselves.
    await rig.device.begin(rig.isHeld ? { on: [2] } : {});
    if (rig.isHeld) await rig.device.says('off', 2);
    await rig.doorIs(1, 'closed');
    expect(askedOfAll(rig)).toBe(0);
  });

  bankIt('never repeats a pulse that the power cut off', {}, async (rig) => {
    await rig.startAgent();
    await rig.ready();
    rig.device.hand('hold', DOOR);
    const { grant } = await rig.opens(DOOR);
    await rig.device.says('on', DOOR);
    await rig.device.cutPower();
    await rig.doorIs(1, 'unavailable');
    await rig.device.begin();
    await rig.doorIs(1, 'closed');
    // It stays closed: what became of the grant is jammed or unknown, as the power was cut after or before the answer.
    expect(await rig.outcomesOf(grant)).toMatchObject([
      { outcome: expect.stringMatching(/^(pulsed|jammed|unknown)$/) },
    ]);
    expect(rig.device.asked(DOOR)).toBe(1);
  });
}

export function whenFrozen(bankIt: BankIt, { wire, method }: BankUnderTest): void {
  /** A program knows that a command is old. */
  const isMailbox = method === 'mailbox';
  const seldom = { pollMs: SELDOM_MS };

  bankIt(
    'says unknown of an unanswered pulse, and what becomes of it once the device answers',
    seldom,
    async (rig) => {
      await rig.startAgent();
      await rig.ready();
      const { grant } = await openOnFrozen(rig);
      expect(await rig.answered(rig.open(DOOR))).toMatchObject({ result: 'refused' });
      rig.device.thaw();
      const kind = await becomes(rig, grant);
      // What the device had in a buffer it does now. On a bus it may hear nothing of what came without a silence.
      if (wire === 'tcp' && !isMailbox) expect(kind).toBe('opened');
      expect(askedOfAll(rig)).toBe(kind === 'opened' ? 1 : 0);
      expect(rig.device.asked(DOOR)).toBe(askedOfAll(rig));
      // A program that has consumed a newer command proves that it refused this one.
      const settled = isMailbox ? /^(unknown|refused)$/ : /^unknown$/;
      const outcome = kind === 'opened' ? 'opened' : expect.stringMatching(settled);
      expect(await rig.outcomesOf(grant)).toMatchObject([{ outcome }]);
    },
  );

  bankIt(
    'gives the door out again once its quarantine is over, if the device has forgotten the pulse',
    { ...seldom, quarantineMs: 1_000 },
    async (rig) => {
      await rig.startAgent();
      await rig.ready();
      const { grant } = await openOnFrozen(rig);
      await rig.device.cutPower();
      await rig.device.begin();
      await rig.happened('settled', { grant });
      await rig.doorIs(DOOR, 'closed');
      expect(rig.device.asked(DOOR)).toBe(0);
      expect(await rig.outcomesOf(grant)).toMatchObject([{ outcome: 'unknown' }]);
      await rig.happened('opened', { grant: (await rig.opens(DOOR)).grant });
    },
  );

  if (wire === 'tcp' && !isMailbox) {
    // The next answer comes on another connection, so that it says nothing about the pulse.
    bankIt('keeps a door without sensor out of use through the quarantine', seldom, async (rig) => {
      await rig.startAgent();
      await rig.ready();
      await openOnFrozen(rig, UNSENSED);
      rig.device.hand('open', 2);
      rig.device.thaw();
      await rig.device.says('opened', UNSENSED);
      await rig.happened('forced', { compartment: 2 });
      expect(await rig.answered(rig.open(UNSENSED))).toMatchObject({ reason: 'door-unknown' });
      expect(rig.device.asked(UNSENSED)).toBe(1);
    });
  } else {
    // A unit on a bus answers in order, and a program obeys in order: what it has not done by then it never will.
    bankIt('gives a door without sensor out again once it is answered in order', seldom, async (rig) => {
      await rig.startAgent();
      await rig.ready();
      const { grant } = await openOnFrozen(rig, UNSENSED);
      rig.device.thaw();
      await rig.happened('settled', { grant });
      const asked = rig.device.asked(UNSENSED);
      await rig.happened('pulsed', { grant: (await rig.opens(UNSENSED)).grant });
      expect(rig.device.asked(UNSENSED)).toBe(asked + 1);
    });
  }

  bankIt('says so of every door, and sees what happened when the device answers again', {}, async (rig) => {
    await rig.startAgent();
    await rig.ready();
    rig.device.freeze();
    for (const door of [1, UNSENSED]) await rig.doorIs(door, 'unavailable');
    rig.device.hand('open', 2);
    rig.device.thaw();
    await rig.happened('forced', { compartment: 2 });
    await rig.doorIs(1, 'closed');
    expect(askedOfAll(rig)).toBe(0);
  });
}

export function whenUnplugged(bankIt: BankIt): void {
  bankIt(
    'finds its device again though both ends of the connection believe in it',
    { cable: true },
    async (rig) => {
      await rig.startAgent();
      await rig.ready();
      rig.cable?.pull();
      for (const door of [1, UNSENSED]) await rig.doorIs(door, 'unavailable');
      rig.device.hand('open', 2);
      rig.cable?.plug();
      await rig.happened('forced', { compartment: 2 });
      await rig.doorIs(1, 'closed');
      await rig.happened('opened', { grant: (await rig.opens(1)).grant });
      expect(askedOfAll(rig)).toBe(1);
    },
  );

  bankIt(
    'never repeats a pulse that was lost on the way',
    { cable: true, pollMs: SELDOM_MS, quarantineMs: 1_000 },
    async (rig) => {
      await rig.startAgent();
      await rig.ready();
      const { grant } = await openInto(rig, DOOR, {
        cut: () => rig.cable?.pull(),
        mend: () => rig.cable?.plug(),
      });
      rig.cable?.plug();
      await rig.happened('settled', { grant });
      expect(rig.device.asked(DOOR)).toBe(0);
      await rig.happened('opened', { grant: (await rig.opens(DOOR)).grant });
    },
  );
}

/** A device that keeps the one connection that it takes, also a dead one. */
export function whenOneConnectionDies(bankIt: BankIt): void {
  bankIt(
    'goes on with the one connection that its device takes, and keeps though it is dead',
    { cable: true, oneConnection: true },
    async (rig) => {
      await rig.startAgent();
      await rig.ready();
      rig.cable?.pull();
      for (const door of [1, UNSENSED]) await rig.doorIs(door, 'unavailable');
      rig.cable?.plug();
      await rig.doorIs(1, 'closed');
      expect(rig.cable).toHaveProperty('connections', 1);
      await rig.happened('opened', { grant: (await rig.opens(1)).grant });
    },
  );
}

/** Opens a door of a device that stands still, so that the pulse is surely sent and surely not answered. */
function openOnFrozen(rig: BankRig, door = DOOR): Promise<OpenRequest> {
  return openInto(rig, door, { cut: () => rig.device.freeze(), mend: () => rig.device.thaw() });
}

/** Each round takes seconds on a loaded machine, and whether a poll is under way is chance. */
const CHANCE_WITHIN_MS = 3 * DEADLINE_MS;

/**
 * Opens a door just after the way to the device was cut. If a poll was under way in that moment, the line is known to
 * be bad before the pulse is sent, and the open is refused: then once more, by another grant.
 */
async function openInto(
  rig: BankRig,
  door: number,
  way: { readonly cut: () => void; readonly mend: () => void },
): Promise<OpenRequest> {
  const begun = async () => {
    way.cut();
    const request = rig.open(door);
    if ((await rig.firstOf(request)) === 'unknown') return request;
    way.mend();
    await rig.doorIs(door, door === UNSENSED ? 'unsensed' : 'closed');
    return undefined;
  };
  return waitFor(begun, CHANCE_WITHIN_MS, 'an open that meets no poll');
}

/** What becomes of a pulse of which nobody knew: the door opened by it, or it is certain that it never will. */
async function becomes(rig: BankRig, grant: string): Promise<'opened' | 'settled'> {
  const known = () => rig.events().find((event) => event.grant === grant && ENDS.has(event.kind));
  const { kind } = await waitFor(known, DEADLINE_MS, 'the pulse to be settled');
  return kind === 'opened' ? 'opened' : 'settled';
}

function askedOfAll(rig: BankRig): number {
  const doors = Array.from({ length: DOORS }, (_, index) => rig.device.asked(index + 1));
  return doors.reduce((sum, asked) => sum + asked, 0);
}
