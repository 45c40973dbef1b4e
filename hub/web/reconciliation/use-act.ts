import type { ReconcileAct, ReconciliationView } from '@lockerhub/protocol/http/reconciliation.ts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { keys } from '../link/keys.ts';
import { reconcile } from '../link/requests.ts';

/** One act of a bank's walk; the page shows the walk as it then is, also where the act came too late. */
export function useAct(bank: string, onDone: () => void = () => {}) {
  const client = useQueryClient();
  const queryKey = [...keys.reconciliation, bank];
  return useMutation({
    mutationFn: (act: ReconcileAct) => reconcile(bank, act),
    onSuccess: (view: ReconciliationView) => {
      client.setQueryData(queryKey, view);
      onDone();
    },
    onError: () => client.invalidateQueries({ queryKey }),
  });
}
