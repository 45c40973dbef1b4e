import { StopStep } from '@lockerhub/protocol/http/visit.ts';
import { describe, expect, it } from 'vitest';
import { acrossRoom, courier, inRoom, PEOPLE, resident, stop } from '../screens/stage.ts';
import { drawnStops } from './drawn-stops.ts';
import { lastPlaced, missable, NOTHING_SAID, screenOf } from './screen.ts';

const STEPS = StopStep.options;

describe('which screen a visit shows', () => {
  it('has one for a courier at each step', () => {
    const screens = Object.fromEntries(
      STEPS.map((step) => [step, screenOf(courier([stop(8, step)]), NOTHING_SAID).name]),
    );
    expect(screens).toEqual({
      waiting: 'recipient',
      opening: 'opening',
      open: 'put-in',
      attest: 'attest',
      confirm: 'confirm',
      done: 'recipient',
      jammed: 'jammed',
      unknown: 'unknown',
      withdrawn: 'recipient',
      elsewhere: 'recipient',
      desk: 'desk',
    });
  });

  it('has one for a resident at each step', () => {
    const screens = Object.fromEntries(
      STEPS.map((step) => [step, screenOf(resident([stop(8, step)]), NOTHING_SAID).name]),
    );
    expect(screens).toMatchObject({
      open: 'take-out',
      waiting: 'collected',
      done: 'collected',
      elsewhere: 'collected',
    });
    expect(screenOf(resident([stop(8, 'waiting', { canOpen: true })]), NOTHING_SAID).name).toBe('next');
  });

  it('asks who came by a claim slip how to tell them, once, and after all doors', () => {
    const slip = { newcomer: true };
    expect(screenOf(resident([stop(8, 'open')], slip), NOTHING_SAID).name).toBe('take-out');
    const done = resident([stop(8, 'done')], slip);
    expect(screenOf(done, NOTHING_SAID).name).toBe('introduce');
    expect(screenOf(done, { ...NOTHING_SAID, introduced: true }).name).toBe('collected');
  });

  it('shows an open door before a question, and a question before trouble', () => {
    const stops = [stop(1, 'jammed'), stop(2, 'confirm'), stop(3, 'open')];
    for (const [left, expected] of [
      [stops, 'put-in'],
      [stops.slice(0, 2), 'confirm'],
      [stops.slice(0, 1), 'jammed'],
    ] as const) {
      expect(screenOf(courier([...left]), NOTHING_SAID).name).toBe(expected);
    }
  });

  it('asks for the size once there is a recipient, but never over an open door', () => {
    const local = { ...NOTHING_SAID, recipient: PEOPLE[0] ?? null };
    expect(screenOf(courier([stop(8, 'done')]), local).name).toBe('size');
    expect(screenOf(courier([stop(8, 'open')]), local).name).toBe('put-in');
    const refused = { ...local, noPlace: { size: 'M', why: null } } as const;
    expect(screenOf(courier([stop(8, 'done')]), refused).name).toBe('no-place');
    expect(screenOf(courier([stop(8, 'open')]), refused).name).toBe('put-in');
  });

  it('leaves trouble behind, but not a door that stands open', () => {
    const trouble = stop(1, 'jammed');
    const leftBehind = new Set([trouble.delivery]);
    const local = { ...NOTHING_SAID, leftBehind };
    expect(screenOf(resident([trouble, stop(2, 'waiting', { canOpen: true })]), local).name).toBe('next');
    expect(screenOf(resident([{ ...trouble, step: 'open' }]), local).name).toBe('take-out');
  });

  it('forgets a question that the hub no longer allows', () => {
    const asking = { what: 'other-door', delivery: stop(8, 'open').delivery } as const;
    const ask = (canOtherDoor: boolean) =>
      screenOf(courier([stop(8, 'open', { canOtherDoor })]), { ...NOTHING_SAID, asking }).name;
    expect([ask(true), ask(false)]).toEqual(['other-door', 'put-in']);
  });

  it('asks which zone’s parcel is not there, and then about that one alone', () => {
    const stops = acrossRoom(8, ['A1', 'A2', 'A2']);
    const [first, second] = stops as [(typeof stops)[0], (typeof stops)[0]];
    const view = resident(stops);
    expect(missable(view, first).map(({ place }) => place?.zone)).toEqual(['A1', 'A2']);
    const ask = (what: 'which-missing' | 'missing', delivery: string) =>
      screenOf(view, { ...NOTHING_SAID, asking: { what, delivery } });
    expect(ask('which-missing', first.delivery).name).toBe('which-missing');
    expect(ask('missing', second.delivery)).toMatchObject({ name: 'missing', stop: second });
    // It was said: the other is what is left to take.
    const said = stops.map((one) =>
      one === second ? { ...one, step: 'done' as const, canReportMissing: false } : one,
    );
    const asking = { what: 'missing', delivery: second.delivery } as const;
    expect(screenOf(resident(said), { ...NOTHING_SAID, asking })).toMatchObject({
      name: 'take-out',
      stop: first,
    });
  });

  it('asks for no zone where only one has a parcel of theirs', () => {
    const one = inRoom(8, ['A1'], { canReportMissing: true });
    const view = resident([one, stop(3, 'done', { canReportMissing: true })]);
    const asking = { what: 'which-missing', delivery: one.delivery } as const;
    expect(missable(view, one)).toEqual([one]);
    expect(screenOf(view, { ...NOTHING_SAID, asking }).name).toBe('take-out');
  });

  it('ends whatever goes on', () => {
    const ended = courier([stop(8, 'open')], { state: 'ended', endReason: 'restart' });
    expect(screenOf(ended, NOTHING_SAID).name).toBe('ended');
  });
});

describe('what a visit shows beside', () => {
  it('offers to undo the last parcel only while the hub does', () => {
    const view = courier([
      stop(1, 'done', { canUndo: true }),
      stop(2, 'done', { canUndo: true }),
      stop(3, 'done'),
    ]);
    expect(lastPlaced(view)?.place?.compartment).toBe(2);
    expect(lastPlaced(courier([stop(3, 'done')]))).toBeUndefined();
  });

  it('draws the doors of one bank, and a door that moves over one that rests', () => {
    const view = resident([
      stop(3, 'waiting'),
      stop(3, 'open', { delivery: '01900000-0000-7000-8000-000000000998' }),
      stop(9, 'done'),
    ]);
    expect(drawnStops(view, 'hall')).toMatchObject([
      { number: 3, door: 'open', parcels: 2 },
      { number: 9, door: 'closed', parcels: 0 },
    ]);
    expect(drawnStops(view, 'garage')).toEqual([]);
  });
});
