import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { expect, it } from 'vitest';
import { type Reading, Readings, type Wanted } from './readings.ts';

const UPS = '1Z999AA10123456784';
const OURS = 'LH1:12345678:0123456789abcdef';
const as = (symbology: string) => (text: string) => ({ text, symbology });
const [code128, qr, itf, ean] = ['Code128', 'QRCode', 'ITF', 'EANUPC'].map(as) as [
  (text: string) => Reading,
  (text: string) => Reading,
  (text: string) => Reading,
  (text: string) => Reading,
];

function camera(wanted: Wanted, before: string | null = null) {
  const clock = new VirtualClock(0);
  const readings = new Readings({ clock, wanted, before });
  return { clock, see: (...seen: Reading[]) => readings.see(seen) };
}

it('takes the carrier’s number off a label that shows more than that', () => {
  const { see } = camera('label');
  expect(see()).toBeNull();
  expect(see(code128('42090210'), code128('420902101234'), qr('https://shop.example/12345678'))).toBeNull();
  expect(see(code128('ORDER20260001'), code128(UPS), qr(OURS))).toBe(UPS);
});

it('joins the fields of a GS1 code, as a wedge types it', () => {
  expect(camera('label').see(code128('42090210\u001d9400100000000000000000'))).toBe(
    '420902109400100000000000000000',
  );
});

it('takes kinds that are misread now and then only when two pictures agree in a row', () => {
  const { see } = camera('label');
  expect(see(itf('123456789012'))).toBeNull();
  expect(see(itf('12345678'))).toBeNull();
  expect(see()).toBeNull();
  expect(see(itf('123456789012'))).toBeNull();
  expect(see(itf('123456789012'))).toBe('123456789012');
});

it('waits at a shop’s barcode for a better one', () => {
  const { see } = camera('label');
  for (let picture = 1; picture < 8; picture += 1) expect(see(ean('4006381333931'))).toBeNull();
  expect(see(ean('4006381333931'))).toBe('4006381333931');
  expect(see(ean('4006381333931'), code128(UPS))).toBe(UPS);
});

it('reads nothing twice in a row while it stays in sight', async () => {
  const { see, clock } = camera('label', UPS);
  for (let picture = 0; picture < 20; picture += 1) {
    expect(see(code128(UPS))).toBeNull();
    await clock.advance(200);
  }
  expect(see(code128('1Z12345E0205271688'), code128(UPS))).toBe('1Z12345E0205271688');
  await clock.advance(1_600);
  expect(see(code128(UPS)), 'it was away').toBe(UPS);
});

it('takes as a code only what is signed as one of ours', () => {
  const { see } = camera('code');
  expect(see(qr('12345678'), code128('12345678'), code128(UPS), qr('LH1:12345678'))).toBeNull();
  expect(see(qr('4006381333931'), qr(OURS))).toBe(OURS);
});
