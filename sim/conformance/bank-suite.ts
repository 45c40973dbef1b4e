/**
 * What every bank must do, whatever its device is: one suite for all of them. It does to the device what somebody at
 * the locker, at its plug or at its cable can do, looks at what the bank tells its hub, and lets the device itself count
 * its pulses.
 */
import { describe, expect, it } from 'vitest';
import { DEADLINE_MS } from '../testing/bank-hub.ts';
import { waitFor } from '../testing/wait-for.ts';
import { type BankIt, BankRig, type BankUnderTest, DOORS, type RigOptions, UNSENSED } from './bank-rig.ts';
import { whenFrozen, whenOneConnectionDies, whenSwitchedOff, whenUnplugged } from './line-trouble.ts';

/** What burns a common lock (sim/plc/door.ts): no pulse may come near it, also where the agent has to end it. */
const BURNS_AFTER_MS = 3_000;

/** Describes the suite for one bank. */
export function describeBank(name: string, bank: BankUnderTest): void {
  /** A test with a device, an agent and a hub of its own. */
  const bankIt = (what: string, options: RigOptions, body: (rig: BankRig) => Promise<void>) =>
    it(what, async () => {
      const rig = await BankRig.start(bank, options);
      try {
        await body(rig);
        expect(rig.pulsedTooOften).toEqual([]);
      } finally {
        await rig.end();
      }
    });

  describe.concurrent(name, () => {
    describe('with all in order', () => inOrder(bankIt));
    describe('whose device is switched off and on', () => whenSwitchedOff(bankIt));
    describe('whose device stops answering', () => whenFrozen(bankIt, bank));
    describe('whose cable is pulled', () => {
      whenUnplugged(bankIt);
      if (bank.wire === 'tcp') whenOneConnectionDies(bankIt);
    });
  });
}

