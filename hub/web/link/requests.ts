/** Every request of the staff page, typed by the contract in `protocol/http/staff.ts`. */

import * as work from '@lockerhub/protocol/http/accounts.ts';
import { CarrierView } from '@lockerhub/protocol/http/carriers.ts';
import * as claims from '@lockerhub/protocol/http/claims.ts';
import * as walk from '@lockerhub/protocol/http/commissioning.ts';
import { DelegateView, NamedDelegate, type NewDelegate } from '@lockerhub/protocol/http/delegates.ts';
import * as steps from '@lockerhub/protocol/http/first-steps.ts';
import * as locks from '@lockerhub/protocol/http/locks.ts';
import { LogCheckReport } from '@lockerhub/protocol/http/log-check.ts';
import * as messages from '@lockerhub/protocol/http/messages.ts';
import { PolicyItem } from '@lockerhub/protocol/http/policy.ts';
import { StoredView } from '@lockerhub/protocol/http/privacy.ts';
import * as rounds from '@lockerhub/protocol/http/reconciliation.ts';
import * as recovery from '@lockerhub/protocol/http/recovery.ts';
import * as lists from '@lockerhub/protocol/http/roster.ts';
import * as scans from '@lockerhub/protocol/http/scan.ts';
import * as staff from '@lockerhub/protocol/http/staff.ts';
import * as sync from '@lockerhub/protocol/http/sync.ts';
import { UnitView } from '@lockerhub/protocol/http/units.ts';
import { LabelWords } from '@lockerhub/protocol/http/visit.ts';
import { Evidence } from '@lockerhub/protocol/log/evidence.ts';
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

export const firstSteps = (signal?: Signal) => get('/first-steps', steps.FirstStepsView, signal);
export const putFirstStepsAway = (putAway: boolean) =>
  post('/first-steps/put-away', { putAway }, steps.FirstStepsView);

const Deliveries = staff.pageOf(staff.DeliveryView);
export interface DeliveryFilter {
  readonly q: string;
  readonly state: staff.DeliveryView['state'] | null;
  readonly carrier: string | null;
  readonly bank: string | null;
  /** Assigned from this moment on, and before that one; ms since 1970. */
  readonly from: number | null;
  readonly to: number | null;
}
/** All deliveries. */
export const EVERY_DELIVERY: DeliveryFilter = {
  q: '',
  state: null,
  carrier: null,
  bank: null,
  from: null,
  to: null,
};
export const deliveries = (filter: DeliveryFilter, before: Before, limit: number, signal?: Signal) =>
  get(`/deliveries${query({ ...filter, before, limit })}`, Deliveries, signal);
export const deliveryStory = (delivery: string, signal?: Signal) =>
  get(`/deliveries/${seg(delivery)}`, staff.DeliveryStory, signal);
export const deliveryEvidence = (delivery: string) => get(`/deliveries/${seg(delivery)}/evidence`, Evidence);
export const deskAct = (delivery: string, act: 'received' | 'handed-out' | 'not-brought') =>
  tell({ path: `${API}/deliveries/${seg(delivery)}/${act}`, body: {} });
export const matchDelivery = (delivery: string, whose: staff.MatchDelivery) =>
  tell({ path: `${API}/deliveries/${seg(delivery)}/match`, body: whose });
export const printSlip = (delivery: string) =>
  post(`/deliveries/${seg(delivery)}/slip`, {}, claims.ClaimSlip);
export const claimParcel = (delivery: string, claim: claims.Claim) =>
  post(`/deliveries/${seg(delivery)}/claim`, claim, claims.Claimed);
export const reportGone = (delivery: string) =>
  post(`/deliveries/${seg(delivery)}/gone`, {}, staff.OpenedCase);
export const deliveryProof = (delivery: string) => get(`/deliveries/${seg(delivery)}/proof`, Proof);

export const logCheck = (signal?: Signal) => get('/log/check', LogCheckReport, signal);
export const checkLog = () => act('/log/check');
export const logPage = (before: Before, limit: number, signal?: Signal) =>
  get(`/log${query({ before, limit })}`, staff.pageOf(staff.LogEntryView), signal);
