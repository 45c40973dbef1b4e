import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createMailNotifier } from './mail.ts';
import type { Notifier } from './notifier.ts';

const LETTER = {
  subject: 'A parcel',
  text: 'Door <12> & code 1234 5678',
  short: 'Door 12, 1234 5678',
  direction: 'ltr',
  language: 'en',
} as const;

let server: SMTPServer;
let mails: string[];
let mail: Notifier;

beforeEach(async () => {
  mails = [];
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, done) {
      const code = address.startsWith('nobody') ? 550 : address.startsWith('later') ? 451 : 0;
      done(code ? Object.assign(new Error(`${address} is not here`), { responseCode: code }) : null);
    },
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString());
        done();
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  mail = createMailNotifier({
    server: { url: `smtp://127.0.0.1:${port}` },
    from: 'Parcels <parcels@example.org>',
  });
});

afterEach(async () => {
  mail.stop();
  await new Promise<void>((resolve) => server.close(resolve));
});

it('sends the text, and the QR code as a picture in the mail itself', async () => {
  await mail.send({ message: 'm', to: 'mara@example.org', letter: LETTER, qr: 'LH1:12345678' });
  const [sent = ''] = mails;
  expect(sent).toContain('To: mara@example.org');
  expect(sent).toContain('Content-Type: image/png');
  expect(sent).toMatch(/Content-Id: <code>/i);
  expect(sent).toContain('cid:code');
  expect(sent).toContain('Door &lt;12&gt; &amp; code');
  expect(sent).not.toMatch(/src=3D"http|src="http/);
});

it('sends plain text where there is no code', async () => {
  await mail.send({ message: 'm', to: 'mara@example.org', letter: LETTER, qr: undefined });
  expect(mails[0]).not.toContain('image/png');
});

it.each([
  ['nobody@example.org', true, 'mail: the mail server said 550'],
  ['later@example.org', false, 'mail: the mail server said 451'],
])('says whether another try makes sense: %s', async (to, permanent, message) => {
  // The reason goes into the log, which holds no address.
  await expect(mail.send({ message: 'm', to, letter: LETTER, qr: undefined })).rejects.toMatchObject({
    permanent,
    message,
  });
});

it('says that the server is away, and that this may pass', async () => {
  await new Promise<void>((resolve) => server.close(resolve));
  await expect(
    mail.send({ message: 'm', to: 'mara@example.org', letter: LETTER, qr: undefined }),
  ).rejects.toMatchObject({
    permanent: false,
    message: expect.stringMatching(/^mail: E[A-Z]+$/),
  });
});
