/** The fold of what is known of power supplies: who jammed since when. */
import type { Payload } from '@lockerhub/protocol/log/payload.ts';
import { type Model, type Supply, supplyKey } from './model.ts';

type SupplyPayload = Extract<
  Payload,
  { type: 'lock.jammed' | 'lock.cleared' | 'supply.failed' | 'supply.restored' }
>;

/** What an entry about a supply does to the model. */
export function foldSupply(model: Model, payload: SupplyPayload): void {
  const { bank, supply } = payload.data;
  const key = supplyKey(payload.data);
  const before = model.supplies.get(key) ?? { bank, supply, jams: [], row: [], failed: null };
  switch (payload.type) {
    case 'lock.jammed': {
      const { compartment, jams } = payload.data;
      model.supplies.set(key, {
        ...before,
        jams: [...jamsBeside(before, compartment), { compartment, jams }],
        row: [...before.row.filter((other) => other !== compartment), compartment],
      });
      return;
    }
    case 'lock.cleared': {
      const { compartment, why, over } = payload.data;
      if (over) return void model.supplies.delete(key);
      const row = why === 'opened' ? [] : before.row;
      return void model.supplies.set(key, { ...before, jams: jamsBeside(before, compartment), row });
    }
    case 'supply.failed':
      return void model.supplies.set(key, { bank, supply, jams: [], row: [], failed: payload.data.case });
    case 'supply.restored':
      return void model.supplies.delete(key);
  }
}

/** The jams of a supply's other locks. */
export function jamsBeside({ jams }: Supply, compartment: number): Supply['jams'] {
  return jams.filter((other) => other.compartment !== compartment);
}
