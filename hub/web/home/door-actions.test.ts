import { DOOR_STATES } from '@lockerhub/protocol/bank/messages.ts';
import type { BankView, DoorView, LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import { describe, expect, it } from 'vitest';
import { createNames } from '../log/names.ts';
import { entriesOfDoor, hindrance } from './door-actions.ts';

const bank = { online: true } as BankView;
const door = (state: DoorView['door']) => ({ door: state }) as DoorView;

describe('a door that staff want open', () => {
  it('can be asked when it is shut, jammed or without a sensor, and not otherwise', () => {
    const can = DOOR_STATES.filter((state) => hindrance(bank, door(state)) === null);
    expect(can).toEqual(['closed', 'jammed', 'unsensed']);
  });

  it('cannot while its bank is away', () => {
    expect(hindrance({ ...bank, online: false }, door('closed'))).toBe('bank-away');
  });
});

describe('the entries of a door', () => {
  const entry = (seq: number, type: string, data: Record<string, unknown>): LogEntryView => ({
    seq,
    epoch: 1,
    hash: 'a'.repeat(64),
    type,
    at: 1,
    clock: 'trusted',
    by: { kind: 'hub' },
    data,
  });
  const entries = [
    entry(6, 'delivery.deposited', { delivery: 'd1' }),
    entry(5, 'grant.ended', { grant: 'g1', delivery: null }),
    entry(4, 'door.reported', { bank: 'lobby', compartment: 4 }),
    entry(3, 'grant.issued', { grant: 'g1', bank: 'lobby', compartment: 3 }),
    entry(2, 'delivery.assigned', { delivery: 'd1', unit: 'u', bank: 'lobby', compartment: 3 }),
    entry(1, 'door.reported', { bank: 'garage', compartment: 3 }),
  ];

  it('name it, or a grant or a delivery that was for it', () => {
    const own = entriesOfDoor(entries, createNames({ entries }), 'lobby', 3);
    expect(own.map(({ seq }) => seq)).toEqual([6, 5, 3, 2]);
  });
});
