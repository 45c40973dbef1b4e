/**
 * The code that a message's link brought, until the pickup is over: the screen's QR opens the page anew, without it. On the
 * resident's own phone, in this browser alone.
 */
const KEY = 'lockerhub.code';

export function keptCode(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // A browser that keeps nothing: the code is asked for.
    return null;
  }
}

export function keepCode(code: string): void {
  try {
    localStorage.setItem(KEY, code);
  } catch {
    // As above.
  }
}

export function forgetCode(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}
