import { describe, expect, it } from 'vitest';
import { type SlipFacts, slipPage } from './slip-page.ts';

const DAY_MS = 86_400_000;
/** 27 November 2026, 23:30 in Berlin. */
const NOW_MS = Date.UTC(2026, 10, 27, 22, 30);
const PARCEL = { carrier: 'Northline', arrivedAtMs: NOW_MS, bankName: 'Lobby' };

const FACTS: SlipFacts = {
  language: 'en',
  timeZone: 'Europe/Berlin',
  building: 'Rig House',
  unitName: '4B <b>',
  parcels: [PARCEL],
  code: { digits: '12345678', qr: 'data:image/png;base64,AAAA' },
  issuedAtMs: NOW_MS,
  untilMs: NOW_MS + 14 * DAY_MS,
};

describe('a claim slip', () => {
  it('says for whom, what waits where since which day there, the code, and until when', () => {
    const page = slipPage(FACTS);
    for (const said of [
      'Northline, arrived on November 27, 2026',
      'Lobby',
      '1234 5678',
      'December 11, 2026',
    ]) {
      expect(page).toContain(said);
    }
    expect(page).toContain('src="data:image/png;base64,AAAA"');
    expect(page, 'names are no markup').not.toContain('4B <b>');
    expect(page).not.toMatch(/<script|https?:/);
  });

  it('leads to the desk where it bears no code', () => {
    const page = slipPage({ ...FACTS, code: null, parcels: [{ ...PARCEL, carrier: null, bankName: null }] });
    expect(page).toContain('Please come to the desk.');
    expect(page).toContain('Arrived on November 27, 2026');
    expect(page).toContain('at the desk');
    for (const ofCode of ['<img', 'class="code"><', 'opens a door']) expect(page).not.toContain(ofCode);
  });

  it('stays one page, whatever waits, and speaks the building’s language', () => {
    const page = slipPage({ ...FACTS, language: 'ar', parcels: Array.from({ length: 40 }, () => PARCEL) });
    expect(page).toContain('<html lang="ar" dir="rtl">');
    expect(page.match(/<li>/g)).toHaveLength(5);
    expect(page).toContain('36');
    expect(slipPage({ ...FACTS, language: 'es-MX' })).toContain('Le espera un paquete');
    expect(slipPage({ ...FACTS, language: 'tlh' })).toContain('A parcel is waiting for you');
  });
});
