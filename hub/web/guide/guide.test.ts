import { describe, expect, it } from 'vitest';
import { afterSeen, afterTold, BEGINNING, guideStep, type Progress, TRIES } from './guide.ts';

const UP = { online: true };
const DOOR = { door: 'jammed', inService: true, unverified: false, sensed: true } as const;
const looked: Progress = { ...BEGINNING, looked: true };

describe('the guide to a stuck door', () => {
  it('begins with what is seen', () => {
    expect(guideStep({ online: false }, DOOR, BEGINNING)).toBe('away');
    for (const [door, step] of [
      ['unavailable', 'away'],
      ['unknown', 'settling'],
      ['open', 'shut'],
      ['forced', 'shut'],
      ['jammed', 'look'],
      ['closed', 'look'],
    ] as const) {
      expect([door, guideStep(UP, { ...DOOR, door }, BEGINNING)]).toEqual([door, step]);
    }
  });

  it('tries so often, then the key, and nothing more by itself', () => {
    let progress = looked;
    for (let tried = 0; tried < TRIES; tried += 1) {
      expect(guideStep(UP, DOOR, progress)).toBe('try');
      progress = afterTold(progress);
      expect(guideStep(UP, DOOR, progress)).toBe('watch');
      progress = afterSeen(afterSeen(progress, 'opening'), 'jammed');
    }
    expect(guideStep(UP, DOOR, progress)).toBe('key');
  });

  it('does not take the jam of before for the answer to what was told now', () => {
    const told = afterTold(looked);
    expect(afterSeen(told, 'jammed')).toEqual(told);
    expect(afterSeen(afterSeen(told, 'opening'), 'jammed').watching).toBe('no');
    expect(afterSeen(told, 'unknown').watching).toBe('no');
  });

  it('ends when it opened and was shut, and after another hub’s end once somebody has looked', () => {
    const opened = afterSeen(afterTold(looked), 'open');
    expect(guideStep(UP, { ...DOOR, door: 'open' }, opened)).toBe('shut');
    expect(guideStep(UP, { ...DOOR, door: 'closed' }, opened)).toBe('works');
    expect(guideStep(UP, { ...DOOR, door: 'closed', unverified: true }, opened)).toBe('compare');
  });

  it('counts an opening that comes after the verdict, and none that the key made', () => {
    const jammed = afterSeen(afterSeen(afterTold(looked), 'opening'), 'jammed');
    expect(afterSeen(jammed, 'open').opened).toBe(true);
    expect(afterSeen({ ...jammed, keyed: true }, 'open').opened).toBe(false);
    expect(afterSeen(looked, 'open').opened).toBe(false);
  });

  it('asks the person at a door without a sensor', () => {
    const unsensed = { ...DOOR, door: 'unsensed', sensed: false } as const;
    const told = afterTold(looked);
    expect(guideStep(UP, unsensed, afterSeen(told, 'unsensed'))).toBe('ask');
    expect(guideStep(UP, unsensed, { ...told, watching: 'no', opened: true })).toBe('works');
  });

  it('takes it out of service before the installer comes', () => {
    const givenUp = { ...looked, givenUp: true };
    expect(guideStep(UP, DOOR, givenUp)).toBe('retire');
    expect(guideStep(UP, { ...DOOR, inService: false }, givenUp)).toBe('installer');
  });
});
