import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_PHOTO_BYTES } from '@lockerhub/protocol/http/visit.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabelPhotos, MAX_PHOTOS } from './label-photos.ts';

const DAY_MS = 24 * 3_600_000;
const PHOTO = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 1);

let folder: string;
let clock: VirtualClock;
let clockTrust: 'trusted' | 'untrusted';
let disk: 'ok' | 'low';
let photos: LabelPhotos;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-photos-'));
  clock = new VirtualClock(1_780_000_000_000);
  clockTrust = 'trusted';
  disk = 'ok';
  photos = new LabelPhotos({
    folder: join(folder, 'photos'),
    clock,
    clockTrust: () => clockTrust,
    disk: () => disk,
    keptMs: () => 30 * DAY_MS,
  });
});
afterEach(() => rm(folder, { recursive: true }));

it('keeps what was typed off a label beside its photo, as long, and lets both go together', async () => {
  await photos.keepWords('a', 'Amma Boateng\n4B');
  await photos.keepWords('a', 'أمّا بواتنغ، 4B');
  await photos.keep('a', PHOTO);
  await photos.keepWords('b', 'Ito');
  expect(await photos.readWords('a')).toBe('أمّا بواتنغ، 4B');
  expect((await photos.deliveries()).sort()).toEqual(['a', 'b']);
  await photos.remove('a');
  expect([await photos.readWords('a'), await photos.read('a')]).toEqual([undefined, undefined]);
  await clock.advance(30 * DAY_MS + 1);
  await photos.look();
  expect(await photos.readWords('b')).toBeUndefined();
});

it('keeps one photo a delivery for thirty days, the newest', async () => {
  expect(await photos.read('a')).toBeUndefined();
  await photos.keep('a', PHOTO);
  const newer = Uint8Array.of(...PHOTO, 2);
  await photos.keep('a', newer);
  await clock.advance(29 * DAY_MS);
  await photos.keep('b', PHOTO);
  await clock.advance(DAY_MS);
  await photos.look();
  expect(await photos.read('a')).toEqual(newer);
  await clock.advance(1_000);
  await photos.look();
  expect([await photos.read('a'), await photos.read('b')]).toEqual([undefined, PHOTO]);
  await photos.remove('b');
  await photos.remove('b');
  expect(await photos.read('b')).toBeUndefined();
});

it('removes none by a clock that is not trusted, and counts from when it is', async () => {
  clockTrust = 'untrusted';
  await photos.keep('a', PHOTO);
  await clock.advance(400 * DAY_MS);
  await photos.look();
  clockTrust = 'trusted';
  await photos.look();
  await clock.advance(29 * DAY_MS);
  await photos.look();
  expect(await photos.read('a')).toEqual(PHOTO);
  await clock.advance(2 * DAY_MS);
  await photos.look();
  expect(await photos.read('a')).toBeUndefined();
});

it('takes nothing but JPEG, nothing too large, and nothing where there is no room', async () => {
  await expect(photos.keep('a', Uint8Array.of(0x89, 0x50))).rejects.toMatchObject({
    code: 'request-invalid',
  });
  const large = new Uint8Array(MAX_PHOTO_BYTES + 1);
  large.set(PHOTO);
  await expect(photos.keep('a', large)).rejects.toMatchObject({ code: 'body-too-large' });
  disk = 'low';
  await expect(photos.keep('a', PHOTO)).rejects.toMatchObject({ code: 'too-many-photos' });
  disk = 'ok';
  for (let count = 0; count < MAX_PHOTOS; count += 1) await photos.keep(`d${count}`, PHOTO);
  await expect(photos.keep('a', PHOTO)).rejects.toMatchObject({ code: 'too-many-photos' });
});
