import type { WireHead } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { z } from 'zod';
import type { CommandRefusal } from './commands/decide.ts';

/** What the gateway refuses or cannot do. Those that a hub may meet stand in `protocol/sync/hub-messages.ts` too. */
export type GatewayErrorCode =
  | 'config-invalid'
  | 'port-taken'
  | 'schema-newer'
  | 'schema-older'
  | 'request-invalid'
  | 'not-found'
  | 'too-large'
  | 'too-many-attempts'
  | 'overloaded'
  | 'code-unknown'
  | 'building-mismatch'
  | 'key-foreign'
  | 'epoch-fenced'
  | 'hub-fenced'
  | 'epoch-clash'
  | 'epoch-unproven'
  | 'token-unknown'
  | 'envelope-none'
  | 'cursor-ahead'
  | 'fork'
  | 'chain-broken'
  | 'shapes-away'
  | 'signed-out'
  | 'password-wrong'
  | 'forbidden'
  | 'origin-foreign'
  | 'login-taken'
  | 'invitation-unknown'
  | 'slug-taken'
  | 'time-zone-unknown'
  | 'last-admin'
  | 'target-refused'
  | 'too-many-commands'
  | CommandRefusal;

/** What a problem tells besides its code and text. */
export interface ProblemExtras {
  /** The part of the request or the setting that it is about. */
  readonly where?: string;
  /** After how long another try makes sense. */
  readonly retryAfterMs?: number;
  /** The cloud's head of the building. */
  readonly head?: z.infer<typeof WireHead>;
  /** The epoch that the cloud has adopted. */
  readonly epoch?: number;
}

/** `message` says what, where and what to do; it is shown to hubs' staff and to operators, and holds no secret. */
export class GatewayError extends Error {
  readonly code: GatewayErrorCode;
  readonly extras: ProblemExtras;

  constructor(code: GatewayErrorCode, message: string, options: ErrorOptions & ProblemExtras = {}) {
    const { cause, ...extras } = options;
    super(message, cause === undefined ? {} : { cause });
    this.name = 'GatewayError';
    this.code = code;
    this.extras = extras;
  }
}
