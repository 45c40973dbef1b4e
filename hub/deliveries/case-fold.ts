/** The fold of what staff do about a case. */
import type { Payload } from '@lockerhub/protocol/log/payload.ts';
import type { Model } from './model.ts';

export function foldCaseWork(
  model: Model,
  { type, by, data }: Extract<Payload, { type: 'case.taken' | 'case.released' | 'case.noted' }>,
): void {
  const before = model.cases.get(data.case);
  if (!before) return;
  const after =
    type === 'case.noted'
      ? { notes: before.notes + 1 }
      : { takenBy: type === 'case.taken' ? (by.id ?? null) : null };
  model.cases.set(data.case, { ...before, ...after });
}
