/** What the doctor looked at, as plain data: who judges it needs nothing else. Null: it could not be known here. */
import type { ConsoleDiagnosis } from '@lockerhub/protocol/http/console.ts';

export interface Facts {
  readonly machine: MachineFacts;
  readonly settings: SettingsFacts;
  readonly folder: FolderFacts;
  /** What a running hub says of itself; null: none answers. */
  readonly hub: ConsoleDiagnosis | null;
  readonly outside: OutsideFacts;
}

export interface MachineFacts {
  /** Such as `v24.1.0`. */
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  readonly wallMs: number;
  /** Of the disk that the folder of hub or agent lies on. */
  readonly freeBytes: number | null;
  /** Of the hub, or of the agent; null: no systemd runs here, or it was not installed into it. */
  readonly service: ServiceFacts | null;
  /** How often the watchdog ended hub or agent within a day, as far as the journal reaches; systemd's bus need not be there. */
  readonly hangs: number;
  /** The file that says that an update is under way is there. */
  readonly isHeld: boolean;
  readonly isUpdaterRunning: boolean | null;
  readonly firewall: FirewallFacts;
  /** This machine's own networks, such as `{ name: 'eth1', cidr: '192.168.1.2/24' }`. */
  readonly networks: readonly {
    readonly name: string;
    readonly cidr: string;
    readonly isLoopback: boolean;
  }[];
}

export interface ServiceFacts {
  /** As systemd says: `active`, `failed`, `inactive`, … */
  readonly state: string;
  /** It starts with the machine. */
  readonly isEnabled: boolean;
  readonly exitCode: number;
  /** How often systemd has started it again since it was started by somebody. */
  readonly restarts: number;
}

export interface FirewallFacts {
  /** Its unit is active; null: it has none. */
  readonly isOn: boolean | null;
  /** Network ports through which its rules let nothing in. */
  readonly closed: readonly string[];
}

export interface SettingsFacts {
  /** Where they stand; null: in the environment. */
  readonly file: string | null;
  /** What is wrong, and in which line of the file (null: it has none). */
  readonly fault: { readonly message: string; readonly line: number | null } | null;
  /** Names that look like settings and are none. */
  readonly unknown: readonly string[];
}

/** A file of the hub's folder. */
export type FileFact = 'missing' | 'sound' | { readonly fault: string };

export interface FolderFacts {
  readonly path: string;
  readonly state: 'missing' | 'unreadable' | 'there';
  readonly hasStore: boolean;
  /** The process that holds the store. */
  readonly lockedBy: number | null;
  /** Files that belong to somebody else than the folder. */
  readonly foreign: readonly string[];
  readonly keyring: FileFact;
  readonly epoch: FileFact;
  /** The number of the hub that speaks in the place of this one. */
  readonly fencedBy: number | null;
  readonly recovery: FileFact | 'unconfirmed';
  readonly cloudAccount: FileFact;
  readonly log: { readonly count: number; readonly seq: number | null } | { readonly fault: string };
  readonly isReplaceUnfinished: boolean;
}

export interface OutsideFacts {
  /** Ports that the hub needs, and another program listens on. Asked only while no hub runs. */
  readonly takenPorts: readonly { readonly what: string; readonly port: number }[];
  /** `server`: host:port. `fault`: null if it answers. */
  readonly mail: { readonly server: string; readonly fault: string | null } | null;
  readonly cloud: { readonly url: string; readonly fault: string | null } | null;
  readonly backups: BackupFacts | null;
}

export interface BackupFacts {
  readonly folder: string;
  readonly isThere: boolean;
  /** On the disk that the hub's folder lies on: lost with it. */
  readonly isSameDisk: boolean;
  /** Null: there is none. */
  readonly newestAtMs: number | null;
}
