import { accepted } from '@lockerhub/sim/testing/schema-arbitrary.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../error.ts';
import { EMPTY_HEAD, type Entry, MAX_ENTRY_BYTES, nextEntry, payloadHash, verifyChain } from './entry.ts';
import { decodePayload, encodePayload, PAYLOADS, type Payload, type PayloadType } from './payload.ts';
import { makeProof, verifyProof } from './proof.ts';

const types = Object.keys(PAYLOADS) as PayloadType[];
const stamp = {
  at: fc.integer({ min: 0, max: 4e12 }),
  clock: fc.constantFrom('trusted' as const, 'untrusted' as const),
  by: fc.record(
    { kind: fc.constantFrom('courier' as const, 'hub' as const), id: fc.uuid() },
    { requiredKeys: ['kind'], noNullPrototype: true },
  ),
};
const payloads: fc.Arbitrary<Payload> = fc.oneof(
  ...types.map((type) =>
    fc.record(
      { type: fc.constant(type), data: accepted(PAYLOADS[type]), ...stamp },
      { noNullPrototype: true },
    ),
  ),
) as fc.Arbitrary<Payload>;
const salts = fc.uint8Array({ minLength: 16, maxLength: 16 });
const logs = fc.array(fc.tuple(payloads, salts, fc.integer({ min: 0, max: 9 })), {
  minLength: 1,
  maxLength: 12,
});

function chained(parts: readonly (readonly [Payload, Uint8Array, number])[]): Entry[] {
  const entries: Entry[] = [];
  for (const [payload, salt, epoch] of parts) {
    entries.push(nextEntry(entries.at(-1) ?? EMPTY_HEAD, epoch, encodePayload(payload), salt));
  }
  return entries;
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'no error';
}

describe('payloads', () => {
  it('every type survives encode and decode', () => {
    for (const type of types) {
      fc.assert(
        fc.property(accepted(PAYLOADS[type]), (data) => {
          const payload = { type, data, at: 5, clock: 'trusted', by: { kind: 'hub' } } as Payload;
          // What a type gained later is read as its default where an older entry lacks it.
          const asRead = { ...payload, data: PAYLOADS[type].parse(data) };
          expect(decodePayload(encodePayload(payload))).toEqual(asRead);
        }),
        { numRuns: 30 },
      );
    }
  });

  it('drops fields that it does not know, at any depth that has a schema', () => {
    fc.assert(
      fc.property(payloads, fc.jsonValue(), (payload, extra) => {
        const text = JSON.stringify({
          ...JSON.parse(encodePayload(payload)),
          data: { ...payload.data, 'from-the-future': extra },
          'also-new': extra,
        });
        expect(decodePayload(text)).toEqual(decodePayload(encodePayload(payload)));
      }),
    );
  });

  it('reads a known type by an actor that only newer software knows', () => {
    const by = { kind: 'drone', id: 'd-7' };
    const text = JSON.stringify({ type: 'disk.low', at: 1, clock: 'trusted', by, data: { freeBytes: 7 } });
    expect(decodePayload(text)).toMatchObject({ type: 'disk.low', by });
  });

  it('keeps an unknown type apart, whatever its fields', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 60 }).filter((name) => !types.includes(name as PayloadType)),
        fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue()),
        (name, data) => {
          const text = JSON.stringify({ type: name, at: 1, clock: 'untrusted', by: { kind: 'hub' }, data });
          expect(decodePayload(text)).toEqual({
            type: 'unknown',
            name,
            at: 1,
            clock: 'untrusted',
            by: { kind: 'hub' },
          });
        },
      ),
    );
  });

  it('keeps a known type apart whose kind only newer software knows, and refuses what is no kind at all', () => {
    const written = (kind: unknown, delivery: unknown = null) =>
      JSON.stringify({
        ...{ type: 'case.opened', at: 1, clock: 'trusted', by: { kind: 'hub' } },
        data: {
          case: 'c0ffee00-0000-4000-8000-000000000001',
          kind,
          bank: null,
          compartment: null,
          delivery,
          detail: '',
        },
      });
    expect(decodePayload(written('uncollected'))).toMatchObject({ type: 'case.opened' });
    expect(decodePayload(written('from-the-future'))).toMatchObject({ type: 'unknown', name: 'case.opened' });
    for (const text of [written(7), written(undefined), written('from-the-future', 'no id')])
      expect(codeOf(() => decodePayload(text))).toBe('entry-invalid');
  });

  it('of a known type with fields that do not fit is refused by name', () => {
    const text = JSON.stringify({
      type: 'delivery.deposited',
      at: 1,
      clock: 'trusted',
      by: { kind: 'hub' },
      data: { delivery: 'no id', confirmation: 'confirmed' },
    });
    expect(() => decodePayload(text)).toThrow(/delivery\.deposited\.delivery does not fit/);
  });

  it('no text makes decoding throw anything but a ProtocolError', () => {
    const texts = fc.oneof(fc.string(), fc.json(), payloads.map(encodePayload).chain(mutations));
    fc.assert(
      fc.property(texts, (text) => {
        expect(['no error', 'entry-invalid']).toContain(codeOf(() => decodePayload(text)));
      }),
    );
  });
});

function mutations(text: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat({ max: Math.max(0, text.length - 1) }), fc.string({ maxLength: 3 }))
    .map(([at, insert]) => text.slice(0, at) + insert + text.slice(at + 1));
}

