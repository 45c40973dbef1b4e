/**
 * What a resident calls those whom they let collect: on their own phone, in this browser alone. The building needs no
 * name of somebody who does not live there.
 */
import { z } from 'zod';

const KEY = 'lockerhub.delegates';
/** As many as may collect for one resident at once, and as many again that are over. */
const MOST = 20;
const Names = z.array(z.tuple([z.string(), z.string()]));

/** Delegate → name. */
export function keptNames(): ReadonlyMap<string, string> {
  try {
    return new Map(Names.parse(JSON.parse(localStorage.getItem(KEY) ?? '[]')));
  } catch {
    // A browser that keeps nothing, or something else: then they have no names here.
    return new Map();
  }
}

export function keepName(delegate: string, name: string): void {
  try {
    const names = [...keptNames(), [delegate, name] as const].slice(-MOST);
    localStorage.setItem(KEY, JSON.stringify(names));
  } catch {
    // As above.
  }
}
