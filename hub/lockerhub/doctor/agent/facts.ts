/** What the doctor looked at on an agent's machine, as plain data. Null: it could not be known here. */
import type { AgentStatus } from '@lockerhub/protocol/http/agent-status.ts';
import type { ConsoleDiagnosis } from '@lockerhub/protocol/http/console.ts';
import type { FileFact, FolderFacts, MachineFacts } from '../facts.ts';

export interface AgentFacts {
  /** Its service is the agent's. */
  readonly machine: MachineFacts;
  /** `agent.yaml`, and the bank's file that it names. `fault`: by file, line and key. */
  readonly settings: { readonly file: string; readonly fault: string | null };
  /** Of the release that is installed, such as `lockerhub 0.1.0`. */
  readonly release: string;
  /** What a running agent says of itself; null: none answers. */
  readonly agent: AgentStatus | null;
  /** The rest is known only where the settings can be read. */
  readonly own: OwnFacts | null;
}

export interface OwnFacts {
  readonly bank: string;
  readonly folder: Pick<FolderFacts, 'path' | 'state' | 'lockedBy' | 'foreign'>;
  /** `unneeded`: an agent on the hub's own machine shows a password. */
  readonly identity: FileFact | 'unneeded';
  /** When its certificate ends, by its own words. */
  readonly certificateEndsAtMs: number | null;
  readonly ledger: FileFact;
  /** The bank's lines, as the running agent tells of them. */
  readonly lines: ConsoleDiagnosis['banks'][number]['lines'];
  /** Serial ports of the bank's file that are not there, or not open to the agent's user. */
  readonly serial: readonly { readonly path: string; readonly fault: 'missing' | 'forbidden' }[];
  /** Controllers by TCP. */
  readonly hosts: readonly string[];
  /** Where the hub was looked for, by the addresses that the agent knows. */
  readonly knocks: readonly Knock[];
  /** What the hub's pages say; null: they do not answer, or nobody knows where they are. */
  readonly hub: { readonly software: string; readonly clockAheadMs: number } | null;
  /** Null: this bank has no kiosk. */
  readonly kiosk: KioskFacts | null;
}

export interface Knock {
  readonly address: string;
  /** Null: the building's hub answered there, and proved to be it. */
  readonly fault: string | null;
  /** Somebody answers there whom this building's CA does not know. */
  readonly isForeign: boolean;
}

export interface KioskFacts {
  readonly port: number;
  /** The page was built, and is there. */
  readonly isThere: boolean;
  /** No agent runs, and somebody listens on its port. */
  readonly isTaken: boolean;
  readonly list: 'missing' | { readonly fault: string } | ListFacts;
}

export interface ListFacts {
  /** By the hub's clock. */
  readonly issuedAtMs: number;
  /** Time with power since it came, charged ahead, and how much of that it is good for. */
  readonly usedMs: number;
  readonly goodForMs: number;
}
