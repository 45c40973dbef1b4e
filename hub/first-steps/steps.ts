/** Which of the first steps are done: from what is there, never from what somebody clicked. */
import {
  FIRST_STEPS,
  type FirstStep,
  type FirstStepsView,
  type SetUpFacts,
} from '@lockerhub/protocol/http/first-steps.ts';
import { type Right, rolesWith } from '../sign-in/rights.ts';

interface Step {
  readonly right: Right;
  readonly isDone: (facts: SetUpFacts) => boolean;
}

const STEPS: Readonly<Record<FirstStep, Step>> = {
  residents: { right: 'residents', isDone: ({ residents }) => residents > 0 },
  banks: {
    right: 'banks',
    isDone: ({ banks }) => banks.length > 0 && banks.every(({ answered }) => answered),
  },
  layout: {
    right: 'banks',
    isDone: ({ banks }) => banks.length > 0 && banks.every(({ untried }) => untried === 0),
  },
  couriers: { right: 'couriers', isDone: ({ couriers }) => couriers > 0 },
  messages: { right: 'channels', isDone: ({ tested }) => tested.length > 0 },
  parcel: { right: 'terminals', isDone: ({ collected }) => collected },
};

/** Each step in its order, whether it is done and whose work it is. */
export function firstSteps(facts: SetUpFacts): FirstStepsView['steps'] {
  return FIRST_STEPS.map((step) => {
    const { right, isDone } = STEPS[step];
    return { step, done: isDone(facts), roles: [...rolesWith(right)] };
  });
}
