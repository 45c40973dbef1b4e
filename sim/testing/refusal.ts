/** By which code the building refused. */
import { Refusal } from '@lockerhub/hub/deliveries/refusal.ts';

/** The code of the refusal that `work` ended with; words that are no code if it was not refused. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.catch((reason: unknown) => reason);
  return error instanceof Refusal ? error.code : `no refusal: ${String(error)}`;
}
