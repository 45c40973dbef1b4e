/** The hub as its API sees it. */

import type { HttpBindings } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { EmergencyState } from '@lockerhub/protocol/bank/messages.ts';
import type { Scope } from '@lockerhub/protocol/http/api-keys.ts';
import type { CommissioningView } from '@lockerhub/protocol/http/commissioning.ts';
import type { DeskView, ReconciliationView } from '@lockerhub/protocol/http/reconciliation.ts';
import type { Me } from '@lockerhub/protocol/http/staff.ts';
import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import type { AgentVersions } from '../agents/agent-versions.ts';
import type { Agents } from '../agents/agents.ts';
import type { Whereabouts } from '../agents/join-exchange.ts';
import type { ApiKeys } from '../api-keys/api-keys.ts';
import type { Backups } from '../backup/backups.ts';
import type { BankRegister } from '../banks/bank-register.ts';
import type { Banks } from '../banks/banks.ts';
import type { LineScans } from '../commissioning/line-scans.ts';
import type { MapSigner } from '../commissioning/signed-map.ts';
import type { CodeProof, Command, Reply } from '../deliveries/command.ts';
import type { BankDoor } from '../deliveries/doors-view.ts';
import type { Model } from '../deliveries/model.ts';
import type { Fence } from '../epoch/fence.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { LogWatch } from '../log/check/log-watch.ts';
import type { Register } from '../log/register.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Channels } from '../notifications/channel-settings.ts';
import type { Notifications } from '../notifications/notifications.ts';
import type { Notifiers } from '../notifications/notifiers.ts';
import type { Outbox } from '../notifications/outbox.ts';
import type { ResidentFobs } from '../people/fobs.ts';
import type { People } from '../people/people.ts';
import type { PeopleChanges } from '../people/people-changes.ts';
import type { ResidentPins } from '../people/pins.ts';
import type { LabelPhotos } from '../photos/label-photos.ts';
import type { Erasure } from '../privacy/erasure.ts';
import type { Recovery } from '../recovery/recovery.ts';
import type { RosterImports } from '../roster/imports.ts';
import type { BuildingSettings } from '../setup/building-settings.ts';
import type { PolicySettings } from '../setup/policy-settings.ts';
import type { Accounts } from '../sign-in/accounts.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { Rows } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { CloudMembership } from '../sync/cloud-membership.ts';
import type { PhoneVisits } from '../terminals/phone-visits.ts';
import type { Presence } from '../terminals/presence.ts';
import type { ResidentPhones } from '../terminals/resident-phones.ts';
import type { Terminals } from '../terminals/terminals.ts';
import type { Hold } from '../update/hold.ts';
import type { Updates } from '../update/updates.ts';
import type { WebhookRows } from '../webhooks/webhook-settings.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import type { EventStreams } from './event-streams.ts';
import type { VisitStreams } from './visit-streams.ts';

/** What the API asks of the building. */
interface BuildingPort {
  execute<C extends Command>(command: C): Promise<Reply<C>>;
  /** Undefined if it is unknown or long over. */
  visit(visit: string): VisitView | undefined;
  /** To be read only. */
  readonly model: Pick<Model, 'deliveries' | 'delegates' | 'visits' | 'codes'>;
  /** What the QR code of the holder's code holds. */
  qrOf(holder: string): string | undefined;
  /** At which terminal a visit is or was. */
  terminalOf(visit: string): string | undefined;
  /** The commissioning walk of a bank; null if there is none. */
  walk(bank: string): CommissioningView['walk'];
  /** The walk that compares records and doors. */
  reconciliation(bank: string): ReconciliationView;
  /** What the desk holds, as the walk compares it. */
  desk(): DeskView;
  /** The doors of a bank as they now stand. */
  doors(bank: string): readonly BankDoor[];
  /** Where an emergency of the bank stands; null without one. */
  emergency(bank: string): EmergencyState | null;
  /** No visit runs and no door is open. */
  readonly isCalm: boolean;
}

export interface Hub {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly bootId: string;
  readonly epoch: number;
  readonly fence: Pick<Fence, 'by'>;
  /** Whether an update is under way. */
  readonly hold: Pick<Hold, 'isOn' | 'isTrial'>;
  readonly store: Store;
  readonly buildingLog: BuildingLog;
  readonly register: Register;
  readonly settings: BuildingSettings;
  readonly building: BuildingPort;
  readonly policy: PolicySettings;
  readonly people: People;
  readonly peopleChanges: PeopleChanges;
  readonly pins: ResidentPins;
  readonly fobs: ResidentFobs;
  readonly roster: Omit<RosterImports, 'start' | 'stop'>;
  readonly signIn: SignIn;
  readonly accounts: Accounts;
  readonly apiKeys: ApiKeys;
  /** By it the command at the console is known. */
  readonly consoleToken: string;
  readonly webhooks: Webhooks;
  readonly webhookRows: WebhookRows;
  readonly terminals: Terminals;
  readonly agentVersions: Pick<AgentVersions, 'view'>;
  readonly presence: Presence;
  readonly phones: PhoneVisits;
  readonly residentPhones: ResidentPhones;
  readonly erasure: Erasure;
  readonly photos: LabelPhotos;
  readonly outbox: Outbox;
  readonly channels: Channels;
  readonly notifiers: Pick<Notifiers, 'get' | 'hasMail' | 'mailServer'>;
  readonly notifications: Pick<Notifications, 'changed' | 'trouble'>;
  readonly banks: Banks;
  readonly scans: LineScans;
  readonly bankRegister: BankRegister;
  readonly agents: Agents;
  readonly recovery: Recovery;
  readonly backups: Backups;
  readonly updates: Omit<Updates, 'start' | 'stop'>;
  readonly cloud: CloudMembership;
  readonly logWatch: Pick<LogWatch, 'view' | 'ask'>;
  /** Where agents find the hub. @throws HubError `setup-needed` */
  readonly whereabouts: () => Whereabouts;
  readonly events: EventStreams;
  readonly visits: VisitStreams;
  readonly metrics: Metrics;
  /** Signs commissioning maps. */
  readonly mapSigner: MapSigner;
  /** Whether the wall clock is trusted, and why. */
  readonly clockState: () => { readonly state: 'trusted' | 'untrusted'; readonly reason: string };
  /** Another origin that may show the pages in a frame (the demo's). */
  readonly frameOrigin: string | undefined;
  /** Where `GET /demo` leads, if this hub runs in a demo. */
  readonly demoUrl: string | undefined;
}

export interface ApiEnv {
  readonly Bindings: HttpBindings;
  readonly Variables: {
    /** Who asks, on routes that ask for a right: staff, or a program where a scope is named. */
    readonly by: Actor;
    readonly seesPeople: boolean;
    /** Whether a program lacks a scope that only some of what the route takes asks for. */
    readonly lacks: (scope: Scope) => boolean;
    readonly terminal: Rows['terminals'];
  };
}

/** On routes that ask for a right and for no scope: only signed-in staff come there. */
export interface StaffEnv {
  readonly Bindings: HttpBindings;
  readonly Variables: ApiEnv['Variables'] & { readonly me: Me };
}

/** On routes for a resident's phone that has shown their code. */
export interface ResidentEnv {
  readonly Bindings: HttpBindings;
  readonly Variables: ApiEnv['Variables'] & { readonly proof: CodeProof };
}

export type Api = OpenAPIHono<ApiEnv>;
