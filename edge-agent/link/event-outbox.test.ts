import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BankEvent, VERSION } from '@lockerhub/protocol/bank/messages.ts';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentError } from '../error.ts';
import { FileJournal } from '../ledger/file-journal.ts';
import type { Journal } from '../ledger/journal.ts';
import { EventOutbox, MAX_EVENTS, RESEND_AFTER_MS } from './event-outbox.ts';

const opened = (compartment: number) => ({
  kind: 'opened' as const,
  compartment,
  grant: null,
  delivery: null,
});
const ack = (session: number, number: number) => ({ v: VERSION, session, number });
const at = (nowMs: number, wallMs = 1_000_000 + nowMs) => ({ nowMs, wallMs });

/** What outlives an outbox: the journal's records as text. */
interface Disk {
  records: string[];
}

function journalOn(disk: Disk): Journal {
  let sizeBytes = disk.records.join('').length;
  return {
    read: async () => disk.records.map((record) => JSON.parse(record)),
    append: async (record) => {
      const text = JSON.stringify(record);
      sizeBytes += text.length;
      disk.records.push(text);
    },
    rewrite: async (records) => {
      disk.records = records().map((record) => JSON.stringify(record));
      sizeBytes = disk.records.join('').length;
    },
    get sizeBytes() {
      return sizeBytes;
    },
    close: async () => {},
  };
}

const failures: AgentError[] = [];
const outboxOn = (journal: Journal, nowMs = 0) =>
  EventOutbox.open({ journal, onFailure: (error) => failures.push(error) }, at(nowMs));

describe('the event outbox', () => {
  it('numbers events from 1 within a session and sends each once until it is time again', async () => {
    const outbox = await outboxOn(journalOn({ records: [] }));
    await outbox.begin(7);
    outbox.add(opened(1), at(0));
    outbox.add(opened(2), at(5));
    expect(outbox.due(10)).toMatchObject([
      { session: 7, number: 1, compartment: 1, ageMs: 10 },
      { session: 7, number: 2, compartment: 2, ageMs: 5 },
    ]);
    expect(outbox.due(11)).toEqual([]);
    expect(outbox.due(10 + RESEND_AFTER_MS)).toMatchObject([{ number: 1 }, { number: 2 }]);
    outbox.acknowledge(ack(7, 2));
    expect(outbox.size).toBe(0);
  });

  it('keeps an event’s name across sessions, and forgets none without its acknowledgement', async () => {
    const outbox = await outboxOn(journalOn({ records: [] }));
    await outbox.begin(1);
    outbox.add(opened(1), at(0));
    outbox.due(0);
    outbox.end();
    outbox.add(opened(2), at(1));
    await outbox.begin(2);
    expect(outbox.due(2)).toMatchObject([
      { session: 1, number: 1 },
      { session: 2, number: 1 },
    ]);
    outbox.acknowledge(ack(2, 1));
    expect(outbox.size).toBe(1);
    outbox.acknowledge(ack(1, 1));
    expect(outbox.size).toBe(0);
  });

  it('sends nothing whose name is not durable yet', async () => {
    const written: (() => void)[] = [];
    const journal = {
      ...journalOn({ records: [] }),
      append: () => new Promise<void>((r) => written.push(r)),
    };
    const outbox = await outboxOn(journal);
    outbox.add(opened(1), at(0));
    const begun = outbox.begin(1);
    expect(outbox.due(0)).toEqual([]);
    for (const done of written) done();
    await begun;
    expect(outbox.due(0)).toHaveLength(1);
  });

  it('sends nothing that the ledger does not hold yet, nor what happened after it', async () => {
    const outbox = await outboxOn(journalOn({ records: [] }));
    await outbox.begin(1);
    const noted = Promise.withResolvers<void>();
    outbox.add(opened(1), at(0), noted.promise);
    outbox.add(opened(2), at(0));
    expect(outbox.due(0)).toEqual([]);
    noted.resolve();
    await noted.promise;
    expect(outbox.due(0)).toMatchObject([{ number: 1 }, { number: 2 }]);
  });

  it('says so when it is full, and drops all, on the disk too', async () => {
    const disk: Disk = { records: [] };
    const outbox = await outboxOn(journalOn(disk));
    for (let i = 0; i < MAX_EVENTS; i += 1) expect(outbox.add(opened(1), at(0))).toBe(true);
    expect(outbox.add(opened(1), at(0))).toBe(false);
    expect(outbox.size).toBe(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect((await outboxOn(journalOn(disk))).size).toBe(0);
  });

  it('tells its failure once and goes on in memory', async () => {
    failures.length = 0;
    const broken = { ...journalOn({ records: [] }), append: () => Promise.reject(new Error('disk')) };
    const outbox = await outboxOn(broken);
    outbox.add(opened(1), at(0));
    outbox.add(opened(2), at(0));
    await outbox.begin(1);
    expect(outbox.due(0)).toHaveLength(2);
    expect(failures).toHaveLength(1);
  });

  it('brings every event to a hub that takes them in order, whatever is lost and whoever is killed', async () => {
    const act = fc.oneof(
      { weight: 3, arbitrary: fc.constant({ type: 'add' as const }) },
      {
        weight: 3,
        arbitrary: fc.record({
          type: fc.constant('send' as const),
          delivered: fc.nat(5),
          acknowledged: fc.boolean(),
        }),
      },
      fc.constant({ type: 'session' as const }),
      fc.constant({ type: 'away' as const }),
      fc.constant({ type: 'kill' as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 60 }), async (acts) => {
        const disk: Disk = { records: [] };
        let outbox = await outboxOn(journalOn(disk));
        const hub = new Map<string, number>();
        const upTo = new Map<number, number>();
        let session = 0;
        let nowMs = 0;
        let added = 0;
        const send = (delivered: number, acknowledged: boolean) => {
          nowMs += RESEND_AFTER_MS;
          for (const event of outbox.due(nowMs).slice(0, delivered)) {
            expect(BankEvent.safeParse(event).success).toBe(true);
            const last = upTo.get(event.session) ?? 0;
            expect(event.number).toBeLessThanOrEqual(last + 1);
            upTo.set(event.session, Math.max(last, event.number));
            const name = `${event.session}/${event.number}`;
            expect(hub.get(name) ?? event.compartment).toBe(event.compartment);
            hub.set(name, event.compartment);
            if (acknowledged) outbox.acknowledge(ack(event.session, event.number));
          }
        };
        for (const next of acts) {
          if (next.type === 'add') outbox.add(opened(++added), at(nowMs));
          else if (next.type === 'session') await outbox.begin(++session);
          else if (next.type === 'away') outbox.end();
          else if (next.type === 'kill') outbox = await outboxOn(journalOn(disk), nowMs);
          else send(next.delivered, next.acknowledged);
        }
        outbox = await outboxOn(journalOn(disk), nowMs);
        await outbox.begin(++session);
        for (let round = 0; round < 3; round += 1) send(1_000, true);
        expect(outbox.size).toBe(0);
        expect([...hub.values()]).toEqual(Array.from({ length: added }, (_, i) => i + 1));
      }),
    );
  });
});

