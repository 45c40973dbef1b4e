/** Every request of the staff page, typed by the contract in `protocol/http/staff.ts`. */

import * as walk from '@lockerhub/protocol/http/commissioning.ts';
import * as locks from '@lockerhub/protocol/http/locks.ts';
import * as recovery from '@lockerhub/protocol/http/recovery.ts';
import * as scans from '@lockerhub/protocol/http/scan.ts';
import * as staff from '@lockerhub/protocol/http/staff.ts';
import * as sync from '@lockerhub/protocol/http/sync.ts';
import { Proof } from '@lockerhub/protocol/log/proof.ts';
import { z } from 'zod';
import { ask, tell } from './ask.ts';

const API = '/api/v1';
const seg = encodeURIComponent;

/** A query string of what is set. */
function query(fields: Readonly<Record<string, string | number | null | undefined>>): string {
  const set = Object.entries(fields).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  );
  const text = new URLSearchParams(set.map(([key, value]) => [key, String(value)])).toString();
  return text ? `?${text}` : '';
}

/** Where a list goes on: the key of the last page, or null at its beginning. */
export type Before = string | null;
type Signal = AbortSignal | undefined;
const withSignal = (signal: Signal) => (signal ? { signal } : {});

const get = <Answer extends z.ZodType>(path: string, answer: Answer, signal?: Signal) =>
  ask({ path: `${API}${path}`, ...withSignal(signal) }, answer);
const post = <Answer extends z.ZodType>(path: string, body: unknown, answer: Answer) =>
  ask({ method: 'POST', path: `${API}${path}`, body }, answer);
const act = (path: string, body?: unknown) => tell({ path: `${API}${path}`, body: body ?? {} });

export const setupState = (signal?: Signal) => get('/setup', staff.SetupState, signal);
export const setUp = (setup: staff.Setup) => post('/setup', setup, staff.Me);
export const signIn = (body: z.infer<typeof staff.SignIn>) => post('/sign-in', body, staff.Me);
export const signOut = () => act('/sign-out');
export const recoveryState = (signal?: Signal) => get('/recovery', recovery.RecoveryView, signal);
export const makeRecoveryKey = () => post('/recovery', {}, recovery.RecoveryKey);
export const confirmRecoveryKey = (generation: number) =>
  post('/recovery/confirm', { generation }, recovery.RecoveryView);
export const me = (signal?: Signal) => get('/me', staff.Me, signal);
export const building = (signal?: Signal) => get('/building', staff.BuildingView, signal);

const Deliveries = staff.pageOf(staff.DeliveryView);
export interface DeliveryFilter {
  readonly q: string;
  readonly state: staff.DeliveryView['state'] | null;
}
export const deliveries = (filter: DeliveryFilter, before: Before, limit: number, signal?: Signal) =>
  get(`/deliveries${query({ ...filter, before, limit })}`, Deliveries, signal);
export const deliveryStory = (delivery: string, signal?: Signal) =>
  get(`/deliveries/${seg(delivery)}`, staff.DeliveryStory, signal);
export const deliveryProof = (delivery: string) => get(`/deliveries/${seg(delivery)}/proof`, Proof);

export const logPage = (before: Before, limit: number, signal?: Signal) =>
  get(`/log${query({ before, limit })}`, staff.pageOf(staff.LogEntryView), signal);
/** A proof that shows the entries from `seq` up to `through` and leads to the head. */
export const logProof = (seq: number, through: number) =>
  get(`/log/${seq}/proof${query({ through })}`, Proof);

export const outboxPage = (before: Before, limit: number, signal?: Signal) =>
  get(`/outbox${query({ before, limit })}`, staff.pageOf(staff.MessageView), signal);
export const revealMessage = (message: string) =>
  post(`/outbox/${seg(message)}/reveal`, {}, z.object({ text: z.string() }));

export const casesPage = (state: 'open' | 'closed', before: Before, limit: number, signal?: Signal) =>
  get(`/cases${query({ state, before, limit })}`, staff.pageOf(staff.CaseView), signal);
export const closeCase = (id: string, resolution: string) =>
  post(`/cases/${seg(id)}/close`, { resolution }, staff.CaseView);

export const residents = (signal?: Signal) => get('/residents', z.array(staff.ResidentView), signal);
export const addResident = (body: z.input<typeof staff.NewResident>) =>
  post('/residents', body, staff.ResidentView);