/** A proof that shows the entries from `seq` up to `through` and leads to the head. */
export const logProof = (seq: number, through: number) =>
  get(`/log/${seq}/proof${query({ through })}`, Proof);

export const channels = (signal?: Signal) => get('/channels', messages.ChannelsView, signal);
export const setChannel = (channel: messages.ChannelName, body: messages.NewChannel) =>
  post(`/channels/${channel}`, body, messages.ChannelView);
export const removeChannel = (channel: messages.ChannelName) => act(`/channels/${channel}/remove`);
export const testChannel = (channel: messages.ChannelName, to: string) =>
  post(`/channels/${channel}/test`, { to }, messages.TestResult);
export const setReceiptsAt = (receiptsAt: string | null) => act('/receipts-address', { receiptsAt });
export const changeResident = (resident: string, body: staff.ChangeResident) =>
  post(`/residents/${seg(resident)}`, body, staff.ResidentView);
export const outboxPage = (before: Before, limit: number, signal?: Signal) =>
  get(`/outbox${query({ before, limit })}`, staff.pageOf(staff.MessageView), signal);
export const revealMessage = (message: string) =>
  post(`/outbox/${seg(message)}/reveal`, {}, z.object({ text: z.string() }));

export interface CaseFilter {
  readonly state: staff.CaseView['state'];
  readonly who: staff.CaseOwner;
}
export const casesPage = (filter: CaseFilter, before: Before, limit: number, signal?: Signal) =>
  get(`/cases${query({ ...filter, before, limit })}`, staff.pageOf(staff.WorkedCase), signal);
export const oneCase = (id: string, signal?: Signal) => get(`/cases/${seg(id)}`, staff.WorkedCase, signal);
export const takeCase = (id: string, from: string | null) =>
  post(`/cases/${seg(id)}/take`, { from }, staff.WorkedCase);
export const releaseCase = (id: string) => post(`/cases/${seg(id)}/release`, {}, staff.WorkedCase);
export const noteCase = (id: string, note: string) =>
  post(`/cases/${seg(id)}/note`, { note }, staff.WorkedCase);
/** Where a page finds the photo of a delivery's label. */
export const labelPhoto = (delivery: string) => `${API}/deliveries/${seg(delivery)}/photo`;
/** What was typed off it where there was no camera. */
export const labelWords = (delivery: string, signal?: Signal) =>
  get(`/deliveries/${seg(delivery)}/words`, LabelWords, signal);
export const colleagues = (signal?: Signal) => get('/colleagues', z.array(staff.Colleague), signal);
export const closeCase = (id: string, resolution: string) =>
  post(`/cases/${seg(id)}/close`, { resolution }, staff.WorkedCase);

export const stored = (resident: string, signal?: Signal) =>
  get(`/residents/${seg(resident)}/stored`, StoredView, signal);
/** The same as a page to print, in their language. */
export const storedPageAddress = (resident: string) => `${API}/residents/${seg(resident)}/stored/page`;
export const eraseResident = (resident: string) => act(`/residents/${seg(resident)}/erase`);
export const givePin = (resident: string) => post(`/residents/${seg(resident)}/pin`, {}, staff.GivenPin);
export const endPin = (resident: string) => act(`/residents/${seg(resident)}/pin/end`);
export const registerFob = (resident: string, number: string) =>
  post(`/residents/${seg(resident)}/fobs`, { number }, staff.RegisteredFob);
export const endFob = (resident: string, fob: string) =>
  act(`/residents/${seg(resident)}/fobs/${seg(fob)}/end`);
export const delegates = (resident: string, signal?: Signal) =>
  get(`/residents/${seg(resident)}/delegates`, z.array(DelegateView), signal);
export const nameDelegate = (resident: string, body: NewDelegate) =>
  post(`/residents/${seg(resident)}/delegates`, body, NamedDelegate);
export const endDelegate = (resident: string, delegate: string) =>
  act(`/residents/${seg(resident)}/delegates/${seg(delegate)}/end`);
