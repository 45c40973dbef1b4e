import { NoticeKind } from '@lockerhub/protocol/log/payloads/notices.ts';
import { expect, it } from 'vitest';
import { type NoticeFacts, writeNotice } from './notice-letter.ts';

const FACTS: NoticeFacts = {
  kind: 'access-reset',
  language: 'en',
  building: 'Linden Court',
  timeZone: 'Europe/Berlin',
  name: 'Ana',
  account: 'Bo (bo)',
  code: null,
  atMs: Date.UTC(2026, 0, 5, 11),
  page: 'http://10.0.0.2:8080/',
};

it('says what happened, when by the building’s clocks, and what to do', async () => {
  const { subject, text } = await writeNotice(FACTS);
  expect(subject).toBe('A password was reset at the hub of Linden Court');
  expect(text).toBe(`Hello Ana,

Somebody at the hub’s own console made another way in for Bo (bo). The old password and all sessions of that account ended.
When: Jan 5, 2026, 12:00 PM

Ask who did it. If nobody did: disable that account on the page “Staff”, see who can reach the hub’s machine, and change its passwords.
In the building’s network: http://10.0.0.2:8080/

Linden Court`);
});

it('says no time that was not to be trusted, no page that there is not, and no reason that nobody knows', async () => {
  const bare = { ...FACTS, kind: 'backup-failing', atMs: null, page: undefined, code: 'tomorrow' } as const;
  const { text } = await writeNotice(bare);
  expect(text).not.toMatch(/When:|network:|Why:|undefined|null/);
});

it.each(['en', 'es-MX', 'ar', 'xx'])('has words for all of it: %s', async (language) => {
  for (const kind of NoticeKind.options) {
    const code = kind === 'access-reset' ? null : kind === 'backup-failing' ? 'no-room' : 'cut-short';
    const letter = await writeNotice({ ...FACTS, kind, language, code });
    expect(letter.subject).toContain('Linden Court');
    expect(letter.text).not.toMatch(/undefined|\{\{/);
    expect(letter.direction).toBe(language === 'ar' ? 'rtl' : 'ltr');
    if (code === 'no-room' && letter.language === 'es')
      expect(letter.text).toContain('Por qué: El disco de las copias está lleno');
  }
});
