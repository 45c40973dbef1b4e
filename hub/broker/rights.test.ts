import { TOPICS, type TopicName, topicOf } from '@lockerhub/protocol/bank/topics.ts';
import { describe, expect, it } from 'vitest';
import { mayPublish, maySubscribe } from './rights.ts';

const NAMES = Object.keys(TOPICS) as TopicName[];
const numberOf = (name: TopicName) => (name === 'compartment' ? 3 : undefined);

describe('topic rights', () => {
  it.each(NAMES)('%s: published by its own bank’s agent only if it comes from agents', (name) => {
    const own = topicOf('house', 'hall', name, numberOf(name));
    expect(mayPublish('house', 'hall', own)).toBe(TOPICS[name].from === 'agent');
    expect(maySubscribe('house', 'hall', own)).toBe(TOPICS[name].from === 'hub');
  });

  it.each(NAMES)('%s: closed to another bank and another building', (name) => {
    const topic = topicOf('house', 'hall', name, numberOf(name));
    for (const [building, bank] of [
      ['house', 'yard'],
      ['house', 'hal'],
      ['other', 'hall'],
    ] as const) {
      expect(mayPublish(building, bank, topic)).toBe(false);
      expect(maySubscribe(building, bank, topic)).toBe(false);
    }
  });

  it.each([
    '#',
    '+/+/+/#',
    'lockerhub/#',
    'lockerhub/house/+/request/+',
    'lockerhub/house/hall/#',
    'lockerhub/house/hall/+',
    'lockerhub/house/hall/../yard/request/open',
    '$SYS/#',
    '$share/x/lockerhub/house/hall/request/open',
    '',
  ])('no subscription to %j', (filter) => {
    expect(maySubscribe('house', 'hall', filter)).toBe(false);
  });

  it.each([
    '$SYS/x',
    'lockerhub/house/hall',
    'lockerhub/house/hall/event/x',
    'lockerhub/house/hall/compartment/0',
  ])('nothing is published on %j', (topic) => {
    expect(mayPublish('house', 'hall', topic)).toBe(false);
  });

  it('lets an agent subscribe to all its requests at once', () => {
    expect(maySubscribe('house', 'hall', 'lockerhub/house/hall/request/+')).toBe(true);
  });
});
