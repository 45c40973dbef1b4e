/** The rows beside the log: people, things and settings. What is personal lives here and can be erased. */
import type { Layout } from '@lockerhub/protocol/bank/layout.ts';
import type { Role } from '@lockerhub/protocol/http/staff.ts';

/** Table → row. The key is `id` everywhere; columns are named as here, in snake_case. */
export interface Rows {
  readonly units: { readonly id: string; readonly name: string };
  readonly households: { readonly id: string; readonly unit: string };
  readonly residents: {
    readonly id: string;
    readonly household: string;
    readonly name: string;
    readonly language: string;
    readonly email: string | null;
  };
  readonly carriers: { readonly id: string; readonly name: string };
  readonly couriers: {
    readonly id: string;
    readonly carrier: string;
    readonly name: string | null;
    readonly revoked: boolean;
  };
  readonly staff: {
    readonly id: string;
    readonly login: string;
    readonly name: string;
    readonly role: Role;
    readonly passwordHash: string;
    readonly disabled: boolean;
  };
  /** `id` is the SHA-256 of the session's token. */
  readonly staffSessions: { readonly id: string; readonly staff: string; readonly startedAt: number };
  /** `id` is the bank's slug. */
  readonly banks: {
    readonly id: string;
    readonly layout: Layout;
    /** The bank file as it was given (YAML): lines, wiring, layout. */
    readonly file: string;
    readonly reach: 'hub' | 'agent';
    /** SHA-256 of the agent's MQTT password. */
    readonly credentialHash: string;
  };
  readonly terminals: {
    readonly id: string;
    readonly name: string;
    readonly bank: string | null;
    /** SHA-256 of the terminal's token. */
    readonly tokenHash: string;
    readonly pairedAt: number;
    readonly revoked: boolean;
  };
  /** Agents that were invited by a one-time code, and what became of them. */
  readonly agents: {
    readonly id: string;
    readonly bank: string;
    readonly state: 'invited' | 'joined' | 'replaced' | 'revoked';
    /** The machine's name, as it said; null before it joined. */
    readonly name: string | null;
    /** SPKI in PEM, as it joined with. */
    readonly publicKey: string | null;
    /** In PEM: by its fingerprint the agent is admitted. */
    readonly certificate: string | null;
    /** The one to follow it, until it has opened a connection. */
    readonly nextCertificate: string | null;
    /** By the hub's wall clock. */
    readonly invitedAt: number;
    readonly joinedAt: number | null;
    /** How often somebody else tried its code. */
    readonly strangers: number;
  };
  /** Whose present codes were on a pickup list of an agent: if it is stolen, these are. `id` is the agent. */
  readonly listings: { readonly id: string; readonly holders: readonly string[] };
  /** What is personal about a parcel. `id` is the delivery. */
  readonly parcels: { readonly id: string; readonly tracking: string | null };
  /** `id` is the setting's name: `building`, `policy`. */
  readonly settings: { readonly id: string; readonly value: Readonly<Record<string, unknown>> };
}

export type RowTable = keyof Rows;
