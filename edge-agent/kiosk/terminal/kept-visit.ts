const KEY = 'lockerhub.visit';

/** The id of the visit that was going on when the page was left; null if none, or if the browser keeps nothing. */
export function keptVisit(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    // A locked-down browser: a reload then asks for the code again.
    return null;
  }
}

/** Keeps the id for a reload. An id opens nothing without this terminal's cookie. */
export function keepVisit(visit: string | null): void {
  try {
    if (visit) sessionStorage.setItem(KEY, visit);
    else sessionStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}
