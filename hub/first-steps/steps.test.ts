import { FIRST_STEPS, type FirstStep, type SetUpFacts } from '@lockerhub/protocol/http/first-steps.ts';
import { expect, it } from 'vitest';
import { firstSteps } from './steps.ts';

const EMPTY: SetUpFacts = {
  units: 0,
  residents: 0,
  banks: [],
  couriers: 0,
  channels: [],
  tested: [],
  terminals: 0,
  brought: false,
  collected: false,
};
const BANK = { bank: 'hall', name: 'Hall', answered: true, untried: 0 };
const doneOf = (facts: Partial<SetUpFacts>): FirstStep[] =>
  firstSteps({ ...EMPTY, ...facts }).flatMap(({ step, done }) => (done ? [step] : []));

it('are all open in an empty building, in their order, each with those whose work it is', () => {
  const steps = firstSteps(EMPTY);
  expect(steps.map(({ step }) => step)).toEqual([...FIRST_STEPS]);
  expect(steps.some(({ done }) => done)).toBe(false);
  expect(steps.map(({ roles }) => roles.join('+'))).toEqual([
    'manager+desk',
    'manager+installer',
    'manager+installer',
    'manager+desk',
    'manager+installer',
    'manager+installer',
  ]);
});

it.each<[string, Partial<SetUpFacts>, FirstStep[]]>([
  ['units alone are nobody', { units: 4 }, []],
  ['a resident', { residents: 1 }, ['residents']],
  ['a bank that never answered', { banks: [{ ...BANK, answered: false, untried: 4 }] }, []],
  ['a bank that answers and was not walked', { banks: [{ ...BANK, untried: 4 }] }, ['banks']],
  ['a bank that was walked', { banks: [BANK] }, ['banks', 'layout']],
  ['one of two banks walked', { banks: [BANK, { ...BANK, bank: 'yard', untried: 1 }] }, ['banks']],
  ['one of two banks silent', { banks: [BANK, { ...BANK, bank: 'yard', answered: false }] }, ['layout']],
  ['a courier', { couriers: 1 }, ['couriers']],
  ['mail that nobody tried', { channels: ['email'] }, []],
  ['mail that was tried', { channels: ['email'], tested: ['email'] }, ['messages']],
  ['a screen, and a parcel that waits', { terminals: 1, brought: true }, []],
  ['a parcel that came and went', { terminals: 1, brought: true, collected: true }, ['parcel']],
])('%s', (_, facts, done) => {
  expect(doneOf(facts)).toEqual(done);
});
