import { accepted } from '@lockerhub/sim/testing/schema-arbitrary.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../error.ts';
import { describePlace, Layout, placedCompartments } from './layout.ts';
import { decode, encode, MAX_PAYLOAD_BYTES, parseTopic, TOPICS, type TopicName, topicOf } from './topics.ts';

const names = Object.keys(TOPICS) as TopicName[];
const bytes = (text: string) => new TextEncoder().encode(text);

/** A message of the topic, with the topic that it belongs to. */
function sent(
  name: TopicName,
): fc.Arbitrary<{ name: TopicName; topic: string; message: Record<string, unknown> }> {
  return (accepted(TOPICS[name].schema) as fc.Arbitrary<Record<string, unknown>>).map((message) => ({
    name,
    topic: topicOf('linden-court', 'lobby', name, compartmentOf(name, message)),
    message,
  }));
}

function compartmentOf(name: TopicName, message: Record<string, unknown>): number | undefined {
  return name === 'compartment' ? (message.compartment as number) : undefined;
}

const STATE = { v: 1, session: 1, software: 'edge-agent 0.2.0', epoch: 1, head: null, compartments: [1] };

const anySent = fc.oneof(...names.map(sent));

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'no error';
}

describe('bank messages', () => {
  it('of every topic survive encode and decode', () => {
    for (const name of names) {
      fc.assert(
        fc.property(sent(name), ({ topic, message }) => {
          const arrived = decode(topic, bytes(encode(name, message as never)));
          expect(arrived).toEqual({ building: 'linden-court', bank: 'lobby', name, message });
        }),
        { numRuns: 50 },
      );
    }
  });

  it('lose unknown fields on arrival', () => {
    fc.assert(
      fc.property(anySent, fc.jsonValue(), ({ topic, message }, extra) => {
        const text = JSON.stringify({ ...message, 'from-the-future': extra });
        expect(decode(topic, bytes(text)).message).toEqual(message);
      }),
    );
  });

  it('of a newer version are read, of an older one refused', () => {
    fc.assert(
      fc.property(anySent, fc.integer({ min: 2, max: 1e6 }), ({ topic, message }, newer) => {
        expect(decode(topic, bytes(JSON.stringify({ ...message, v: newer }))).message).toEqual({
          ...message,
          v: newer,
        });
        for (const v of [0, -1, undefined, '1', 1.5]) {
          const text = JSON.stringify({ ...message, v });
          expect(codeOf(() => decode(topic, bytes(text)))).toBe('message-invalid');
        }
      }),
    );
  });

  it('of a bank lose what of its agent’s last update only newer software can read, and nothing else', () => {
    const told = {
      endedAtMs: 1,
      release: '0.2.0-b',
      isKept: false,
      code: 'of-later',
      why: 'for another reason',
    };
    const ofLater = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom<object>(
        ...[
          { ...told, endedAtMs: '2026-11-27' },
          { ...told, isKept: 'partly' },
          { ...told, code: { of: 'later' } },
        ],
        ...[
          { ...told, release: 'x'.repeat(61) },
          { ...told, why: 'x'.repeat(501) },
        ],
      ),
    );
    fc.assert(
      fc.property(sent('state'), ofLater, ({ topic, message: { update: _, ...rest } }, update) => {
        const text = JSON.stringify({ ...rest, update });
        expect(decode(topic, bytes(text)).message).toEqual(rest);
      }),
    );
    const { message } = decode(topicOf('b', 'k', 'state'), bytes(JSON.stringify({ ...STATE, update: told })));
    expect(message).toEqual({ ...STATE, update: told });
  });

  const OPTIONAL = new Set(['reason', 'latencyMs', 'purpose', 'emergency', 'certificate', 'update']);

  it('are refused by name if a field is missing', () => {
    for (const name of names) {
      fc.assert(
        fc.property(sent(name), fc.nat(), ({ topic, message }, at) => {
          const required = Object.keys(message).filter((key) => !OPTIONAL.has(key));
          const field = required[at % required.length] ?? 'v';
          const { [field]: _gone, ...rest } = message;
          expect(() => decode(topic, bytes(JSON.stringify(rest)))).toThrow(
            new RegExp(`^${name}\\.${field}: `),
          );
        }),
        { numRuns: 20 },
      );
    }
  });

  it('whatever arrives on whatever topic throws nothing but a ProtocolError', () => {
    const anyTopic = fc.oneof(
      fc.string(),
      fc
        .constantFrom(...names)
        .map((name) => topicOf('b', 'k', name, name === 'compartment' ? 7 : undefined)),
    );
    const anyBytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map(bytes),
      anySent.map(({ message }) => bytes(JSON.stringify(message))),
    );
    fc.assert(
      fc.property(anyTopic, anyBytes, (topic, payload) => {
        expect(['no error', 'topic-unknown', 'message-invalid']).toContain(
          codeOf(() => decode(topic, payload)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('larger than the limit are refused unread', () => {
    const topic = topicOf('b', 'k', 'event');
    const large = new Uint8Array(MAX_PAYLOAD_BYTES + 1);
    expect(codeOf(() => decode(topic, large))).toBe('message-too-large');
    expect(codeOf(() => decode(topic, large.subarray(1)))).toBe('message-invalid');
  });

  it('of a compartment must name the compartment of their topic', () => {
    fc.assert(
      fc.property(sent('compartment'), ({ message }) => {
        const other = topicOf('b', 'k', 'compartment', ((message.compartment as number) % 9999) + 1);
        expect(codeOf(() => decode(other, bytes(JSON.stringify(message))))).toBe('message-invalid');
      }),
    );
  });
});

describe('topics', () => {
  it('are found again from their text, and no two are the same', () => {
    const topics = names.map((name) => topicOf('b', 'k', name, name === 'compartment' ? 12 : undefined));
    expect(new Set(topics).size).toBe(names.length);
    expect(topics.map((topic) => parseTopic(topic)?.name)).toEqual(names);
  });

  it('with anything added, or with a wildcard, are none of ours', () => {
    for (const topic of [
      'lockerhub/b/k',
      'lockerhub/b/k/event/x',
      'lockerhub/b/k/compartment/+',
      'other/b/k/event',
    ]) {
      expect(parseTopic(topic)).toBeUndefined();
    }
    for (const number of ['0', '01', '-1', '10000', '1.5', '']) {
      expect(parseTopic(`lockerhub/b/k/compartment/${number}`)).toBeUndefined();
    }
  });
});

const layout = Layout.parse({
  bank: 'lobby',
  name: 'Lobby',
  depthMm: 500,
  bottomMm: 100,
  columns: [
    {
      widthMm: 400,
      cells: [
        { number: 1, size: 'S', heightMm: 200 },
        { panel: 'screen', heightMm: 600 },
        { number: 2, size: 'L', heightMm: 400 },
      ],
    },
    { widthMm: 400, cells: [{ number: 3, size: 'XL', heightMm: 1200 }] },
  ],
});

describe('a layout', () => {
  it('places each door: columns count from the left, cells from the top', () => {
    expect(
      placedCompartments(layout).map(({ number, column, bottomMm, handleMm }) => [
        number,
        column,
        bottomMm,
        handleMm,
      ]),
    ).toEqual([
      [1, 0, 1100, 1200],
      [2, 0, 100, 300],
      [3, 1, 100, 700],
    ]);
  });

  it('says where a door is, as one says it', () => {
    expect(describePlace(layout, 1)).toEqual({ number: 1, columnFromLeft: 1, columns: 2, band: 'chest' });
    expect(describePlace(layout, 2)?.band).toBe('floor');
    expect(describePlace(layout, 3)?.band).toBe('hip');
    expect(describePlace(layout, 4)).toBeUndefined();
  });

  it('with a number twice, or with no door, is refused where it is wrong', () => {
    const twice = { ...layout, columns: [...layout.columns, ...layout.columns] };
    const problem = Layout.safeParse(twice).error?.issues[0];
    expect(problem?.path).toEqual(['columns', 2, 'cells', 0, 'number']);
    const noDoor = { ...layout, columns: [{ widthMm: 10, cells: [{ panel: 'screen', heightMm: 10 }] }] };
    expect(Layout.safeParse(noDoor).error?.issues[0]?.message).toMatch(/no compartment/);
  });

  it('keeps every door inside its column and none on top of another', () => {
    fc.assert(
      fc.property(
        accepted(Layout).filter((input) => Layout.safeParse(input).success),
        (input) => {
          const parsed = Layout.parse(input);
          const placed = placedCompartments(parsed);
          for (const door of placed) {
            const heightMm = (parsed.columns[door.column]?.cells ?? []).reduce(
              (sum, cell) => sum + cell.heightMm,
              0,
            );
            expect(door.bottomMm).toBeGreaterThanOrEqual(parsed.bottomMm);
            expect(door.bottomMm + door.heightMm).toBeLessThanOrEqual(parsed.bottomMm + heightMm + 1e-6);
            expect(describePlace(parsed, door.number)?.columnFromLeft).toBe(door.column + 1);
          }
        },
      ),
    );
  });
});
