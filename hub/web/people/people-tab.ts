import { z } from 'zod';

/** What the page of people shows. */
export const PeopleTab = z.enum(['residents', 'units', 'couriers']);
export type PeopleTab = z.infer<typeof PeopleTab>;
