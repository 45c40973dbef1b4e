import type { Problem } from '@lockerhub/protocol/http/problem.ts';

/** `hub-away`: no answer at all. `answer-invalid`: an answer that this page does not understand. */
export type HubErrorCode = 'hub-away' | 'answer-invalid' | 'refused';

/** A request to the hub that gave nothing. `problem` is what the hub said, if it said something. */
export class HubError extends Error {
  readonly code: HubErrorCode;
  readonly status: number | null;
  readonly problem: Problem | null;

  constructor(
    code: HubErrorCode,
    message: string,
    more: { readonly status?: number; readonly problem?: Problem; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = 'HubError';
    this.code = code;
    this.status = more.status ?? null;
    this.problem = more.problem ?? null;
  }
}

/** Does this error say that nobody is signed in? */
export function isSignedOut(error: unknown): boolean {
  return error instanceof HubError && error.status === 401;
}

/** Would asking again, unchanged, make sense? A refusal stays a refusal. */
export function isWorthAnotherTry(error: unknown): boolean {
  if (!(error instanceof HubError)) return false;
  if (error.code === 'hub-away') return true;
  return error.status === 503 || error.status === 502 || error.status === 504;
}
