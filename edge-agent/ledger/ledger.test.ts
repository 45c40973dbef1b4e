import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentError } from '../error.ts';
import type { Journal } from './journal.ts';
import { Ledger } from './ledger.ts';

/** A journal in memory whose machine can lose power: only what was durable then is there afterwards. */
class CrashableJournal implements Journal {
  durable: object[];
  broken = false;
  sizeBytes = 0;
  #waiting: { record: object; done: () => void }[] = [];

  constructor(durable: object[] = []) {
    this.durable = durable;
  }

  async read(): Promise<readonly unknown[]> {
    return JSON.parse(JSON.stringify(this.durable));
  }

  append(record: object): Promise<void> {
    if (this.broken) return Promise.reject(new AgentError('journal-failed', 'the disk is gone'));
    return new Promise((done) => this.#waiting.push({ record, done }));
  }

  async rewrite(records: () => readonly object[]): Promise<void> {
    this.durable = [...records()];
  }

  async close(): Promise<void> {
    await this.flush();
  }

  /** The disk gets on with `count` records. */
  async flush(count = Number.POSITIVE_INFINITY): Promise<void> {
    for (const { record, done } of this.#waiting.splice(0, count)) {
      this.durable.push(record);
      done();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const id = () => newId(systemClock, systemRandom);
const noFailure = (error: AgentError) => {
  throw error;
};

async function openLedger(journal: CrashableJournal): Promise<Ledger> {
  return Ledger.open(journal, noFailure);
}

describe('the ledger', () => {
  it('knows a grant from the moment it is begun, and after a power cut if begun was durable', async () => {
    const journal = new CrashableJournal();
    const ledger = await openLedger(journal);
    const beginning = { grant: id(), delivery: id(), purpose: 'pickup' as const, compartment: 3 };
    const begun = ledger.begin(beginning);
    expect(ledger.grant(beginning.grant)).toMatchObject({ outcome: 'begun' });
    expect(ledger.deliveryInProgress(beginning.delivery)).toBe(true);
    const cutBefore = await openLedger(new CrashableJournal([...journal.durable]));
    expect(cutBefore.grant(beginning.grant)).toBeUndefined();
    await journal.flush();
    await begun;
    const cutAfter = await openLedger(new CrashableJournal([...journal.durable]));
    expect(cutAfter.grant(beginning.grant)).toMatchObject({
      outcome: 'interrupted',
      ended: false,
      compartment: 3,
    });
    expect(cutAfter.deliveryInProgress(beginning.delivery)).toBe(true);
    expect(cutAfter.compartment(3)).toMatchObject({ grant: beginning.grant, delivery: beginning.delivery });
  });

  it('never gives a session number twice, whenever the power is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 20 }), async (cuts) => {
        let journal = new CrashableJournal();
        let ledger = await openLedger(journal);
        const given: number[] = [];
        for (const cut of cuts) {
          const raised = ledger.raiseSession();
          if (cut) {
            journal = new CrashableJournal([...journal.durable]);
            ledger = await openLedger(journal);
          } else {
            await journal.flush();
            given.push(await raised);
          }
        }
        expect(given).toEqual([...new Set(given)].sort((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });

  it('burns a grant for good, but never one that was begun', async () => {
    const journal = new CrashableJournal();
    const ledger = await openLedger(journal);
    const [burned, begun] = [id(), id()];
    void ledger.burn(burned, 'burned');
    void ledger.begin({ grant: begun, delivery: null, purpose: 'staff', compartment: 1 });
    ledger.note(begun, 'opened', true);
    void ledger.burn(begun, 'burned');
    void ledger.burn(burned, 'refused');
    await journal.flush();
    const after = await openLedger(new CrashableJournal([...journal.durable]));
    expect(after.grant(burned)).toMatchObject({ outcome: 'burned', ended: true });
    expect(after.grant(begun)).toMatchObject({ outcome: 'opened', ended: true });
  });

  it('remembers ten thousand grants and every one that has not ended', async () => {
    const journal = new CrashableJournal();
    const ledger = await openLedger(journal);
    const kept = id();
    void ledger.begin({ grant: kept, delivery: null, purpose: 'staff', compartment: 1 });
    const first = id();
    void ledger.burn(first, 'burned');
    for (let i = 0; i < 10_000; i += 1) void ledger.burn(id(), 'burned');
    expect(ledger.grant(kept)).toBeDefined();
    expect(ledger.grant(first)).toBeUndefined();
  });

  it('keeps the highest epoch and the newest head', async () => {
    const journal = new CrashableJournal();
    const ledger = await openLedger(journal);
    const hash = 'a'.repeat(64);
    void ledger.raiseEpoch({ number: 3, instance: null });
    void ledger.raiseEpoch({ number: 2, instance: null });
    ledger.noteHead({ seq: 9, hash });
    ledger.noteHead({ seq: 8, hash });
    await journal.flush();
    const after = await openLedger(
      new CrashableJournal([...journal.durable, { kind: 'of-a-later-version' }]),
    );
    expect([after.epoch, after.head?.seq, after.unknownRecords]).toEqual([3, 9, 1]);
  });

  it('knows after a restart which doors an emergency may have opened that nobody has walked since', async () => {
    const journal = new CrashableJournal();
    const ledger = await openLedger(journal);
    const emergency = (compartment: number) => {
      const grant = id();
      void ledger.begin({ grant, delivery: null, purpose: 'emergency', compartment });
      return grant;
    };
    for (const outcome of ['opened', 'pulsed', 'unknown', 'jammed', 'refused'] as const) {
      ledger.note(
        emergency(['opened', 'pulsed', 'unknown', 'jammed', 'refused'].indexOf(outcome) + 1),
        outcome,
        true,
      );
    }
    expect(ledger.isUnwalked(1, 0)).toBe(false);
    ledger.noteUnwalked(4);
    ledger.noteUnwalked(3);
    await journal.flush();
    const after = await openLedger(new CrashableJournal([...journal.durable]));
    expect([1, 2, 3, 4, 5, 6].map((door) => after.isUnwalked(door, 4))).toEqual([
      ...[true, true, true],
      ...[false, false, false],
    ]);
    expect(after.isUnwalked(1, 5)).toBe(false);
    // Staff looked in.
    void after.begin({ grant: id(), delivery: null, purpose: 'staff', compartment: 1 });
    expect(after.isUnwalked(1, 4)).toBe(false);
  });

  it('keeps the name of a mailbox’s command, and reads the grants of a version that had none', async () => {
    const journal = new CrashableJournal();
    const ledger = await openLedger(journal);
    const asked = { boot: 7, sequence: 65_535 };
    const grant = id();
    void ledger.begin({ grant, delivery: null, purpose: 'staff', compartment: 1, asked });
    await journal.flush();
    const { asked: _, ...before } = ledger.grant(grant) ?? expect.unreachable();
    const older = { kind: 'grant', ...before, grant: id() };
    const after = await openLedger(new CrashableJournal([...journal.durable, older]));
    expect(after.grant(grant)?.asked).toEqual(asked);
    expect(after.grant(older.grant)).toMatchObject({ asked: null, outcome: 'interrupted' });
    expect(after.unknownRecords).toBe(0);
  });

  it('says once that its disk failed, and lets nothing begin from then on', async () => {
    const journal = new CrashableJournal();
    const failures: AgentError[] = [];
    const ledger = await Ledger.open(journal, (error) => failures.push(error));
    journal.broken = true;
    ledger.noteDoor(1, 'closed');
    const beginning = { grant: id(), delivery: null, purpose: 'staff' as const, compartment: 1 };
    await expect(ledger.begin(beginning)).rejects.toMatchObject({ code: 'journal-failed' });
    expect(ledger.failure).toMatchObject({ code: 'journal-failed' });
    expect(failures).toHaveLength(1);
  });
});
