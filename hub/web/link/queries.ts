/** The page's reads, as hooks. Live events keep them fresh (see `live.tsx`), so none of them polls. */
import type { LogCheckReport } from '@lockerhub/protocol/http/log-check.ts';
import { PhoneCountry } from '@lockerhub/protocol/http/phone-number.ts';
import type { CaseView, LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import {
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';
import { hasRight, mayWorkOn, type Right } from '../../sign-in/rights.ts';
import { isSignedOut, isWorthAnotherTry } from './hub-error.ts';
import { keys } from './keys.ts';
import { HAPPENINGS_KEPT } from './patch.ts';
import * as hub from './requests.ts';

/** Rows of a list that are asked for at once. */
const PAGE_ROWS = 50;
/** Pages of a list that stay loaded: 20 × 50 rows; who needs more searches. */
const PAGES_KEPT = 20;
const RETRIES = 2;

export function createQueryClient(): QueryClient {
  // A session that ended shows at whatever is asked next: then `me` is asked, and the sign-in takes over.
  const onError = (error: unknown) => {
    const me = client.getQueryState(keys.me);
    if (isSignedOut(error) && me?.status === 'success') void client.invalidateQueries({ queryKey: keys.me });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < RETRIES && isWorthAnotherTry(error),
        // Live events say when something changed.
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        // The hub on the LAN is reachable without the internet: the browser's idea of "online" doesn't matter.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
  return client;
}

/** The end of an import makes no entry that the page would hear. */
const ROSTER_ASK_EACH_MS = 1_000;

const LOG_CHECK_ASK_EACH_MS = 1_000;

export const useSetupState = () =>
  useQuery({ queryKey: keys.setup, queryFn: ({ signal }) => hub.setupState(signal) });
export const useMe = (enabled: boolean) =>
  useQuery({ queryKey: keys.me, queryFn: ({ signal }) => hub.me(signal), enabled });
export const useBuilding = () =>
  useQuery({ queryKey: keys.building, queryFn: ({ signal }) => hub.building(signal) });

/** What the building lacks; live events say when to ask anew. */
export const useFirstSteps = () =>
  useQuery({ queryKey: keys.firstSteps, queryFn: ({ signal }) => hub.firstSteps(signal) });

export const useRecovery = (enabled: boolean) =>
  useQuery({ queryKey: keys.recovery, queryFn: ({ signal }) => hub.recoveryState(signal), enabled });

/** What whoever is signed in may do, by the hub's own table: the page offers nothing that the hub would refuse. */
export function useMay(): (right: Right) => boolean {
  const role = useMe(true).data?.role;
  return (right) => role !== undefined && hasRight(role, right);
}

/** Of which cases whoever is signed in may take, note and close. */
export function useMayWorkOn(): (kind: CaseView['kind']) => boolean {
  const role = useMe(true).data?.role;
  return (kind) => role !== undefined && mayWorkOn(role, kind);
}

export const useResidents = () =>
  useQuery({
    queryKey: keys.residents,
    queryFn: ({ signal }) => hub.residents(signal),
    enabled: useMay()('see-people'),
  });
export const useUnits = () => useQuery({ queryKey: keys.units, queryFn: ({ signal }) => hub.units(signal) });
export const useStored = (resident: string) =>
  useQuery({
    queryKey: [...keys.stored, resident],
    queryFn: ({ signal }) => hub.stored(resident, signal),
    // Parcels come and go without a word to this page.
    staleTime: 0,
  });
export const useDelegates = (resident: string) =>
  useQuery({
    queryKey: [...keys.delegates, resident],
    queryFn: ({ signal }) => hub.delegates(resident, signal),
    staleTime: 0,
  });
export const useCouriers = () =>
  useQuery({
    queryKey: keys.couriers,
    queryFn: ({ signal }) => hub.couriers(signal),
    enabled: useMay()('see-people'),
  });
export const useCarriers = () =>
  useQuery({
    queryKey: keys.carriers,
    queryFn: ({ signal }) => hub.carriers(signal),
    enabled: useMay()('see-people'),
  });
export const useColleagues = () =>
  useQuery({ queryKey: keys.colleagues, queryFn: ({ signal }) => hub.colleagues(signal) });
/** One case; live events say when to ask anew. */
export const useCase = (id: string) =>
  useQuery({ queryKey: [...keys.cases, id], queryFn: ({ signal }) => hub.oneCase(id, signal) });
/** What was typed off the label of a case's parcel, for those who may see people. */
export const useLabelWords = (delivery: string) =>
  useQuery({
    queryKey: [...keys.cases, 'words', delivery],
    queryFn: ({ signal }) => hub.labelWords(delivery, signal),
    enabled: useMay()('see-people'),
  });
export const useAccounts = () =>
  useQuery({ queryKey: keys.accounts, queryFn: ({ signal }) => hub.accounts(signal) });
/** What somebody knows changes with every message that is read: asked for anew each time. */
export const useKnownCodes = (staff: string) =>
  useQuery({
    queryKey: [...keys.knownCodes, staff],
    queryFn: ({ signal }) => hub.knownCodes(staff, signal),
    staleTime: 0,
  });
/** The newest list of residents; while it is being taken over, live events say when to ask anew. */
export const useRoster = () =>
  useQuery({
    queryKey: keys.roster,
    queryFn: ({ signal }) => hub.roster(signal),
    refetchInterval: ({ state: { data } }) =>
      data && data.state !== 'done' && data.state !== 'undone' ? ROSTER_ASK_EACH_MS : false,
  });
export const usePolicy = () =>
  useQuery({ queryKey: keys.policy, queryFn: ({ signal }) => hub.policy(signal) });
/** Whose phone numbers those are that name no country. */
export function usePhoneCountry(): PhoneCountry {
  const item = usePolicy().data?.find(({ name }) => name === 'phoneCountry');
  return PhoneCountry.safeParse(item?.value).data ?? 'none';
}
export const useAgents = () =>
  useQuery({
    queryKey: keys.agents,
    queryFn: ({ signal }) => hub.agents(signal),
    enabled: useMay()('banks'),
  });
export const useTerminals = () =>
  useQuery({
    queryKey: keys.terminals,
    queryFn: ({ signal }) => hub.terminals(signal),
    enabled: useMay()('terminals'),
  });

/** How old the standing with the cloud may be: nothing tells the page when an answer of the cloud came. */
const CLOUD_ASK_EACH_MS = 5_000;

export const useCloud = () =>
  useQuery({
    queryKey: keys.cloud,
    queryFn: ({ signal }) => hub.cloud(signal),
    refetchInterval: CLOUD_ASK_EACH_MS,
  });

/** The commissioning walk of a bank; live events say when to ask anew. */
export const useCommissioning = (bank: string) =>
  useQuery({
    queryKey: [...keys.commissioning, bank],
    queryFn: ({ signal }) => hub.commissioning(bank, signal),
  });

/** The walk that compares records and doors; live events say when to ask anew. */
export const useReconciliation = (bank: string) =>
  useQuery({
    queryKey: [...keys.reconciliation, bank],
    queryFn: ({ signal }) => hub.reconciliation(bank, signal),
  });

/** What the desk holds; live events say when to ask anew. */
export const useDesk = () => useQuery({ queryKey: keys.desk, queryFn: ({ signal }) => hub.desk(signal) });

/** A running scan is asked for so often; agents tell once a second. */
const SCAN_ASK_EACH_MS = 1_000;

/** The newest scan of a bank's lines. */
export const useScan = (bank: string) =>
  useQuery({
    queryKey: [...keys.scan, bank],
    queryFn: ({ signal }) => hub.scan(bank, signal),
    refetchInterval: ({ state }) => {
      const scan = state.data?.scan;
      return scan && (scan.state === null || scan.state.is === 'running') ? SCAN_ASK_EACH_MS : false;
    },
  });

/** How the locks of a bank do. */
export const useHealth = (bank: string) =>
  useQuery({
    queryKey: [...keys.health, bank],
    queryFn: ({ signal }) => hub.bankHealth(bank, signal),
  });

/** What one lock did day by day. */
export const useLockDays = (bank: string, compartment: number) =>
  useQuery({
    queryKey: [...keys.health, bank, compartment],
    queryFn: ({ signal }) => hub.lockDays(bank, compartment, signal),
  });

/** The newest entries, newest first; live events add to them. */
export const useHappenings = () =>
  useQuery({
    queryKey: keys.happenings,
    queryFn: async ({ signal }): Promise<readonly LogEntryView[]> =>
      (await hub.logPage(null, HAPPENINGS_KEPT, signal)).items,
  });

export const useDeliveryStory = (delivery: string) =>
  useQuery({
    queryKey: [...keys.delivery, delivery],
    queryFn: ({ signal }) => hub.deliveryStory(delivery, signal),
  });

interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly before: string | null;
}

/** A list that loads page after page; `rows` are all that are loaded. */
function useList<Item>(
  queryKey: readonly unknown[],
  load: (before: hub.Before, signal: AbortSignal) => Promise<PageOf<Item>>,
) {
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => load(pageParam, signal),
    initialPageParam: null as hub.Before,
    getNextPageParam: (page, pages) => (pages.length < PAGES_KEPT ? page.before : null),
    placeholderData: keepPreviousData,
  });
  const rows = list.data?.pages.flatMap((page) => page.items);
  return { ...list, rows };
}

export const useDeliveries = (filter: hub.DeliveryFilter) =>
  useList([...keys.deliveries, filter], (before, signal) =>
    hub.deliveries(filter, before, PAGE_ROWS, signal),
  );
export const useCourierUses = (courier: string) =>
  useList([...keys.courierUses, courier], (before, signal) =>
    hub.courierUses(courier, before, PAGE_ROWS, signal),
  );
export const useLog = () => useList(keys.log, (before, signal) => hub.logPage(before, PAGE_ROWS, signal));
/** Its end makes no entry that the page would hear. @param isAwaited whether the end of a check is waited for */
export const useLogCheck = (isAwaited: (report: LogCheckReport) => boolean) =>
  useQuery({
    queryKey: keys.logCheck,
    queryFn: ({ signal }) => hub.logCheck(signal),
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => (data && isAwaited(data) ? LOG_CHECK_ASK_EACH_MS : false),
  });
export const useOutbox = () =>
  useList(keys.outbox, (before, signal) => hub.outboxPage(before, PAGE_ROWS, signal));
export const useCases = (filter: hub.CaseFilter) =>
  useList([...keys.cases, filter], (before, signal) => hub.casesPage(filter, before, PAGE_ROWS, signal));
