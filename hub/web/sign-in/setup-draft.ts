/** What somebody writes on the first visit, and what is wrong with it, before the hub is asked. */
import { Email, Login, Password, type Setup } from '@lockerhub/protocol/http/staff.ts';
import { Slug } from '@lockerhub/protocol/ids.ts';
import { knownTimeZone } from '../words/formats.ts';

export interface SetupDraft extends Setup {
  /** Empty: told nothing by mail. */
  readonly email: string;
  readonly repeat: string;
}

type SetupRule = 'required' | 'slug' | 'password' | 'repeat' | 'timeZone' | 'tooLong' | 'email';
export type SetupFaults = Readonly<Partial<Record<keyof SetupDraft, SetupRule>>>;

/** A short name made of a long one: "Linden Court" → "linden-court"; empty if nothing of it can be used. */
export function slugOf(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
}

/** What is wrong, field by field; nothing if the hub can be asked. */
export function faultsOf(draft: SetupDraft): SetupFaults {
  const faults: Partial<Record<keyof SetupDraft, SetupRule>> = {};
  if (draft.name.trim() === '') faults.name = 'required';
  else if (draft.name.trim().length > 80) faults.name = 'tooLong';
  if (!Slug.safeParse(draft.building).success) faults.building = 'slug';
  if (draft.timeZone === '') faults.timeZone = 'required';
  else if (knownTimeZone(draft.timeZone) !== draft.timeZone) faults.timeZone = 'timeZone';
  if (draft.login.trim() === '') faults.login = 'required';
  else if (!Login.safeParse(draft.login).success) faults.login = 'tooLong';
  if (!Password.safeParse(draft.password).success)
    faults.password = draft.password.length > 200 ? 'tooLong' : 'password';
  else if (draft.repeat !== draft.password) faults.repeat = 'repeat';
  const email = draft.email.trim();
  if (email !== '' && !Email.safeParse(email).success) faults.email = 'email';
  return faults;
}

/** What the hub is asked. */
export function setupOf({ repeat: _, email, ...setup }: SetupDraft): Setup {
  const address = email.trim();
  return { ...setup, name: setup.name.trim(), ...(address === '' ? {} : { email: address }) };
}
