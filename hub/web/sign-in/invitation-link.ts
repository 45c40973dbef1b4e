/** An invitation's link keeps its secret behind the `#`, which browsers send to nobody. */
const MARK = '#invitation=';

export function invitationLink(origin: string, token: string): string {
  return `${origin}/${MARK}${token}`;
}

/** The secret of an invitation's link; undefined if this is none. */
export function invitationOf(hash: string): string | undefined {
  const token = hash.startsWith(MARK) ? hash.slice(MARK.length) : '';
  return token === '' ? undefined : token;
}
