import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { expect, it } from 'vitest';
import { envelopeHeader, openEnvelope, seal } from './envelope.ts';
import { newRecoveryKey, readRecoveryKey, sealingKey } from './recovery-key.ts';

const CONTENT = '{"version":2,"codeKey":"…"}';
const recipientOf = (key: string) => sealingKey(readRecoveryKey(key));

function sealed(key: string, former: readonly string[] = []): string {
  const recipient = recipientOf(key);
  const about = { building: 'elm-street', generation: 2, madeAtMs: Date.UTC(2026, 10, 26), recipient };
  return seal(CONTENT, { ...about, former: [...former] }, systemRandom);
}

it('gives its content to the recovery key that it was sealed to', () => {
  const key = newRecoveryKey(systemRandom);
  const { content, header } = openEnvelope(sealed(key), key.toLowerCase().replaceAll('-', ' '));
  expect(content).toBe(CONTENT);
  expect(header).toMatchObject({ building: 'elm-street', generation: 2 });
});

it('shows nothing of its content, and is another one each time', () => {
  const key = newRecoveryKey(systemRandom);
  const text = sealed(key);
  expect(text).not.toContain('codeKey');
  expect(sealed(key)).not.toBe(text);
  expect(envelopeHeader(text)).toMatchObject({ building: 'elm-street', recipient: recipientOf(key) });
});

it('says in plain words why a key does not open it', () => {
  const key = newRecoveryKey(systemRandom);
  const former = newRecoveryKey(systemRandom);
  const text = sealed(key, [recipientOf(former)]);
  const refused = (typed: string) => () => openEnvelope(text, typed);
  expect(refused(`${key.slice(0, -1)}${key.endsWith('7') ? '8' : '7'}`)).toThrow(/mistyped/);
  expect(refused(former)).toThrow(/replaced by a newer one.*no\. 2 of "elm-street", made on 2026-11-26/);
  expect(refused(newRecoveryKey(systemRandom))).toThrow(/another building.*no\. 2 of "elm-street"/);
});

it('does not open once anything in it was changed', () => {
  const key = newRecoveryKey(systemRandom);
  const { version, header, sealed: body } = JSON.parse(sealed(key));
  const broken = expect.objectContaining({ code: 'envelope-broken' });
  const opened = (part: object) => {
    try {
      return openEnvelope(JSON.stringify({ version, header, sealed: body, ...part }), key);
    } catch (error) {
      return error;
    }
  };
  expect(opened({})).toMatchObject({ content: CONTENT });
  expect(opened({ header: header.replace('elm-street', 'oak-street') })).toEqual(broken);
  expect(opened({ header: header.replace('"generation":2', '"generation":3') })).toEqual(broken);
  const bytes = Buffer.from(body, 'base64');
  for (const at of [0, 12, bytes.length - 17, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(opened({ sealed: changed.toString('base64') }), `byte ${at}`).toEqual(broken);
  }
  expect(opened({ sealed: '' })).toEqual(broken);
  expect(opened({ version: 2 })).toEqual(broken);
  expect(opened({ header: '{}' })).toEqual(broken);
});
