import { POLICY_NAMES, STANDARD_POLICY } from '@lockerhub/protocol/http/policy-items.ts';
import { describe, expect, it } from 'vitest';
import arabic from '../words/languages/ar.ts';
import english from '../words/languages/en.ts';
import spanish from '../words/languages/es.ts';
import { fromUnit, inUnit, unitOf } from './policy-shown.ts';

const grace = {
  kind: 'number' as const,
  name: 'graceMs',
  standard: 15 * 60_000,
  value: 90_000,
  min: 0,
  max: 86_400_000,
  changedBy: null,
  changedAt: null,
};

describe('a policy on the page', () => {
  it('is said in the unit that its usual value is a whole number of', () => {
    expect(unitOf(grace)).toBe('min');
    expect(unitOf({ name: 'undoMs', standard: 60_000 })).toBe('min');
    expect(unitOf({ name: 'openNoticeMs', standard: 30_000 })).toBe('s');
    expect(unitOf({ name: 'secondReminderMs', standard: 72 * 3_600_000 })).toBe('h');
    expect(unitOf({ name: 'overdueMs', standard: 7 * 24 * 3_600_000 })).toBe('d');
    expect(unitOf({ name: 'retries', standard: 2 })).toBeNull();
    expect(inUnit(90_000, 'min')).toBe(1.5);
  });

  it('comes back as milliseconds, or not at all where it is out of bounds', () => {
    expect(fromUnit(1.5, grace)).toBe(90_000);
    expect(fromUnit('', grace)).toBeUndefined();
    expect(fromUnit(-1, grace)).toBeUndefined();
    expect(fromUnit(1441, grace)).toBeUndefined();
  });

  it('has a default, and a name and a reason in every language', () => {
    for (const { policy } of [english, spanish, arabic]) {
      for (const words of [policy.field, policy.why]) {
        expect(POLICY_NAMES.filter((name) => !(name in words))).toEqual([]);
      }
    }
    expect(Object.keys(STANDARD_POLICY).toSorted()).toEqual(POLICY_NAMES.toSorted());
  });
});
