import { ApiKeys } from '../api-keys/api-keys.ts';
import { WebhookRows } from '../webhooks/webhook-settings.ts';
import { Webhooks } from '../webhooks/webhooks.ts';
import type { Starting } from './starting.ts';

/** What programs outside the hub deal with. */
export interface ProgramSide {
  readonly apiKeys: ApiKeys;
  readonly webhooks: Webhooks;
  readonly webhookRows: WebhookRows;
}

/** Starts it. */
export async function startProgramSide(starting: Starting): Promise<ProgramSide> {
  const { clock, random, log, core, reach, hold } = starting;
  const rooted = {
    register: core.register,
    log: core.buildingLog,
    clock,
    random,
    rootKey: core.keyring.codeKey,
  };
  const apiKeys = new ApiKeys({
    ...rooted,
    store: core.store,
    clockTrust: () => core.clockWatch.trust(),
    onFault: (error) => log.warn({ err: error }, 'the use of an API key could not be noted'),
  });
  await apiKeys.start();
  const webhookRows = new WebhookRows(rooted);
  const webhooks = new Webhooks({
    ...rooted,
    rows: webhookRows,
    store: core.store,
    building: () => core.settings.get()?.building ?? '',
    epoch: core.epoch,
    onFault: (error) => log.error({ err: error }, 'a webhook waits: the log could not be read or noted'),
  });
  // On trial what it says may be put back, and a fenced hub has nothing to say.
  if (!hold.isTrial && core.fence.by === null) await webhooks.start();
  // The other hub tells programs what is true.
  reach.hold(() => webhooks.stop());
  return { apiKeys, webhooks, webhookRows };
}
