import type { DeliveryView } from '@lockerhub/protocol/http/staff.ts';
import { describe, expect, it } from 'vitest';
import { createFormats } from '../words/formats.ts';
import { deliveriesPerDay } from './per-day.ts';

function delivery(at: string, more: Partial<DeliveryView> = {}): DeliveryView {
  const atMs = Date.parse(at);
  return {
    delivery: '01890000-0000-7000-8000-000000000001',
    state: 'deposited',
    unitName: '4B',
    residentName: null,
    carrier: null,
    carrierRemoved: false,
    tracking: null,
    size: 'S',
    bank: 'lobby',
    compartment: 1,
    zone: null,
    confirmation: 'confirmed',
    assignedAt: atMs,
    depositedAt: atMs,
    endedAt: null,
    ...more,
  };
}
const newest = [
  delivery('2026-11-22T10:00:00Z'),
  delivery('2026-11-19T23:30:00Z'),
  delivery('2026-11-19T12:00:00Z'),
  delivery('2026-11-18T12:00:00Z'),
];
const berlin = createFormats('en', 'Europe/Berlin').day;

describe('deliveries a day', () => {
  it('go by the building’s days, and a day without any is a zero', () => {
    expect(deliveriesPerDay(newest, true, berlin)).toEqual([
      { day: '2026-11-18', count: 1 },
      { day: '2026-11-19', count: 1 },
      { day: '2026-11-20', count: 1 },
      { day: '2026-11-21', count: 0 },
      { day: '2026-11-22', count: 1 },
    ]);
  });

  it('leave out the oldest day if not all of it was read', () => {
    expect(deliveriesPerDay(newest, false, berlin)[0]).toEqual({ day: '2026-11-19', count: 1 });
  });

  it('count no parcel that was taken back', () => {
    expect(
      deliveriesPerDay([delivery('2026-11-22T10:00:00Z', { state: 'withdrawn' })], true, berlin),
    ).toEqual([]);
  });

  it('stay few when a clock lied', () => {
    const days = deliveriesPerDay([...newest, delivery('1970-01-01T00:00:00Z')], true, berlin);
    expect(days).toHaveLength(30);
    expect(days.at(-1)?.day).toBe('2026-11-22');
  });
});
