/** Every request of the operators' page, typed by the contracts in `protocol/http`. */
import { ask, tell } from '@lockerhub/hub/web/link/ask.ts';
import * as alarms from '@lockerhub/protocol/http/alarms.ts';
import * as commands from '@lockerhub/protocol/http/cloud-commands.ts';
import * as fleet from '@lockerhub/protocol/http/fleet.ts';
import * as operators from '@lockerhub/protocol/http/operators.ts';
import { PolicyChanges, type PolicyItem } from '@lockerhub/protocol/http/policy.ts';
import {
  CaseView,
  type ChangeCourier,
  type NewCourier,
  pageOf,
  type SignIn,
} from '@lockerhub/protocol/http/staff.ts';
import { type CommandArgument, OfferedRelease } from '@lockerhub/protocol/sync/commands.ts';
import { z } from 'zod';

const API = '/api/v1';
/** A setting of a newer gateway is left out. */
const Policy = z.object(PolicyChanges.shape);

/** A query string of what is set. */
function query(fields: Readonly<Record<string, string | number | null>>): string {
  const set = Object.entries(fields).filter(([, value]) => value !== null && value !== '');
  return set.length === 0 ? '' : `?${new URLSearchParams(set.map(([key, value]) => [key, String(value)]))}`;
}

const get = <Answer extends z.ZodType>(path: string, answer: Answer) =>
  ask({ path: `${API}${path}` }, answer);
const post = <Answer extends z.ZodType>(path: string, body: unknown, answer: Answer) =>
  ask({ method: 'POST', path: `${API}${path}`, body }, answer);
const act = (path: string, body: unknown = {}) => tell({ path: `${API}${path}`, body });

export const me = () => get('/me', operators.OperatorMe);
export const signIn = (body: z.infer<typeof SignIn>) => post('/sign-in', body, operators.OperatorMe);
export const signOut = () => act('/sign-out');
export const lookAtInvitation = (token: string) =>
  post('/invitations/look', { token }, operators.InvitationView);
export const acceptInvitation = (body: operators.AcceptInvitation) =>
  post('/invitations/accept', body, operators.OperatorMe);

const ofOrganisation = (organisation: string) => `/organisations/${organisation}`;
const ofBuilding = (building: string) => `/buildings/${building}`;

export const fleetPage = (organisation: string, search: string, after: string | null) =>
  get(`${ofOrganisation(organisation)}/fleet${query({ search, after })}`, fleet.Fleet);
export const addBuilding = (organisation: string, body: fleet.NewBuilding) =>
  post(`${ofOrganisation(organisation)}/buildings`, body, fleet.BuildingMade);
export const building = (id: string) => get(ofBuilding(id), fleet.FleetBuilding);
export const health = (id: string, range: z.infer<typeof fleet.HealthRange>) =>
  get(`${ofBuilding(id)}/health${query({ range })}`, fleet.HealthSeries);
export const banks = (id: string) => get(`${ofBuilding(id)}/banks`, z.array(fleet.FleetBank));
export const deliveries = (id: string, before: string | null) =>
  get(`${ofBuilding(id)}/deliveries${query({ before, limit: 10 })}`, fleet.FleetDeliveries);
export const openCases = (id: string) =>
  get(`${ofBuilding(id)}/cases${query({ state: 'open', limit: 20 })}`, pageOf(CaseView));
export const makeCode = (id: string, purpose: 'first' | 'replacement') =>
  post(`${ofBuilding(id)}/codes`, { purpose }, fleet.CodeMade);
export const checkLog = (id: string) => act(`${ofBuilding(id)}/log/check`);
export const revokeHub = (id: string) => act(`${ofBuilding(id)}/hub/revoke`);

export const people = (id: string) => get(`${ofBuilding(id)}/people`, fleet.PeopleView);
export const addCourier = (id: string, body: z.infer<typeof NewCourier>) =>
  post(`${ofBuilding(id)}/couriers`, body, z.object({ courier: z.string() }));
export const changeCourier = (id: string, courier: string, body: ChangeCourier) =>
  act(`${ofBuilding(id)}/couriers/${courier}`, body);
export const revokeCourier = (id: string, courier: string) =>
  act(`${ofBuilding(id)}/couriers/${courier}/revoke`);
export const removeCarrier = (id: string, carrier: string) =>
  act(`${ofBuilding(id)}/carriers/${carrier}/remove`);

export const policy = (id: string) => get(`${ofBuilding(id)}/policy`, Policy);
export const changePolicy = (id: string, changes: Readonly<Record<string, PolicyItem['value']>>) =>
  act(`${ofBuilding(id)}/policy`, changes);

export const commandsOf = (id: string) =>
  get(`${ofBuilding(id)}/commands${query({ limit: 10 })}`, commands.CommandsPage);
export const askCommand = (id: string, argument: CommandArgument) =>
  post(`${ofBuilding(id)}/commands`, argument, z.object({ command: z.string() }));
export const releasesFor = (id: string) => get(`${ofBuilding(id)}/releases`, z.array(OfferedRelease));
export const decideCommand = (id: string, command: string, how: 'approve' | 'refuse' | 'withdraw') =>
  act(`${ofBuilding(id)}/commands/${command}/${how}`);

export const alarmsPage = (organisation: string, state: 'open' | 'over') =>
  get(`${ofOrganisation(organisation)}/alarms${query({ state })}`, alarms.AlarmsPage);
export const acknowledge = (organisation: string, alarm: string, note: string) =>
  act(`${ofOrganisation(organisation)}/alarms/${alarm}/acknowledge`, { note });
export const alarmTargets = (organisation: string) =>
  get(`${ofOrganisation(organisation)}/alarm-targets`, z.array(alarms.AlarmTargetView));
export const addAlarmTarget = (organisation: string, body: alarms.NewAlarmTarget) =>
  post(`${ofOrganisation(organisation)}/alarm-targets`, body, alarms.AlarmTargetMade);
export const changeAlarmTarget = (organisation: string, target: string, how: 'remove' | 'try') =>
  act(`${ofOrganisation(organisation)}/alarm-targets/${target}/${how}`);

export const operatorsOf = (organisation: string) =>
  get(`${ofOrganisation(organisation)}/operators`, operators.OperatorsView);
export const invite = (organisation: string, body: operators.NewInvitation) =>
  post(`${ofOrganisation(organisation)}/invitations`, body, operators.InvitationMade);
export const withdrawInvitation = (organisation: string, invitation: string) =>
  act(`${ofOrganisation(organisation)}/invitations/${invitation}/withdraw`);
export const changeOperator = (organisation: string, operator: string, how: 'disable' | 'enable') =>
  act(`${ofOrganisation(organisation)}/operators/${operator}/${how}`);
export const changeRole = (organisation: string, operator: string, role: operators.OperatorRole) =>
  act(`${ofOrganisation(organisation)}/operators/${operator}/role`, { role });
export const auditPage = (organisation: string, before: string | null) =>
  get(`${ofOrganisation(organisation)}/audit${query({ before })}`, pageOf(operators.AuditView));
