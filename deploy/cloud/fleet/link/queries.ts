/** The page's reads, as hooks. There is no stream from the gateway: what is on the screen is asked for again. */
import { isSignedOut, isWorthAnotherTry } from '@lockerhub/hub/web/link/hub-error.ts';
import type { OperatorRole } from '@lockerhub/protocol/http/operators.ts';
import {
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import * as cloud from './requests.ts';

/** A hub speaks every 30 s: a page that asks more often learns nothing. Only while it is looked at. */
const EVERY_MS = 15_000;
/** A command lives for a minute, and whoever asked for a look at the log waits for it. */
const SOON_MS = 2_000;
const RETRIES = 2;

export const ME = ['me'] as const;

export function createQueryClient(): QueryClient {
  // A session that ended shows at whatever is asked next.
  const onError = (error: unknown) => {
    if (isSignedOut(error) && client.getQueryState(ME)?.status === 'success') {
      void client.invalidateQueries({ queryKey: ME });
    }
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError, onSuccess: () => void client.invalidateQueries() }),
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < RETRIES && isWorthAnotherTry(error),
        staleTime: EVERY_MS,
        refetchInterval: EVERY_MS,
      },
    },
  });
  return client;
}

export const useMe = () => useQuery({ queryKey: ME, queryFn: cloud.me, refetchInterval: false });

/** Whose buildings are on the screen, and what whoever is signed in may do there. */
export interface Membership {
  readonly organisation: string;
  readonly name: string;
  readonly role: OperatorRole;
}
const MembershipContext = createContext<Membership | null>(null);
export const MembershipProvider = MembershipContext.Provider;

export function useMembership(): Membership {
  const membership = useContext(MembershipContext);
  if (!membership) throw new Error('only inside the gate there is somebody signed in');
  return membership;
}

/** Roles from the least to the most: each may what those before it may. */
const ORDER: readonly OperatorRole[] = ['viewer', 'support', 'admin'];
export function useMay(): (needed: OperatorRole) => boolean {
  const { role } = useMembership();
  return (needed) => ORDER.indexOf(role) >= ORDER.indexOf(needed);
}

export function useFleet(search: string) {
  const { organisation } = useMembership();
  return useInfiniteQuery({
    queryKey: ['fleet', organisation, search],
    queryFn: ({ pageParam }) => cloud.fleetPage(organisation, search, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ after }) => after,
    placeholderData: keepPreviousData,
  });
}
export const useBuildingNow = (id: string) =>
  useQuery({
    queryKey: ['building', id],
    queryFn: () => cloud.building(id),
    refetchInterval: ({ state }) => (state.data?.logCheck.askedAtMs == null ? EVERY_MS : SOON_MS),
  });
export const useHealth = (id: string, range: 'day' | 'month') =>
  useQuery({
    queryKey: ['health', id, range],
    queryFn: () => cloud.health(id, range),
    placeholderData: keepPreviousData,
  });
export const useBanks = (id: string, enabled: boolean) =>
  useQuery({ queryKey: ['banks', id], queryFn: () => cloud.banks(id), enabled });
export const useCases = (id: string) =>
  useQuery({ queryKey: ['cases', id], queryFn: () => cloud.openCases(id) });
export const useDeliveries = (id: string) =>
  useInfiniteQuery({
    queryKey: ['deliveries', id],
    queryFn: ({ pageParam }) => cloud.deliveries(id, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ before }) => before,
  });
/** Who looks is written down: asked for when somebody wants to see it, and not again by itself. */
export const usePeople = (id: string, enabled: boolean) =>
  useQuery({ queryKey: ['people', id], queryFn: () => cloud.people(id), enabled, refetchInterval: false });
export const useCommands = (id: string) =>
  useQuery({
    queryKey: ['commands', id],
    queryFn: () => cloud.commandsOf(id),
    refetchInterval: SOON_MS,
  });
export const usePolicy = (id: string) =>
  useQuery({ queryKey: ['policy', id], queryFn: () => cloud.policy(id) });
export const useReleases = (id: string, enabled: boolean) =>
  useQuery({ queryKey: ['releases', id], queryFn: () => cloud.releasesFor(id), enabled });
export function useAlarms(state: 'open' | 'over') {
  const { organisation } = useMembership();
  return useQuery({
    queryKey: ['alarms', organisation, state],
    queryFn: () => cloud.alarmsPage(organisation, state),
  });
}
export function useAlarmTargets() {
  const { organisation } = useMembership();
  return useQuery({ queryKey: ['targets', organisation], queryFn: () => cloud.alarmTargets(organisation) });
}
export function useOperators() {
  const { organisation } = useMembership();
  return useQuery({ queryKey: ['operators', organisation], queryFn: () => cloud.operatorsOf(organisation) });
}
export function useAudit() {
  const { organisation } = useMembership();
  return useInfiniteQuery({
    queryKey: ['audit', organisation],
    queryFn: ({ pageParam }) => cloud.auditPage(organisation, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ before }) => before,
  });
}