function inOrder(bankIt: BankIt): void {
  bankIt('sees all doors, in reads that the device takes, and opens none', {}, async (rig) => {
    rig.device.hand('open', 2);
    rig.device.hand('open', 9);
    await rig.device.says('opened', 2);
    await rig.device.says('opened', 9);
    await rig.startAgent();
    await rig.ready();
    const doors = Array.from({ length: DOORS }, (_, index) => rig.door(index + 1)?.door);
    const expected = doors.map((_, index) => ([2, 9].includes(index + 1) ? 'open' : 'closed'));
    expect(doors).toEqual([...expected.slice(0, -1), 'unsensed']);
    expect(rig.device.refusals).toEqual([]);
    expect(rig.device.said.filter(([word]) => word === 'on')).toEqual([]);
  });

  bankIt('opens each door by one pulse of its own output, and sees it close', {}, async (rig) => {
    await rig.startAgent();
    await rig.ready();
    for (const door of [1, 5, 9]) {
      const { grant } = await rig.opens(door);
      expect(await rig.happened('opened', { grant })).toMatchObject({ compartment: door });
      await rig.device.close(door);
      await rig.happened('closed', { grant });
      await rig.doorIs(door, 'closed');
      expect(await rig.outcomesOf(grant)).toMatchObject([{ outcome: 'opened', closed: true }]);
    }
    const asked = rig.device.said.flatMap((said) => (said[0] === 'asked' ? [said[1]] : []));
    expect(asked).toEqual([1, 5, 9]);
    expect(rig.device.refusals).toEqual([]);
  });

  bankIt('gives a pulse the length that its profile says', {}, async (rig) => {
    await rig.startAgent();
    await rig.ready();
    await rig.happened('opened', { grant: (await rig.opens(1)).grant });
    const pulse = await waitFor(() => rig.device.pulses(1)[0], DEADLINE_MS, 'the end of the pulse');
    // Where nobody but the agent ends the pulse, the device was asked for no length.
    if (rig.isHeld) expect(pulse.askedMs).toBe(0);
    else expect(pulse.askedMs).toBe(rig.pulseMs);
    // A device counts whole milliseconds.
    expect(pulse.lastedMs).toBeGreaterThanOrEqual(rig.pulseMs - 1);
    expect(pulse.lastedMs).toBeLessThan(BURNS_AFTER_MS);
  });

  bankIt('says jammed of a door that somebody holds, and opens it by a new grant', {}, async (rig) => {
    await rig.startAgent();
    await rig.ready();
    rig.device.hand('hold', 3);
    const first = await rig.opens(3);
    await rig.happened('pulsed', { grant: first.grant });
    await rig.happened('jammed', { grant: first.grant });
    await rig.doorIs(3, 'jammed');
    rig.device.hand('free', 3);
    const second = await rig.opens(3);
    await rig.happened('opened', { grant: second.grant });
    expect(rig.device.asked(3)).toBe(2);
  });

  bankIt('says forced of a door that somebody forces, and opens nothing there', {}, async (rig) => {
    await rig.startAgent();
    await rig.ready();
    rig.device.hand('open', 4);
    expect(await rig.happened('forced', { compartment: 4 })).toMatchObject({ grant: null });
    expect(await rig.answered(rig.open(4))).toMatchObject({ result: 'refused', reason: 'door-not-closed' });
    await rig.device.close(4);
    expect(await rig.happened('closed', { compartment: 4 })).toMatchObject({ grant: null });
    expect(rig.device.asked(4)).toBe(0);
  });

  bankIt('says only pulsed of a door without a sensor', {}, async (rig) => {
    await rig.startAgent();
    await rig.ready();
    const { grant } = await rig.opens(UNSENSED);
    await rig.happened('pulsed', { grant });
    await rig.device.says('opened', UNSENSED);
    await rig.device.close(UNSENSED);
    expect(await rig.outcomesOf(grant)).toMatchObject([{ outcome: 'pulsed' }]);
    expect(rig.events().map(({ kind }) => kind)).toEqual(['pulsed']);
    expect(rig.door(UNSENSED)).toMatchObject({ door: 'unsensed', sensed: false });
  });

  bankIt(
    'opens once for one grant, however often it is asked, and several doors in turn',
    {},
    async (rig) => {
      await rig.startAgent();
      await rig.ready();
      const requests = await Promise.all([1, 2, 3, 4].map((door) => rig.opens(door)));
      for (const request of requests) for (let times = 0; times < 3; times++) rig.say('open', request);
      for (const { grant } of requests) await rig.happened('opened', { grant });
      // Answered last: all that was asked before it has been dealt with.
      await rig.answered(rig.open(1));
      expect([1, 2, 3, 4].map((door) => rig.device.asked(door))).toEqual([1, 1, 1, 1]);
    },
  );

  bankIt('uses up a grant that the device refuses', { beyond: 'output' }, async (rig) => {
    await rig.startAgent();
    await rig.ready();
    const beyond = DOORS + 1;
    await rig.doorIs(beyond, 'closed');
    // Once it opens another one it is the device that refuses, and no agent that has not found it ready.
    await rig.happened('opened', { grant: (await rig.opens(2)).grant });
    const request = rig.open(beyond);
    expect(await rig.firstOf(request)).toBe('refused');
    expect(await rig.outcomesOf(request.grant)).toMatchObject([{ outcome: 'refused' }]);
    expect(await rig.answered(rig.open(beyond, { grant: request.grant }))).toMatchObject({
      reason: 'grant-known',
    });
    await waitFor(() => rig.device.refusals.length > 0, DEADLINE_MS, 'the device to say that it refused');
    expect(rig.device.said.filter(([word]) => word === 'on')).toEqual([['on', 2]]);
    await rig.happened('opened', { grant: (await rig.opens(1)).grant });
  });

  bankIt('does without an input that the device does not have', { beyond: 'input' }, async (rig) => {
    await rig.startAgent();
    await rig.ready();
    await rig.doorIs(DOORS + 1, 'unavailable');
    expect(await rig.answered(rig.open(DOORS + 1))).toMatchObject({ reason: 'line-unavailable' });
    await rig.happened('opened', { grant: (await rig.opens(9)).grant });
  });

  bankIt('is driven by an agent in a process of its own, killed and started again', {}, async (rig) => {
    const first = await rig.spawnAgent();
    await rig.ready();
    const { session } = rig;
    const { grant } = await rig.opens(1);
    await rig.happened('opened', { grant });
    first.kill('SIGKILL');
    await first.ended;
    await rig.spawnAgent();
    await rig.nextSession(session);
    await rig.doorIs(1, 'open');
    await rig.device.close(1);
    await rig.happened('closed', { grant });
    expect(await rig.outcomesOf(grant)).toMatchObject([{ outcome: 'opened' }]);
    await rig.happened('opened', { grant: (await rig.opens(2)).grant });
    expect([1, 2].map((door) => rig.device.asked(door))).toEqual([1, 1]);
  });
}
