/** The fold of the mechanical keys that staff declared. */
import type { Payload } from '@lockerhub/protocol/log/payload.ts';
import { doorKey, type Model } from './model.ts';

type KeyPayload = Extract<Payload, { type: 'key.declared' | 'key.used' | 'key.over' }>;

/** What an entry about a mechanical key does to the model. */
export function foldKey(model: Model, payload: KeyPayload, nowMs: number): void {
  switch (payload.type) {
    case 'key.declared': {
      const { key: id, bank, compartment, withinMs, reason } = payload.data;
      model.keys.set(id, { id, bank, compartment, withinMs, reason, staff: payload.by.id ?? '' });
      model.declaredMs.set(id, nowMs);
      return;
    }
    case 'key.used': {
      const { bank, compartment } = payload.data;
      model.keyed.set(doorKey(payload.data), { bank, compartment });
      return;
    }
    case 'key.over':
      model.keys.delete(payload.data.key);
      model.declaredMs.delete(payload.data.key);
  }
}
