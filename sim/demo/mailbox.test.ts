import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import nodemailer, { type SendMailOptions } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Mailbox } from './mailbox.ts';

describe('the mailbox', () => {
  let folder = '';
  let mailbox: Mailbox;
  const PIXEL = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockerhub-mailbox-'));
    mailbox = new Mailbox(join(folder, 'mails'), systemClock);
    await mailbox.open();
  });
  afterAll(async () => {
    await mailbox.close();
    await rm(folder, { recursive: true });
  });

  const send = (mail: SendMailOptions) =>
    nodemailer.createTransport({ host: '127.0.0.1', port: mailbox.port, secure: false }).sendMail(mail);

  it('keeps a mail with its picture put into the page', async () => {
    await send({
      from: 'parcels@linden.example',
      to: 'mara@home.example',
      subject: 'A parcel for you · Türe 3',
      text: 'Code 1234 5678',
      html: '<p>Code <b>1234 5678</b></p><img src="cid:qr">',
      attachments: [{ filename: 'qr.gif', content: Buffer.from(PIXEL, 'base64'), cid: 'qr' }],
    });
    const [mail] = mailbox.mailsTo('mara@home.example');
    expect(mail).toMatchObject({ number: 1, subject: 'A parcel for you · Türe 3' });
    expect(mail?.text).toContain('1234 5678');
    expect(mail?.html).toContain(`data:image/gif;base64,${PIXEL}`);
    expect(mailbox.mailsTo('mara@home.example', 1)).toEqual([]);
  });

  it('refuses a mail that is too large and goes on', async () => {
    const huge = { from: 'a@b.example', to: 'c@d.example', subject: 'x', text: 'x'.repeat(1_100_000) };
    await expect(send(huge)).rejects.toThrow(/552/);
    await send({ ...huge, text: 'small' });
    expect(mailbox.mailsTo('c@d.example')).toHaveLength(1);
  });

  it('has its mails back after a restart, but for a torn last one', async () => {
    await mailbox.close();
    await appendFile(join(folder, 'mails'), '{"number":99,"to":["c@d.ex');
    mailbox = new Mailbox(join(folder, 'mails'), systemClock);
    await mailbox.open();
    expect(mailbox.mails.map(({ subject }) => subject)).toEqual(['A parcel for you · Türe 3', 'x']);
    await send({ from: 'a@b.example', to: 'c@d.example', subject: 'y', text: 'z' });
    expect(mailbox.mails.at(-1)?.number).toBe(3);
  });
});
