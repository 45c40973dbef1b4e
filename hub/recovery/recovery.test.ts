import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Fact } from '../log/building-log.ts';
import { openEnvelope } from './envelope.ts';
import { keepEnvelope, Recovery } from './recovery.ts';

const BY = { kind: 'staff', id: '018f0000-0000-7000-8000-000000000001' } as const;
let folder: string;
let path: string;
let said: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-recovery-'));
  path = join(folder, 'recovery.json');
  said = [];
});
afterEach(() => rm(folder, { recursive: true }));

function recovery(content = '{"keys":1}'): Recovery {
  const record = async (_by: unknown, facts: readonly Fact[]) => {
    for (const { type, data } of facts) said.push(`${type} ${JSON.stringify(data)}`);
    return [];
  };
  const options = { clock: systemClock, random: systemRandom, log: { record }, content, path };
  return new Recovery({ ...options, building: () => 'elm-street' });
}

it('seals to a key that it does not keep, and says who made it', async () => {
  const { key, generation } = await recovery().make(BY);
  expect(generation).toBe(1);
  const again = recovery();
  expect(again.view()).toMatchObject({ current: { generation: 1, confirmed: false }, next: null });
  expect(openEnvelope(again.envelope ?? '', key).content).toBe('{"keys":1}');
  const kept = await readFile(path, 'utf8');
  for (const group of key.split('-')) expect(kept).not.toContain(group);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(said).toEqual(['recovery.made {"generation":1}']);
});

it('seals anew when the keyring has changed, for the same key; else the envelope stays', async () => {
  const { key } = await recovery().make(BY);
  const first = recovery().envelope;
  expect(recovery().envelope).toBe(first);
  const changed = recovery('{"keys":2}');
  expect(changed.envelope).not.toBe(first);
  expect(openEnvelope(changed.envelope ?? '', key).content).toBe('{"keys":2}');
});

it('keeps the former key good until the new one is confirmed, and no longer', async () => {
  const hub = recovery();
  const first = await hub.make(BY);
  await hub.confirm(BY, 1);
  const lost = await hub.make(BY);
  const third = await hub.make(BY);
  expect([lost.generation, third.generation]).toEqual([2, 3]);
  expect(openEnvelope(hub.envelope ?? '', first.key).content).toBe('{"keys":1}');
  await expect(hub.confirm(BY, 2)).rejects.toMatchObject({ code: 'recovery-key-unknown' });
  expect(await hub.confirm(BY, 3)).toMatchObject({
    current: { generation: 3, confirmed: true },
    next: null,
  });
  expect(openEnvelope(recovery().envelope ?? '', third.key).content).toBe('{"keys":1}');
  expect(() => openEnvelope(hub.envelope ?? '', first.key)).toThrow(/replaced by a newer one/);
  expect(() => openEnvelope(hub.envelope ?? '', lost.key)).toThrow(/another building/);
  // Confirming twice (the answer was lost) is confirming once.
  await hub.confirm(BY, 3);
});

it('takes an envelope over from elsewhere: the key on paper stays good', async () => {
  const { key } = await recovery().make(BY);
  const { envelope } = recovery();
  const other = join(folder, 'other.json');
  keepEnvelope(other, envelope ?? '', '{"keys":1}');
  path = other;
  expect(recovery().envelope).toBe(envelope);
  expect(openEnvelope(recovery('{"keys":2}').envelope ?? '', key).content).toBe('{"keys":2}');
});

it('is never replaced if it is damaged', async () => {
  await writeFile(path, '{"version":1}');
  expect(() => recovery()).toThrow(expect.objectContaining({ code: 'recovery-broken' }));
  expect(await readFile(path, 'utf8')).toBe('{"version":1}');
});
