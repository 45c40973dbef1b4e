/** The hub as its API sees it. */
import type { HttpBindings } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { EmergencyState } from '@lockerhub/protocol/bank/messages.ts';
import type { CommissioningView } from '@lockerhub/protocol/http/commissioning.ts';
import type { Me } from '@lockerhub/protocol/http/staff.ts';
import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import type { Agents } from '../agents/agents.ts';
import type { Whereabouts } from '../agents/join-exchange.ts';
import type { BankRegister } from '../banks/bank-register.ts';
import type { Banks } from '../banks/banks.ts';
import type { LineScans } from '../commissioning/line-scans.ts';
import type { MapSigner } from '../commissioning/signed-map.ts';
import type { Command, Reply } from '../deliveries/command.ts';
import type { BankDoor } from '../deliveries/doors-view.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Outbox } from '../notifications/outbox.ts';
import type { People } from '../people/people.ts';
import type { Recovery } from '../recovery/recovery.ts';
import type { BuildingSettings } from '../setup/building-settings.ts';
import type { PolicySettings } from '../setup/policy-settings.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { Rows } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { CloudMembership } from '../sync/cloud-membership.ts';
import type { Terminals } from '../terminals/terminals.ts';
import type { EventStreams } from './event-streams.ts';
import type { VisitStreams } from './visit-streams.ts';

/** What the API asks of the building. */
interface BuildingPort {
  execute<C extends Command>(command: C): Promise<Reply<C>>;
  /** Undefined if it is unknown or long over. */
  visit(visit: string): VisitView | undefined;
  /** At which terminal a visit is or was. */
  terminalOf(visit: string): string | undefined;
  /** The commissioning walk of a bank; null if there is none. */
  walk(bank: string): CommissioningView['walk'];
  /** The doors of a bank as they now stand. */
  doors(bank: string): readonly BankDoor[];
  /** Where an emergency of the bank stands; null without one. */
  emergency(bank: string): EmergencyState | null;
}

export interface Hub {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly bootId: string;
  readonly epoch: number;
  readonly store: Store;
  readonly buildingLog: BuildingLog;
  readonly register: Register;
  readonly settings: BuildingSettings;
  readonly building: BuildingPort;
  readonly policy: PolicySettings;
  readonly people: People;
  readonly signIn: SignIn;
  readonly terminals: Terminals;
  readonly outbox: Outbox;
  readonly banks: Banks;
  readonly scans: LineScans;
  readonly bankRegister: BankRegister;
  readonly agents: Agents;
  readonly recovery: Recovery;
  readonly cloud: CloudMembership;
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
    /** Signed-in staff, on routes that ask for a right. */
    readonly me: Me;
    readonly terminal: Rows['terminals'];
  };
}

export type Api = OpenAPIHono<ApiEnv>;