export const couriers = (signal?: Signal) => get('/couriers', z.array(staff.CourierView), signal);
const AddedCourier = staff.CourierView.extend({ code: z.string() });
export const addCourier = (body: z.input<typeof staff.NewCourier>) => post('/couriers', body, AddedCourier);
export const revokeCourier = (id: string) => post(`/couriers/${seg(id)}/revoke`, {}, staff.CourierView);

export const terminals = (signal?: Signal) => get('/terminals', z.array(staff.TerminalView), signal);
export const newTerminalCode = (body: z.input<typeof staff.NewTerminalCode>) =>
  post('/terminals/codes', body, staff.TerminalCode);
export const cloud = (signal?: Signal) => get('/sync', sync.SyncReport, signal);
export const joinCloud = (body: z.input<typeof sync.JoinCloud>) => act('/sync/join', body);
export const leaveCloud = (reason: string) => act('/sync/leave', { reason });
export const revokeTerminal = (id: string) => act(`/terminals/${seg(id)}/revoke`);

export const agents = (signal?: Signal) => get('/agents', z.array(staff.AgentView), signal);
export const inviteAgent = (bank: string) => post(`/banks/${seg(bank)}/agents`, {}, staff.AgentCode);
export const cancelAgent = (id: string) => act(`/agents/${seg(id)}/cancel`);
export const revokeAgent = (id: string, reason: string) => act(`/agents/${seg(id)}/revoke`, { reason });

export const bankFile = (bank: string) => get(`/banks/${seg(bank)}/file`, staff.StoredBankFile);
export const putBankFile = (bank: string, file: string) => act(`/banks/${seg(bank)}/file`, { file });
/** Resolves with the text if the hub finds nothing wrong with it. */
export const checkBankFile = async (file: string): Promise<string> => {
  await act('/banks/check', { file });
  return file;
};

const commissioningPath = (bank: string) => `/commissioning/${seg(bank)}`;
export const commissioning = (bank: string, signal?: Signal) =>
  get(commissioningPath(bank), walk.CommissioningView, signal);
export const walkStep = (bank: string, step: walk.WalkStep) =>
  post(commissioningPath(bank), step, walk.CommissioningView);
export const correctWires = (bank: string, door: number) =>
  post(`${commissioningPath(bank)}/corrections`, { door }, walk.Corrected);
export const signWalk = (bank: string) => post(`${commissioningPath(bank)}/sign`, {}, walk.SignedMap);
export const lastMap = (bank: string) => get(`${commissioningPath(bank)}/map`, walk.SignedMap);

const scanPath = (bank: string) => `/banks/${seg(bank)}/scan`;
export const scan = (bank: string, signal?: Signal) => get(scanPath(bank), scans.ScanView, signal);
export const beginScan = (bank: string, asked: scans.NewScan) => post(scanPath(bank), asked, scans.ScanView);
export const stopScan = (bank: string) => post(`${scanPath(bank)}/stop`, {}, scans.ScanView);

export const addBank = (body: z.input<typeof staff.NewBank>) => post('/banks', body, staff.BankCredentials);

export const endEmergency = (bank: string, reason: string) =>
  act(`/banks/${seg(bank)}/emergency/end`, { reason });

/** A door, as requests and pages name it. */
export interface Door {
  readonly bank: string;
  readonly compartment: number;
}
const doorPath = ({ bank, compartment }: Door) => `/banks/${seg(bank)}/compartments/${compartment}`;
export const openDoor = (door: Door, reason: string) =>
  post(`${doorPath(door)}/open`, { reason }, z.object({ grant: z.string() }));
export const retireDoor = (door: Door, reason: string) => act(`${doorPath(door)}/retire`, { reason });
export const returnDoor = (door: Door, reason: string) => act(`${doorPath(door)}/return`, { reason });
/** The mechanical key is used on this door, or anywhere in the bank (null), from now on for `minutes`. */
export const verifyDoor = (door: Door) => act(`${doorPath(door)}/verify`);

export const declareKey = (
  where: { readonly bank: string; readonly compartment: number | null },
  minutes: number,
  reason: string,
) => act(`/banks/${seg(where.bank)}/key`, { compartment: where.compartment, minutes, reason });

export const bankHealth = (bank: string, signal?: Signal) =>
  get(`/banks/${seg(bank)}/health`, locks.BankHealth, signal);
export const lockDays = (bank: string, compartment: number, signal?: Signal) =>
  get(`/banks/${seg(bank)}/health/${compartment}`, z.array(locks.LockDay), signal);
export const changePolicy = (change: z.infer<typeof locks.ChangePolicy>) => act('/policy', change);
