/** The rows beside the log: people, things and settings. What is personal lives here and can be erased. */
import type { Layout } from '@lockerhub/protocol/bank/layout.ts';
import type { DropOffHours } from '@lockerhub/protocol/codes/drop-off-hours.ts';
import type { Contact } from '@lockerhub/protocol/http/messages.ts';
import type { RosterColumns } from '@lockerhub/protocol/http/roster.ts';
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
    /** Only places with a handle within reach are given out for them, and their visits take longer; null: no. */
    readonly accessible: boolean | null;
    /** Parcels addressed to them open for them alone, whoever lives with them or was named; null: no. */
    readonly onlyMe: boolean | null;
    /** Keyed (hub/codes): a stolen store yields none. Null: they collect by code or phone alone. */
    readonly pinHash: string | null;
    /** Of several fobs: `<id>:<hash>`, with blanks between. */
    readonly fobHash: string | null;
    /** They live here no more. Since when by the hub's wall clock: `movedOutAt`; null until that is trusted. */
    readonly movedOut: boolean;
    readonly movedOutAt: number | null;
    /** What the manager's other software calls them: by this a list knows them again. */
    readonly externalId: string | null;
    /** Ways to reach them, the first one tried first; null: by `email` alone. */
    readonly contacts: readonly Contact[] | null;
    /** Days on which they are not reminded, both included; null: not away. */
    readonly away: { readonly from: string; readonly until: string } | null;
  };
  readonly carriers: { readonly id: string; readonly name: string };
  readonly couriers: {
    readonly id: string;
    readonly carrier: string;
    readonly name: string | null;
    /** When their code begins a visit; null: in the building's own hours (policy). */
    readonly hours: DropOffHours | null;
    readonly revoked: boolean;
  };
  readonly staff: {
    readonly id: string;
    readonly login: string;
    readonly name: string;
    readonly role: Role;
    readonly passwordHash: string;
    /** Where they are told what only managers can mend (hub/notifications); null: nowhere. */
    readonly email: string | null;
    /** In which they are told; null: in the building's. */
    readonly language: string | null;
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
  /** Lists of residents that were taken over, newest last. */
  readonly rosterImports: {
    readonly id: string;
    readonly state: 'staging' | 'applying' | 'done' | 'undoing' | 'undone';
    readonly at: number;
    readonly staff: string | null;
    /** Field → header, for the next list. */
    readonly columns: RosterColumns;
    readonly pieces: number;
    readonly applied: number;
    readonly counts: { readonly added: number; readonly changed: number; readonly gone: number };
    readonly kept: number;
  };
  /** What an import writes, piece by piece, with what was there before. `id` is `<import>/<number>`. */
  readonly rosterPieces: {
    readonly id: string;
    readonly rosterImport: string;
    readonly changes: readonly object[];
  };
  /** `id` is the setting's name: `building`, `policy`. */
  readonly settings: { readonly id: string; readonly value: Readonly<Record<string, unknown>> };
}

export type RowTable = keyof Rows;
