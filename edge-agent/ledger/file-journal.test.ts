import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileJournal } from './file-journal.ts';
import { readRecordLine, recordLine } from './record.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-journal-'));
  path = join(folder, 'journal');
});
afterEach(() => rm(folder, { recursive: true }));

async function readAll(): Promise<readonly unknown[]> {
  const journal = new FileJournal(path);
  const records = await journal.read();
  await journal.close();
  return records;
}

describe('a record’s line', () => {
  it('reads back what was written, and nothing that is not whole', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (record, cut) => {
        const line = recordLine(record).trimEnd();
        expect(readRecordLine(line)).toEqual(JSON.parse(JSON.stringify(record)));
        expect(readRecordLine(line.slice(0, cut % line.length))).toBeUndefined();
      }),
    );
  });
});

describe('a journal in a file', () => {
  it('keeps all records in order, waited for or not', async () => {
    const journal = new FileJournal(path);
    expect(await journal.read()).toEqual([]);
    const written = Array.from({ length: 200 }, (_, number) => journal.append({ number }));
    await Promise.all(written);
    void journal.append({ number: 200 });
    await journal.close();
    expect(await readAll()).toEqual(Array.from({ length: 201 }, (_, number) => ({ number })));
  });

  it('survives a cut at any byte: a prefix is there, and what comes next stands beside it', async () => {
    const journal = new FileJournal(path);
    await journal.read();
    for (let number = 0; number < 5; number += 1) await journal.append({ number });
    await journal.close();
    const whole = await readFile(path);
    for (let length = 0; length <= whole.length; length += 1) {
      await writeFile(path, whole);
      await truncate(path, length);
      const cut = new FileJournal(path);
      const records = await cut.read();
      expect(records).toEqual(Array.from({ length: records.length }, (_, number) => ({ number })));
      expect(cut.damagedLines).toBeLessThanOrEqual(1);
      await cut.append({ after: true });
      await cut.close();
      expect((await readAll()).at(-1)).toEqual({ after: true });
    }
  });

  it('passes over a damaged line and counts it', async () => {
    await appendFile(
      path,
      `${recordLine({ a: 1 })}${recordLine({ b: 2 }).replace('2', '3')}${recordLine({ c: 3 })}`,
    );
    const journal = new FileJournal(path);
    expect(await journal.read()).toEqual([{ a: 1 }, { c: 3 }]);
    expect(journal.damagedLines).toBe(1);
    await journal.close();
  });

  it('rewrites at once, and goes on behind it', async () => {
    const journal = new FileJournal(path);
    await journal.read();
    for (let number = 0; number < 100; number += 1) void journal.append({ number });
    await journal.rewrite(() => [{ short: true }]);
    await journal.append({ after: true });
    expect(journal.sizeBytes).toBeLessThan(100);
    await journal.close();
    expect(await readAll()).toEqual([{ short: true }, { after: true }]);
  });

  it('fails for good when it can’t be written', async () => {
    const journal = new FileJournal(join(folder, 'missing', 'journal'));
    await expect(journal.read()).rejects.toMatchObject({ code: 'journal-failed' });
    await expect(journal.append({ a: 1 })).rejects.toMatchObject({ code: 'journal-failed' });
    const closed = new FileJournal(path);
    await closed.read();
    await closed.close();
    await expect(closed.append({ a: 1 })).rejects.toMatchObject({ code: 'journal-failed' });
  });
});
