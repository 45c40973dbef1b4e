/**
 * A line that the service printed, as it may be shown and sent away. The hub's own logger hides secrets already
 * (`hub/config/logging.ts`); what is kept here is a list of fields with values of a known shape, and of errors only ours
 * keep their words: a mail server's may name a resident.
 */
import { z } from 'zod';

/** Fields that hold ids, numbers and words of ours. */
const KEPT: readonly string[] = [
  ...['part', 'bank', 'line', 'unit', 'compartment', 'session', 'port', 'epoch', 'seq', 'count', 'bytes'],
  ...['grant', 'delivery', 'visit', 'case', 'message', 'terminal', 'agent', 'channel', 'table'],
  ...['event', 'effect', 'trust', 'signal', 'code', 'state', 'type'],
];
/** An id, a slug or a word: no blank, no @, nothing that a person is called by. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const WORD = /^(?=.*[a-z])[a-z0-9.-]{1,60}$/i;
/** Whose messages are made of our own words (`error.ts` of each package). */
const OURS: ReadonlySet<string> = new Set([
  'HubError',
  'StoreError',
  'AgentError',
  'ProtocolError',
  'CloudFault',
  'Refusal',
]);
/** Of a stack: where, never what. */
const FRAME = /^\s+at .*?((?:[\w@.-]+\/){1,2}[\w.-]+:\d+:\d+)\)?$/;
const MAX_FRAMES = 12;

const Line = z.looseObject({
  level: z.string(),
  time: z.string(),
  msg: z.string().default(''),
  err: z
    .looseObject({
      type: z.string().default('Error'),
      message: z.string().default(''),
      stack: z.string().default(''),
      code: z.union([z.string(), z.number()]).optional(),
    })
    .optional(),
});

/** Null: nothing of it may be shown. */
export function serviceLine(text: string): string | null {
  const parsed = Line.safeParse(jsonOf(text));
  if (!parsed.success) return plainLine(text);
  const { level, time, msg, err, ...fields } = parsed.data;
  const kept = KEPT.flatMap((name) => {
    const value = shown(fields[name]);
    return value === null ? [] : [`${name}=${value}`];
  });
  return [[time, level.padEnd(5), scrub(msg), ...kept].join('  '), ...(err ? errorLines(err) : [])].join(
    '\n',
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function shown(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && (ID.test(value) || WORD.test(value)) ? value : null;
}

function errorLines({ type, message, stack, code }: NonNullable<z.infer<typeof Line>['err']>): string[] {
  const named = code === undefined ? type : `${type} ${shown(code) ?? ''}`;
  const said = OURS.has(type) ? `: ${scrub(message)}` : '';
  return [`    ${named}${said}`, ...framesOf(stack).map((frame) => `      at ${frame}`)];
}

function framesOf(stack: string): string[] {
  return stack
    .split('\n')
    .flatMap((line) => FRAME.exec(line)?.[1] ?? [])
    .slice(0, MAX_FRAMES);
}

/** What Node prints when it ends by itself: the kind of error and where. */
function plainLine(text: string): string | null {
  const frame = FRAME.exec(text)?.[1];
  if (frame !== undefined) return `      at ${frame}`;
  return /^[A-Z]\w*Error\b/.exec(text)?.[0] ?? null;
}

/** Our own words may still quote what somebody typed, or an address. */
export function scrub(text: string): string {
  return text
    .replace(/"[^"]*"|“[^”]*”|'[^']*'/g, '"…"')
    .replace(/\S+@\S+/g, '…')
    .replace(/(?<![\w-])\+?\d[\d\s()/-]{5,}\d(?![\w-])/g, '…')
    .replace(/(?<![\w-])(?=[A-Z0-9-]*\d)[A-Z0-9-]{8,}(?![\w-])/g, '…')
    .replace(/(?<![\w-])[\w-]{40,}(?![\w-])/g, '…');
}
