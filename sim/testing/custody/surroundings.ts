/** What power, time, disk and mail do. */
import { expect } from 'vitest';
import type { Acts } from './act.ts';

export const SURROUNDING_ACTS = {
  hubKilled: async (world) => {
    await world.rig.kill();
    world.questions = [];
    if (world.opens.length > 0) world.opens = [];
    for (const bank of world.banks.values()) bank.disconnect();
    for (const bank of world.banks.values()) bank.wire = [];
    await world.rig.boot();
    expect(
      world.rig.effects.filter(({ type }) => type === 'open'),
      'I7',
    ).toEqual([]);
    world.takeEffects();
    for (const bank of world.banks.values()) bank.connect();
  },
  moment: async (world) => world.rig.clock.advance(700),
  while: async (world) => world.rig.clock.advance(16_000),
  minutes: async (world) => world.rig.clock.advance(130_000),
  longWhile: async (world) => world.rig.clock.advance(16 * 60_000),
  clockJumped: async (world, pick) => {
    world.rig.clock.setWall(pick([0, 1_800_000_000_000, 1_930_000_000_000]) ?? 0);
    world.rig.clockTrust = pick(['trusted', 'untrusted'] as const) ?? 'trusted';
  },
  messageOut: async (world, pick) => {
    const message = pick([...world.model.messages.values()])?.id;
    if (message) await world.do({ type: 'message-sent', message, channel: 'email' });
  },
  messageFailed: async (world, pick) => {
    const message = pick([...world.model.messages.values()])?.id;
    const final = pick([true, false]) ?? true;
    if (!message) return;
    await world.do({
      type: 'message-failed',
      message,
      channel: 'email',
      attempt: 1,
      final,
      reason: 'no route',
    });
  },
  diskFilled: async (world, pick) => {
    world.rig.diskState = pick(['ok', 'ok', 'ok', 'low'] as const) ?? 'ok';
  },
} satisfies Acts;
