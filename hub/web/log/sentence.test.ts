import type { LogEntryView, ResidentView } from '@lockerhub/protocol/http/staff.ts';
import { PAYLOADS } from '@lockerhub/protocol/log/payload.ts';
import { CaseKind } from '@lockerhub/protocol/log/payloads/cases.ts';
import { describe, expect, it } from 'vitest';
import { createFormats } from '../words/formats.ts';
import { createStaffWords } from '../words/words.ts';
import { createNames } from './names.ts';
import { sentence } from './sentence.ts';
import { actor, type Speech } from './speech.ts';
import { weightOf } from './weight.ts';

const ID = {
  delivery: '01890000-0000-7000-8000-000000000001',
  unit: '01890000-0000-7000-8000-000000000002',
  resident: '01890000-0000-7000-8000-000000000003',
  courier: '01890000-0000-7000-8000-000000000004',
  grant: '01890000-0000-7000-8000-000000000005',
  other: '01890000-0000-7000-8000-000000000006',
};
const RESIDENT: ResidentView = {
  resident: ID.resident,
  unit: ID.unit,
  household: ID.other,
  unitName: '4B',
  name: 'Mia Ortiz',
  language: 'es',
  email: null,
  contacts: [],
  away: null,
  movedOut: false,
  accessible: false,
  onlyMe: false,
  hasPin: false,
  fobs: [],
};
const COURIER = { courier: ID.courier, carrier: 'Parcel Post', name: null, hours: null, revoked: false };

function entry(type: string, data: Record<string, unknown>, seq = 1): LogEntryView {
  return { seq, epoch: 1, hash: 'a'.repeat(64), type, at: 1, clock: 'trusted', by: { kind: 'hub' }, data };
}

const assigned = entry('delivery.assigned', {
  delivery: ID.delivery,
  visit: ID.other,
  unit: ID.unit,
  household: ID.other,
  resident: ID.resident,
  carrier: null,
  size: 'M',
  bank: 'lobby',
  compartment: 12,
});
const issued = entry('grant.issued', {
  grant: ID.grant,
  purpose: 'deposit',
  delivery: ID.delivery,
  visit: null,
  bank: 'lobby',
  compartment: 12,
});

function speech(entries: readonly LogEntryView[], language = 'en'): Speech {
  return {
    t: createStaffWords(language).getFixedT(null, ['staff', 'doors']),
    formats: createFormats(language, 'UTC'),
    names: createNames({
      me: { staff: ID.other, name: 'Ana', role: 'manager' },
      residents: [RESIDENT],
      couriers: [COURIER],
      entries,
    }),
  };
}
const say = (told: LogEntryView, before: readonly LogEntryView[] = []) => sentence(speech(before), told);

describe('an entry in words', () => {
  it('names door and unit', () => {
    expect(say(assigned)).toBe('Door 12 was chosen for a parcel for 4B');
  });

  it('knows a parcel and a grant from the entries before', () => {
    const deposited = entry('delivery.deposited', { delivery: ID.delivery, confirmation: 'confirmed' });
    expect(say(deposited, [assigned])).toBe('In: the parcel for 4B, confirmed');
    const ended = entry('grant.ended', { grant: ID.grant, delivery: null, end: 'opened', latencyMs: 412 });
    expect(say(ended, [issued])).toBe('Door 12 opened after 412 ms');
  });

  it('says what it does not know in general words', () => {
    const deposited = entry('delivery.deposited', { delivery: ID.delivery, confirmation: 'unconfirmed' });
    expect(say(deposited)).toBe('In: a parcel, but nobody confirmed it');
  });

  it('counts in the plural', () => {
    const queued = (count: number) =>
      entry('message.queued', {
        message: ID.other,
        kind: 'parcels-arrived',
        resident: ID.resident,
        visit: null,
        deliveries: Array.from({ length: count }, () => ID.delivery),
      });
    expect(say(queued(1))).toBe('Mia Ortiz will be told of 1 parcel');
    expect(say(queued(3))).toBe('Mia Ortiz will be told of 3 parcels');
  });

  it('of a type or with fields that this page does not know says so', () => {
    expect(say(entry('robot.waved', {}))).toContain('robot.waved');
    expect(say(entry('delivery.deposited', { delivery: 'no id' }))).toContain('delivery.deposited');
  });

  it('calls whoever reads it "you"', () => {
    const told = speech([]);
    expect(actor(told, { kind: 'staff', id: ID.other })).toBe('you');
    expect(actor(told, { kind: 'staff', id: ID.unit })).toBe('staff');
    expect(actor(told, { kind: 'courier', id: ID.courier })).toBe('courier of Parcel Post');
  });

  it('stands out when something is wrong', () => {
    const report = (kind: string) => entry('door.reported', { kind });
    expect(weightOf(report('forced'))).toBe('wrong');
    expect(weightOf(report('closed'))).toBe('plain');
    expect(weightOf(entry('message.failed', { final: false }))).toBe('plain');
    expect(weightOf(entry('message.failed', { final: true }))).toBe('wrong');
  });
});

describe('the words', () => {
  it.each(['en', 'es', 'ar'])('in %s have a text for each kind of case', (language) => {
    const { t } = speech([], language);
    for (const kind of CaseKind.options) {
      for (const part of ['title', 'what', 'todo'] as const) {
        expect(t(`case.kind.${kind}.${part}`)).not.toContain('case.kind');
      }
    }
  });

  it('have a text for each group of entries', () => {
    const words = createStaffWords('en').getResourceBundle('en', 'staff').entry;
    for (const type of Object.keys(PAYLOADS)) expect(words).toHaveProperty(type.split('.')[0] ?? '');
  });
});
