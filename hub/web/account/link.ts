/** What the pages about one's own account ask the hub. */
import { type ChangePassword, OwnAccount, type OwnAddress } from '@lockerhub/protocol/http/accounts.ts';
import { TestResult } from '@lockerhub/protocol/http/messages.ts';
import { useQuery } from '@tanstack/react-query';
import { ask, tell } from '../link/ask.ts';
import { keys } from '../link/keys.ts';

const ACCOUNT = '/api/v1/me/account';

export const useOwnAccount = () =>
  useQuery({
    queryKey: keys.ownAccount,
    queryFn: ({ signal }) => ask({ path: ACCOUNT, signal }, OwnAccount),
    // Nothing tells the page that the mail server is away.
    refetchOnMount: 'always',
  });

export const setOwnAddress = (body: OwnAddress) => ask({ method: 'POST', path: ACCOUNT, body }, OwnAccount);

export const testOwnAddress = () => ask({ method: 'POST', path: `${ACCOUNT}/test`, body: {} }, TestResult);

export const changePassword = (body: ChangePassword) => tell({ path: `${ACCOUNT}/password`, body });
