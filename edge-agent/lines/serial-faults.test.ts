/** Whatever goes wrong on a bus, in any order, on a virtual clock. */
import { RTU_FAULTS } from '@lockerhub/sim/plc/rtu-faults.ts';
import {
  busRegister,
  startVirtualSerialRig,
  type VirtualSerialRig,
} from '@lockerhub/sim/testing/serial-rig.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineError } from './line.ts';

/** A wrong unit's answer is that of 3, 5 or 7: of nobody else who is asked here. */
const UNITS = [2, 4, 6];
/** Well within what a bus of three units needs to find each of them again. */
const RECOVERS_WITHIN_MS = 60_000;

const anyUnit = fc.constantFrom(...UNITS);
/** A unit that answers once, and in order: RTU has no transaction ids, so that is all that an answer can be known by. */
const FAULTS = RTU_FAULTS.filter((fault) => fault !== 'repeated');
const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ ask: anyUnit, address: fc.integer({ min: 0, max: 63 }) }) },
  { weight: 2, arbitrary: fc.record({ pulse: anyUnit, coil: fc.constantFrom(0, 1) }) },
  { weight: 3, arbitrary: fc.record({ fault: fc.constantFrom(...FAULTS) }) },
  { weight: 1, arbitrary: fc.record({ always: fc.constantFrom(...FAULTS), unit: anyUnit }) },
  { weight: 4, arbitrary: fc.record({ passMs: fc.integer({ min: 0, max: 1_000 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('release', 'heal', 'freeze', 'thaw', 'noise', 'babble', 'unplug', 'plug', 'power'),
    }),
  },
);
type Act = typeof act extends fc.Arbitrary<infer One> ? One : never;

class Play {
  readonly rig: VirtualSerialRig;
  readonly open = new Set<Promise<void>>();
  /** Answers of others that a request got. */
  readonly wrong: string[] = [];
  pulses = 0;

  constructor(rig: VirtualSerialRig) {
    this.rig = rig;
  }

  async do(one: Act): Promise<void> {
    const { rig } = this;
    const { faults } = rig.bus;
    if ('ask' in one) this.ask(one.ask, one.address);
    else if ('pulse' in one) this.pulse(one.pulse, one.coil);
    else if ('fault' in one) faults.next(one.fault);
    else if ('always' in one) faults.always(one.always, one.unit);
    else if ('passMs' in one) await rig.clock.advance(one.passMs);
    else if (one.do === 'release') faults.release();
    else if (one.do === 'heal') for (const unit of UNITS) faults.always(null, unit);
    else if (one.do === 'freeze') rig.plc.freeze();
    else if (one.do === 'thaw') rig.plc.thaw();
    else if (one.do === 'noise') faults.send(Buffer.from([0, 0xff, 0x55]));
    else if (one.do === 'babble') faults.babble(true);
    else if (one.do === 'unplug') rig.adapter.unplug();
    else if (one.do === 'plug') rig.adapter.plug();
    else await this.brownOut();
  }

  ask(unit: number, address: number): void {
    const request = { unit, kind: 'read', area: 'holding-registers', address, count: 1 } as const;
    this.#track(this.rig.line.request(request, 'poll'), [busRegister(unit, address)]);
  }

  pulse(unit: number, coil: number): void {
    this.pulses++;
    const request = { unit, kind: 'write-coil', address: 0x0200 + coil, value: 3 } as const;
    this.#track(this.rig.line.request(request, 'command'), []);
  }

  /** The units lose their power for a moment; their registers are what they were, so that answers can be told apart. */
  async brownOut(): Promise<void> {
    const { plc } = this.rig;
    plc.cutPower();
    await this.rig.clock.advance(50);
    plc.restorePower();
    for (const unit of UNITS) {
      for (let address = 0; address < 64; address++) {
        plc.execute({ unit, kind: 'write-register', address, value: busRegister(unit, address) });
      }
    }
  }

  async healAll(): Promise<void> {
    const { rig } = this;
    const { faults } = rig.bus;
    for (const unit of UNITS) faults.always(null, unit);
    faults.babble(false);
    rig.plc.thaw();
    rig.adapter.plug();
    faults.release();
    await rig.clock.advance(RECOVERS_WITHIN_MS);
    // Faults that nobody has met yet meet these.
    for (let round = 0; round < 60; round++) {
      for (const unit of UNITS) this.ask(unit, round);
      await rig.clock.advance(1_000);
      faults.release();
    }
    await rig.clock.advance(RECOVERS_WITHIN_MS);
  }

  #track(request: Promise<readonly number[]>, expected: readonly number[]): void {
    const settled = request
      .then(
        (values) => {
          if (String(values) !== String(expected)) this.wrong.push(`${values} instead of ${expected}`);
        },
        (error: unknown) => {
          if (!(error instanceof LineError)) this.wrong.push(String(error));
        },
      )
      .finally(() => this.open.delete(settled));
    this.open.add(settled);
  }
}

describe('whatever goes wrong on a bus, in any order', () => {
  it('every request settles, no answer is wrong, nothing is sent twice, and every unit comes back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 50 }), async (acts) => {
        const rig = await startVirtualSerialRig({ units: UNITS, baud: 19_200 });
        const play = new Play(rig);
        try {
          for (const one of acts) await play.do(one);
          await play.healAll();
          await Promise.all(play.open);
          expect(play.wrong).toEqual([]);
          for (const unit of UNITS) {
            const request = { unit, kind: 'read', area: 'holding-registers', address: 9, count: 1 } as const;
            expect(await rig.settled(rig.line.request(request, 'poll'))).toEqual([busRegister(unit, 9)]);
          }
          const executed = rig.plc.record.filter(({ kind }) => kind === 'executed');
          expect(executed.length).toBeLessThanOrEqual(play.pulses);
        } finally {
          await rig.stop();
        }
      }),
      { numRuns: 150 },
    );
  });
});