export const residents = (signal?: Signal) => get('/residents', z.array(staff.ResidentView), signal);
export const addResident = (body: z.input<typeof staff.NewResident>) =>
  post('/residents', body, staff.ResidentView);
export const carriers = (signal?: Signal) => get('/carriers', z.array(CarrierView), signal);
export const removeCarrier = (carrier: string) => act(`/carriers/${seg(carrier)}/remove`);
export const couriers = (signal?: Signal) => get('/couriers', z.array(staff.CourierView), signal);
const AddedCourier = staff.CourierView.extend({ code: z.string() });
export const addCourier = (body: z.input<typeof staff.NewCourier>) => post('/couriers', body, AddedCourier);
export const changeCourier = (id: string, body: staff.ChangeCourier) =>
  post(`/couriers/${seg(id)}`, body, staff.CourierView);
export const courierUses = (id: string, before: Before, limit: number, signal?: Signal) =>
  get(`/couriers/${seg(id)}/uses${query({ before, limit })}`, staff.pageOf(staff.CourierUse), signal);
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

const reconciliationPath = (bank: string) => `/reconciliations/${seg(bank)}`;
export const reconciliation = (bank: string, signal?: Signal) =>
  get(reconciliationPath(bank), rounds.ReconciliationView, signal);
export const reconcile = (bank: string, act: rounds.ReconcileAct) =>
  post(reconciliationPath(bank), act, rounds.ReconciliationView);

export const desk = (signal?: Signal) => get('/desk', rounds.DeskView, signal);
export const reconcileDesk = (said: rounds.ReconcileDesk) => post('/desk/reconcile', said, rounds.DeskView);

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
export const reportDoor = (door: Door) => post(`${doorPath(door)}/report`, {}, staff.OpenedCase);
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
export const accounts = (signal?: Signal) => get('/staff', z.array(work.AccountView), signal);
export const inviteStaff = (body: z.infer<typeof work.NewAccount>) => post('/staff', body, work.Invitation);
export const inviteAgain = (id: string) => post(`/staff/${seg(id)}/invite`, {}, work.Invitation);
export const changeAccount = (id: string, body: z.infer<typeof work.ChangeAccount>) =>
  post(`/staff/${seg(id)}`, body, work.AccountView);
export const knownCodes = (id: string, signal?: Signal) =>
  get(`/staff/${seg(id)}/known-codes`, z.array(work.KnownCode), signal);
export const rotateCodes = (id: string) => post(`/staff/${seg(id)}/rotate`, {}, work.Rotated);
export const takeInvitation = (token: string, password: string) => act('/invitation', { token, password });

export const roster = (signal?: Signal) => get('/roster', lists.RosterImport.nullable(), signal);
/** @param columns null: those of the last list, or what the headers sound like */
export const previewRoster = (file: File, columns: lists.RosterColumns | null) =>
  ask(
    { method: 'POST', path: `${API}/roster/preview${query({ columns: asText(columns) })}`, file },
    lists.RosterPreview,
  );
/** @param leave whether those who are not in the list move out; `confirm`: their number, typed */
export const importRoster = (
  file: File,
  columns: lists.RosterColumns | null,
  leave: boolean,
  confirm: number | null,
) => {
  const options = query({ columns: asText(columns), gone: leave ? 'move-out' : 'stay', confirm });
  return ask({ method: 'PUT', path: `${API}/roster${options}`, file }, lists.RosterImport);
};
export const undoRoster = () => post('/roster/undo', {}, lists.RosterImport);
const asText = (columns: lists.RosterColumns | null) => columns && JSON.stringify(columns);

export const units = (signal?: Signal) => get('/units', z.array(UnitView), signal);
export const renameUnit = (unit: string, unitName: string) => act(`/units/${seg(unit)}`, { unitName });
export const removeUnit = (unit: string) => act(`/units/${seg(unit)}/remove`);

export const policy = (signal?: Signal) => get('/policy', z.array(PolicyItem), signal);
export const changePolicy = (change: Readonly<Record<string, number | boolean | string>>) =>
  ask({ method: 'PATCH', path: `${API}/policy`, body: change }, z.array(PolicyItem));
