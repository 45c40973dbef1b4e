/** What the page of backups asks the hub. */
import { BackupsView } from '@lockerhub/protocol/http/backup.ts';
import { useQuery } from '@tanstack/react-query';
import { ask } from '../link/ask.ts';

const BACKUPS = '/api/v1/backups';
/** How the page's state is called in the query cache. */
export const BACKUPS_KEY = ['backups'];
/** Nothing tells the page that one is being made, or that a stick was pulled out. */
const ASK_EACH_MS = 10_000;
const ASK_EACH_WHILE_MAKING_MS = 1_000;

export const useBackups = () =>
  useQuery({
    queryKey: BACKUPS_KEY,
    queryFn: ({ signal }) => ask({ path: BACKUPS, signal }, BackupsView),
    refetchInterval: ({ state: { data } }) => (data?.making ? ASK_EACH_WHILE_MAKING_MS : ASK_EACH_MS),
  });

/** Has one begun: it takes longer than a request may. */
export const backUpNow = () => ask({ method: 'POST', path: `${BACKUPS}?wait=no`, body: {} }, BackupsView);