describe('the chain', () => {
  it('leads from the empty log to the head', () => {
    fc.assert(
      fc.property(logs, (parts) => {
        const entries = chained(parts);
        expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
        expect(verifyChain(EMPTY_HEAD, entries)).toEqual({ seq: entries.length, hash: entries.at(-1)?.hash });
      }),
    );
  });

  it('shows any change of any field of any entry', () => {
    fc.assert(
      fc.property(
        logs,
        fc.nat(),
        fc.constantFrom('payload', 'salt', 'epoch', 'hash', 'seq'),
        (parts, at, field) => {
          const entries = chained(parts);
          const index = at % entries.length;
          const changed = entries.map((entry, i) => (i === index ? tampered(entry, field) : entry));
          expect(codeOf(() => verifyChain(EMPTY_HEAD, changed))).toBe('chain-broken');
        },
      ),
    );
  });

  it('shows an entry that is missing, doubled or moved', () => {
    fc.assert(
      fc.property(logs, fc.nat(), (parts, at) => {
        const entries = chained([...parts, ...parts]);
        const index = at % (entries.length - 1);
        const without = entries.toSpliced(index, 1);
        const doubled = entries.toSpliced(index, 0, ...entries.slice(index, index + 1));
        const moved = [...without, ...entries.slice(index, index + 1)];
        for (const wrong of [without, doubled, moved]) {
          expect(codeOf(() => verifyChain(EMPTY_HEAD, wrong))).toBe('chain-broken');
        }
      }),
    );
  });

  it('is found broken even if all later hashes are made anew, by a head that was witnessed', () => {
    fc.assert(
      fc.property(logs, payloads, (parts, other) => {
        const entries = chained(parts);
        const [first, ...rest] = parts;
        if (!first) return;
        const forged = chained([[other, first[1], first[2]], ...rest]);
        fc.pre(entries[0]?.payload !== forged[0]?.payload);
        expect(verifyChain(EMPTY_HEAD, forged).hash).not.toBe(verifyChain(EMPTY_HEAD, entries).hash);
      }),
    );
  });

  it('hashes equal payloads differently, for each has a salt of its own', () => {
    fc.assert(
      fc.property(salts, salts, fc.string(), (a, b, text) => {
        fc.pre(a.join() !== b.join());
        expect(payloadHash(hex(a), text)).not.toBe(payloadHash(hex(b), text));
      }),
    );
  });

  it('takes no payload above the limit and no salt of another length', () => {
    const salt = new Uint8Array(16);
    expect(codeOf(() => nextEntry(EMPTY_HEAD, 1, 'x'.repeat(MAX_ENTRY_BYTES), salt))).toBe('no error');
    expect(codeOf(() => nextEntry(EMPTY_HEAD, 1, 'x'.repeat(MAX_ENTRY_BYTES + 1), salt))).toBe(
      'entry-invalid',
    );
    expect(codeOf(() => nextEntry(EMPTY_HEAD, 1, 'x', salt.slice(1)))).toBe('entry-invalid');
  });
});

describe('a proof', () => {
  it('verifies and shows what it is about, and of all others nothing but hashes', () => {
    fc.assert(
      fc.property(logs, fc.nat(), (parts, at) => {
        const entries = chained(parts);
        const about = entries[at % entries.length];
        if (!about) return;
        const proof = makeProof('linden-court', EMPTY_HEAD, entries, new Set([about.seq]));
        const sent: unknown = JSON.parse(JSON.stringify(proof));
        expect(verifyProof(sent)).toEqual(new Map([[about.seq, about.payload]]));
        const others = proof.links.filter(({ seq }) => seq !== about.seq);
        for (const link of others) expect(Object.keys(link).sort()).toEqual(['epoch', 'payloadHash', 'seq']);
      }),
    );
  });

  it('fails after any change of any of its links', () => {
    fc.assert(
      fc.property(logs, fc.nat(), fc.nat(), (parts, at, shown) => {
        const entries = chained(parts);
        const proof = makeProof('b', EMPTY_HEAD, entries, new Set([(shown % entries.length) + 1]));
        const index = at % entries.length;
        const links = proof.links.map((link, i) => {
          if (i !== index) return link;
          return 'payload' in link
            ? { ...link, payload: `${link.payload} ` }
            : { ...link, payloadHash: flipHex(link.payloadHash) };
        });
        expect(codeOf(() => verifyProof({ ...proof, links }))).toBe('proof-invalid');
      }),
    );
  });

  it('of anything at all throws nothing but a ProtocolError', () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        expect(codeOf(() => verifyProof(input))).toBe('proof-invalid');
      }),
    );
  });
});

function tampered(entry: Entry, field: string): Entry {
  switch (field) {
    case 'payload':
      return { ...entry, payload: `${entry.payload} ` };
    case 'salt':
      return { ...entry, salt: flipHex(entry.salt) };
    case 'hash':
      return { ...entry, hash: flipHex(entry.hash) };
    case 'epoch':
      return { ...entry, epoch: entry.epoch + 1 };
    default:
      return { ...entry, seq: entry.seq + 1 };
  }
}

function flipHex(text: string): string {
  return (text.startsWith('0') ? '1' : '0') + text.slice(1);
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