describe('the outbox in a file', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockerhub-events-'));
    path = join(folder, 'events.journal');
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Waits until all that was added is on the disk; the process then dies without closing. */
  const killed = (outbox: EventOutbox) => outbox.close();

  it('tells after a kill what the hub had not taken, under the same names', async () => {
    const outbox = await outboxOn(new FileJournal(path));
    await outbox.begin(3);
    for (const compartment of [1, 2, 3]) outbox.add(opened(compartment), at(0));
    outbox.due(0);
    outbox.acknowledge(ack(3, 1));
    await killed(outbox);
    const next = await outboxOn(new FileJournal(path), 50);
    await next.begin(4);
    next.add(opened(4), at(60));
    expect(next.due(100)).toMatchObject([
      { session: 3, number: 2, compartment: 2 },
      { session: 3, number: 3, compartment: 3 },
      { session: 4, number: 1, compartment: 4 },
    ]);
    await next.close();
  });

  it('drops what lies behind a line that a power cut tore, so that the hub does not wait for it for ever', async () => {
    const outbox = await outboxOn(new FileJournal(path));
    await outbox.begin(3);
    for (const compartment of [1, 2, 3]) outbox.add(opened(compartment), at(0));
    await killed(outbox);
    const lines = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, lines.filter((_, index) => index !== 1).join('\n'));
    await appendFile(path, 'torn');
    const next = await outboxOn(new FileJournal(path));
    expect([next.size, next.dropped]).toEqual([1, 1]);
    await next.close();
  });

  it('stays short however much passes through it', async () => {
    const outbox = await outboxOn(new FileJournal(path));
    await outbox.begin(1);
    for (let number = 1; number <= 4_000; number += 1) {
      outbox.add(opened(1), at(number));
      outbox.acknowledge(ack(1, number));
      if (number % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await outbox.close();
    expect((await stat(path)).size).toBeLessThan(600 * 1024);
  });
});
