/** Whole numbers on the command lines of rigs. */
import { InvalidArgumentError } from 'commander';

/** A parser for commander: a whole number from 1 on. */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('give a whole number from 1 on');
  return number;
}
