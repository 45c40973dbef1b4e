import type { CommissioningView, WalkStep } from '@lockerhub/protocol/http/commissioning.ts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { keys } from '../link/keys.ts';
import { walkStep } from '../link/requests.ts';

/** Takes the next step of a bank's walk; the page shows the walk as it then is. */
export function useStep(bank: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (step: WalkStep) => walkStep(bank, step),
    onSuccess: (view: CommissioningView) => client.setQueryData([...keys.commissioning, bank], view),
  });
}
