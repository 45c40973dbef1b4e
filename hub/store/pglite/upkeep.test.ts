import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLOOR_BYTES, judgeDisk, RECOVERED_BYTES } from './disk-floor.ts';
import { GROUP_LIMIT, LANE_LIMITS, Lanes } from './lanes.ts';
import { afterTask, dueTask, freshUpkeep, type UpkeepTask } from './upkeep.ts';

const MB = 1024 * 1024;
const MINUTE_MS = 60_000;

describe('upkeep', () => {
  it('checkpoints when quiet and there is enough to write', () => {
    const state = freshUpkeep(0);
    const quiet = { lastWriteMs: 0, nowMs: 6_000 };
    expect(dueTask(state, { ...quiet, walBytes: 17 * MB })).toEqual({ kind: 'checkpoint' });
    expect(dueTask(state, { ...quiet, walBytes: 15 * MB })).toBeNull();
    expect(dueTask(state, { lastWriteMs: 5_000, nowMs: 6_000, walBytes: 17 * MB })).toBeNull();
  });

  it('checkpoints among writes once there is too much', () => {
    const busy = { lastWriteMs: 6_000, nowMs: 6_000 };
    expect(dueTask(freshUpkeep(0), { ...busy, walBytes: 97 * MB })).toEqual({ kind: 'checkpoint' });
    expect(dueTask(freshUpkeep(0), { ...busy, walBytes: 95 * MB })).toBeNull();
  });

  it('checkpoints what little was written after five minutes, and then has nothing to do', () => {
    const activity = { lastWriteMs: 1_000, nowMs: 5 * MINUTE_MS, walBytes: 1 };
    const state = freshUpkeep(0);
    expect(dueTask(state, activity)).toEqual({ kind: 'checkpoint' });
    const done = afterTask(state, { kind: 'checkpoint' }, activity.nowMs);
    expect(dueTask(done, { ...activity, nowMs: 9 * MINUTE_MS })).toBeNull();
  });

  it('comes to rest: vacuums each table once after writes, thoroughly once a day, in a lull', () => {
    let state = freshUpkeep(0);
    const activity = { lastWriteMs: 1_000, nowMs: 25 * 60 * MINUTE_MS, walBytes: 0 };
    const tasks: UpkeepTask[] = [];
    for (let task = dueTask(state, activity); task; task = dueTask(state, activity)) {
      tasks.push(task);
      state = afterTask(state, task, activity.nowMs);
      expect(tasks.length).toBeLessThan(50);
    }
    const vacuums = tasks.filter((task) => task.kind === 'vacuum');
    expect(new Set(vacuums.map(({ table }) => table)).size).toBe(vacuums.length);
    expect(vacuums.every(({ thorough }) => thorough)).toBe(true);
    expect(vacuums.length).toBeGreaterThan(6);
  });

  it('reads no whole index while people are about', () => {
    const busyDay = { lastWriteMs: 25 * 60 * MINUTE_MS - 10_000, nowMs: 25 * 60 * MINUTE_MS, walBytes: 0 };
    const state = afterTask(freshUpkeep(0), { kind: 'checkpoint' }, busyDay.nowMs);
    expect(dueTask(state, busyDay)).toMatchObject({ kind: 'vacuum', thorough: false });
  });
});

describe('lanes', () => {
  it('let doors go first, each lane in its order', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 120 }), (arrivals) => {
        const lanes = new Lanes<number, number>();
        for (const [order, door] of arrivals.entries()) {
          if (door) lanes.pushDoor(order);
          else lanes.pushDesk(order);
        }
        const taken: number[] = [];
        for (let next = lanes.next(); next; next = lanes.next()) {
          if ('doors' in next) expect(next.doors.length).toBeLessThanOrEqual(GROUP_LIMIT);
          taken.push(...('doors' in next ? next.doors : [next.desk]));
        }
        const orders = [...arrivals.keys()];
        expect(taken).toEqual([...orders.filter((n) => arrivals[n]), ...orders.filter((n) => !arrivals[n])]);
      }),
    );
  });

  it('refuse what is beyond their bounds', () => {
    const lanes = new Lanes<number, number>();
    for (let n = 0; n < LANE_LIMITS.door; n += 1) expect(lanes.pushDoor(n)).toBe(true);
    for (let n = 0; n < LANE_LIMITS.desk; n += 1) expect(lanes.pushDesk(n)).toBe(true);
    expect(lanes.pushDoor(0)).toBe(false);
    expect(lanes.pushDesk(0)).toBe(false);
    expect(lanes.drain()).toHaveLength(LANE_LIMITS.door + LANE_LIMITS.desk);
    expect(lanes.empty).toBe(true);
  });
});

describe('the disk floor', () => {
  it('does not flutter: between floor and recovery the state stays as it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('ok' as const, 'low' as const),
        fc.nat({ max: 10 * RECOVERED_BYTES }),
        (state, free) => {
          const { state: after, reserve } = judgeDisk(state, free);
          if (free < FLOOR_BYTES) expect([after, reserve]).toEqual(['low', 'release']);
          else if (free >= RECOVERED_BYTES) expect([after, reserve]).toEqual(['ok', 'make']);
          else expect(after).toBe(state);
        },
      ),
    );
  });
});
