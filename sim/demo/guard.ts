/** Who may use the demo's own servers. */

/** Holds the key in browsers. */
export const KEY_COOKIE = 'lockerhub_demo';
/** How this machine is called by itself; any other name is somebody's who rebound theirs to us. */
const OWN_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

export interface Asked {
  readonly method: string;
  /** Whole, with the host as it was asked for. */
  readonly url: string;
  readonly origin?: string | undefined;
  /** The header. */
  readonly cookie?: string | undefined;
  /** The header `x-demo-key`, of programs. */
  readonly keyHeader?: string | undefined;
}

/**
 * Why a request is not for us, or undefined. Without a key only this machine's own names are served, and no page of
 * another origin may press buttons.
 */
export function refusalOf({ method, url, origin, cookie = '', keyHeader }: Asked, key: string | null) {
  if (!URL.canParse(url)) return 'not understood';
  const { protocol, host, hostname, searchParams } = new URL(url);
  if (method !== 'GET' && origin !== undefined && origin !== `${protocol}//${host}`) {
    return 'another page may not press buttons here';
  }
  const kept = new RegExp(`(?:^|;\\s*)${KEY_COOKIE}=([^;]*)`).exec(cookie)?.[1];
  const given = searchParams.get('key') ?? keyHeader ?? kept;
  if (key !== null && given !== key) return 'open the address with the key that npm start printed';
  if (key === null && !OWN_NAMES.has(hostname)) {
    return 'the demo is for this machine; start it with --lan for others';
  }
  return undefined;
}
