/** Which cases the page shows. */
import { z } from 'zod';
import type { CaseFilter } from '../link/requests.ts';

export const CaseShown = z.enum(['open', 'mine', 'nobodys', 'closed']);
export type CaseShown = z.infer<typeof CaseShown>;

/** What is asked of the hub for each. */
export const FILTER_OF: Readonly<Record<CaseShown, CaseFilter>> = {
  open: { state: 'open', who: 'anybody' },
  mine: { state: 'open', who: 'me' },
  nobodys: { state: 'open', who: 'nobody' },
  closed: { state: 'closed', who: 'anybody' },
};
