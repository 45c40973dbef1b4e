/** A walk as the page shows it. */
import type { ReconciliationView } from '@lockerhub/protocol/http/reconciliation.ts';
import type { Model } from '../deliveries/model.ts';

export function reconciliationView(model: Model, bank: string): ReconciliationView {
  const walk = model.reconciliations.get(bank);
  const last = model.reconciled.get(bank);
  const found = new Map(walk?.found.map(({ compartment, finding }) => [compartment, finding]));
  const lookers = [...model.lookers.values()].filter((looker) => looker.bank === bank);
  return {
    walk: walk
      ? {
          doors: walk.doors.map((compartment) => ({
            compartment,
            finding: found.get(compartment) ?? null,
          })),
          at: lookers.map(({ compartment, staff }) => ({ compartment, staff })),
        }
      : null,
    last: last
      ? {
          at: last.atMs,
          asRecorded: last.asRecorded,
          differs: last.differs,
          noOpening: last.noOpening,
          skipped: last.skipped,
        }
      : null,
  };
}
