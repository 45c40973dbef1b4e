/** Refusals that an operator has to hear of: recorded apart, because the transaction that found them is undone. */
import type { Gateway } from '../api/api.ts';
import { GatewayError, type GatewayErrorCode } from '../error.ts';
import { type IncidentKind, recordIncident } from './incidents.ts';

const KINDS: Readonly<Partial<Record<GatewayErrorCode, IncidentKind>>> = {
  fork: 'fork',
  'chain-broken': 'chain-broken',
  'epoch-clash': 'epoch-clash',
  'epoch-fenced': 'fenced-hub',
  'key-foreign': 'key-foreign',
};

/** Runs `work`, and records an incident of the building where it refuses for one of these reasons. */
export async function reporting<Result>(
  { database, clock, log }: Pick<Gateway, 'database' | 'clock' | 'log'>,
  building: () => string | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const kind = error instanceof GatewayError ? KINDS[error.code] : undefined;
    const id = building();
    if (kind !== undefined && id !== undefined) {
      const incident = { building: id, kind, detail: (error as GatewayError).message, atMs: clock.wallMs() };
      // The hub hears of the refusal in any case; it will speak again, and the incident is recorded then.
      await database
        .transaction((client) => recordIncident(client, incident))
        .catch((cause) => log.error({ err: cause, building: id, kind }, 'an incident could not be recorded'));
    }
    throw error;
  }
}
