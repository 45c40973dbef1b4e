/** The part of the suite in which the device or the way to it fails. */
import type { OpenRequest } from '@lockerhub/protocol/bank/messages.ts';
import { expect } from 'vitest';
import { type BankIt, type BankRig, DOORS, UNSENSED } from './bank-rig.ts';

/** Polls so seldom that an open finds the line idle, but for a chance of one in a hundred. */
const SELDOM_MS = 1_000;
/** How often to try again if that chance strikes. */
const ATTEMPTS = 5;
const DOOR = 3;

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
    await rig.happened('opened', { grant: rig.open(1).grant });
  });

  bankIt('tells what the doors did meanwhile, and pulses none for it', {}, async (rig) => {
    await rig.startAgent();
    await rig.ready();
    const { grant } = rig.open(1);
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
    const { grant } = rig.open(DOOR);
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

export function whenFrozen(bankIt: BankIt): void {
  const seldom = { pollMs: SELDOM_MS };

  bankIt(
    'says unknown of an unanswered pulse, and opened when the device acts on it late',
    seldom,
    async (rig) => {
      await rig.startAgent();
      await rig.ready();
      const { grant } = await openOnFrozen(rig);
      await rig.happened('unknown', { grant });
      expect(await rig.answered(rig.open(DOOR))).toMatchObject({ result: 'refused' });
      rig.device.thaw();
      await rig.happened('opened', { grant });
      expect(await rig.outcomesOf(grant)).toMatchObject([{ outcome: 'opened' }]);
      expect(rig.device.asked(DOOR)).toBe(1);
      expect(askedOfAll(rig)).toBe(1);
    },
  );

  bankIt(
    'gives the door out again once its quarantine is over, if the device has forgotten the pulse',
    { ...seldom, quarantineMs: 1_000 },
    async (rig) => {
      await rig.startAgent();
      await rig.ready();
      const { grant } = await openOnFrozen(rig);
      await rig.happened('unknown', { grant });
      await rig.device.cutPower();
      await rig.device.begin();
      await rig.happened('settled', { grant });
      await rig.doorIs(DOOR, 'closed');
      expect(rig.device.asked(DOOR)).toBe(0);
      expect(await rig.outcomesOf(grant)).toMatchObject([{ outcome: 'unknown' }]);
      await rig.happened('opened', { grant: rig.open(DOOR).grant });
    },
  );

  bankIt('keeps a door without sensor out of use through the quarantine', seldom, async (rig) => {
    await rig.startAgent();
    await rig.ready();
    const { grant } = await openOnFrozen(rig, UNSENSED);
    await rig.happened('unknown', { grant });
    rig.device.thaw();
    await rig.device.says('opened', UNSENSED);
    await rig.doorIs(1, 'closed');
    expect(await rig.answered(rig.open(UNSENSED))).toMatchObject({ reason: 'door-unknown' });
    expect(rig.device.asked(UNSENSED)).toBe(1);
  });

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
      await rig.happened('opened', { grant: rig.open(1).grant });
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
      await rig.happened('unknown', { grant });
      rig.cable?.plug();
      await rig.happened('settled', { grant });
      expect(rig.device.asked(DOOR)).toBe(0);
      await rig.happened('opened', { grant: rig.open(DOOR).grant });
    },
  );

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
      expect(rig.cable?.connections).toBe(1);
      await rig.happened('opened', { grant: rig.open(1).grant });
    },
  );
}

/** Opens a door of a device that stands still, so that the pulse is surely sent and surely not answered. */
function openOnFrozen(rig: BankRig, door = DOOR): Promise<OpenRequest> {
  return openInto(rig, door, { cut: () => rig.device.freeze(), mend: () => rig.device.thaw() });
}

/**
 * Opens a door just after the way to the device was cut. If a poll was under way in that moment, the line is known to
 * be bad before the pulse is sent, and the open is refused: then once more, by another grant.
 */
async function openInto(
  rig: BankRig,
  door: number,
  way: { readonly cut: () => void; readonly mend: () => void },
): Promise<OpenRequest> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    way.cut();
    const request = rig.open(door);
    const { result } = await rig.answered(request);
    if (result === 'begun') return request;
    way.mend();
    await rig.doorIs(door, door === UNSENSED ? 'unsensed' : 'closed');
  }
  throw new Error(`${ATTEMPTS} opens in a row met a poll`);
}

function askedOfAll(rig: BankRig): number {
  const doors = Array.from({ length: DOORS }, (_, index) => rig.device.asked(index + 1));
  return doors.reduce((sum, asked) => sum + asked, 0);
}
