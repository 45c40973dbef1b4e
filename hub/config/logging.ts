import { type DestinationStream, type Logger, pino } from 'pino';

/**
 * Fields that must never be readable in a log, whatever object they sit in. Codes are not logged at all; this is the
 * second lock on that door.
 */
const SECRET_FIELDS = [
  'password',
  'token',
  'code',
  'cookie',
  'authorization',
  'codeKey',
  'passwordHash',
  'tokenHash',
  'credentialHash',
  'email',
  'tracking',
];
/** Error codes are words of ours (`store-broken`), never a holder's code: those have digits only. */
const HOLDER_CODE = /^[\d\s-]{4,}$/;

/** JSON logs on standard output (or `destination`), without secrets, codes and contacts. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: (value: unknown, path: string[]) =>
        path.at(-1) === 'code' && typeof value === 'string' && !HOLDER_CODE.test(value) ? value : '[hidden]',
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
