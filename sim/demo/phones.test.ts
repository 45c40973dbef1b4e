import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PhoneProvider } from '../phone/phone-provider.ts';
import { type HubRig, RIG_PASSWORD, smallPlan, startHubRig } from '../testing/hub-rig.ts';
import { ToldBank } from '../testing/told-bank.ts';
import { waitFor } from '../testing/wait-for.ts';
import { codeIn } from '../walk/code-in-message.ts';
import { Mailbox } from './mailbox.ts';
import { Phones } from './phones.ts';
import { StaffLink } from './staff-link.ts';

const NUMBER = '+4917604069001';
const EMAIL = 'mara@example.org';
const WITHIN_MS = 20_000;

describe('the phones of the demo', () => {
  let folder = '';
  let rig: HubRig;
  let provider: PhoneProvider;
  let mailbox: Mailbox;
  let phones: Phones;
  let bank: ToldBank;
  let changes = 0;

  const open = () =>
    new Phones({
      file: join(folder, 'texts.json'),
      clock: systemClock,
      provider,
      onChanged: () => {
        changes += 1;
      },
    });

  beforeAll(async () => {
    const plan = smallPlan();
    const contacts = [
      { channel: 'sms' as const, to: NUMBER },
      { channel: 'email' as const, to: EMAIL },
    ];
    const residents = [{ unit: '1A', name: 'Mara Olsen', email: EMAIL, contacts }];
    provider = await PhoneProvider.start({ token: 'a token', secret: 'unused' });
    folder = await mkdtemp(join(tmpdir(), 'lockerhub-phones-'));
    mailbox = new Mailbox(join(folder, 'mails'), systemClock);
    await mailbox.open();
    rig = await startHubRig(
      { ...plan, residents, policy: { undoMs: 0 } },
      { smtp: { url: `smtp://127.0.0.1:${mailbox.port}`, from: 'parcels@example.org' } },
    );
    phones = open();
    bank = new ToldBank(rig);
    await phones.connect(
      new StaffLink(rig.httpUrl, { login: 'manager', password: RIG_PASSWORD }),
      rig.httpUrl,
    );
  });
  afterAll(async () => {
    await rig.end();
    await mailbox.close();
    await provider.stop();
    await rm(folder, { recursive: true });
  });

  const text = (at: number) => waitFor(() => phones.texts[at], WITHIN_MS, `text message ${at + 1}`);

  it('show what the hub texts, with the code, and no mail', async () => {
    await bank.dropOff();
    const first = await text(0);
    expect(first).toMatchObject({ number: 1, to: NUMBER, state: 'sent' });
    expect(codeIn(first.text)).toMatch(/^\d{8}$/);
    expect(changes).toBeGreaterThan(0);
    expect(mailbox.mails).toEqual([]);
  });

  it('tell once that a text arrived, and the outbox says so', async () => {
    await phones.tell(1, 'delivered');
    expect(phones.texts[0]).toMatchObject({ state: 'delivered' });
    const token = await rig.signIn('manager');
    const { json } = await rig.ask('/api/v1/outbox', { token });
    expect(json.items[0]).toMatchObject({ state: 'delivered', channel: 'sms' });
    await expect(phones.tell(1, 'failed')).rejects.toThrow(/told already/);
    await expect(phones.tell(99, 'failed')).rejects.toThrow(/told already/);
  });

  it('have the hub say by mail what a text did not', async () => {
    await bank.dropOff();
    const second = await text(1);
    await phones.tell(second.number, 'failed');
    const [mail] = await waitFor(
      () => (mailbox.mailsTo(EMAIL).length > 0 ? mailbox.mailsTo(EMAIL) : undefined),
      WITHIN_MS,
      'the mail',
    );
    expect(codeIn(mail?.text ?? '')).toBe(codeIn(second.text));
  });

  it('have their texts back after a restart, and say when the hub hears nothing', async () => {
    await bank.dropOff();
    const third = await text(2);
    phones = open();
    expect(phones.texts.map(({ state }) => state)).toEqual(['delivered', 'failed', 'sent']);
    const strangers = await PhoneProvider.start({
      token: 'a token that the hub does not know',
      secret: 'unused',
    });
    const file = join(folder, 'texts.json');
    const away = new Phones({ file, clock: systemClock, provider: strangers, onChanged: () => {} });
    await expect(away.tell(third.number, 'delivered')).rejects.toThrow(/did not hear/);
    expect(away.texts[2]).toMatchObject({ state: 'sent' });
    await strangers.stop();
  });
});
