/** Handing a letter to a program by HTTP, and what its answer says of another try. */
import { NotifierError } from './notifier.ts';

/** A provider that takes longer counts as away. */
const ANSWER_WITHIN_MS = 10_000;
/** RFC 9110, 15.5: the request itself is wrong, as it will be the next time. All else may pass. */
const NEVER: ReadonlySet<number> = new Set([400, 404, 410, 413, 422]);

export interface Post {
  /** Names the channel in what is told, such as `sms`. */
  readonly what: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Posts, and resolves once it was taken. No redirect is followed. @throws NotifierError */
export async function post({ what, url, headers, body }: Post): Promise<void> {
  let status: number;
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    status = answer.status;
    // What it says is of no interest, and may be long.
    await answer.body?.cancel();
  } catch (cause) {
    throw new NotifierError(`${what}: ${reasonOf(cause)}`, { permanent: false, away: true }, { cause });
  }
  if (status >= 200 && status < 300) return;
  const permanent = NEVER.has(status);
  throw new NotifierError(`${what}: the provider said ${status}`, { permanent, away: !permanent });
}

/** The kind of failure alone: the text may hold addresses. */
function reasonOf(cause: unknown): string {
  if (cause instanceof Error && cause.name === 'TimeoutError') return 'no answer in time';
  const inner = (cause as { readonly cause?: { readonly code?: unknown } }).cause;
  return typeof inner?.code === 'string' ? inner.code : 'not reached';
}
