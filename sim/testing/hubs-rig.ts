/** A cloud with two gateways, hubs that belong to it, and what it keeps of them. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { CloudHub } from './cloud-hub.ts';
import { CloudRig } from './cloud-rig.ts';

export interface HubsRig {
  readonly rig: CloudRig;
  readonly url: string;
  /** Of a second gateway over the same database. */
  readonly otherUrl: string;
  /** A hub of a new building, which has joined the cloud. */
  readonly enrolled: () => Promise<{ hub: CloudHub; building: string; key: KeyObject }>;
  /** The kinds of a building's incidents, in alphabetical order. */
  readonly incidents: (building: string) => Promise<string[]>;
  /** The heads of the log that the cloud keeps of a building. */
  readonly stored: (building: string) => Promise<{ seq: number; hash: string }[]>;
}

/** The caller ends `rig`. */
export async function startHubsRig(): Promise<HubsRig> {
  const rig = await CloudRig.start();
  const { url } = await rig.gateway();
  const { url: otherUrl } = await rig.gateway();
  let made = 0;
  return {
    ...{ rig, url, otherUrl },
    async enrolled() {
      made += 1;
      const building = await rig.building();
      const hub = await CloudHub.make(url, `building-${made}`);
      const { gatewayKey } = await hub.enrol(await rig.code(building));
      return { hub, building, key: createPublicKey(gatewayKey) };
    },
    async incidents(building) {
      const rows = await rig.sql<{ kind: string }>(
        'select kind from incidents where building = $1 order by kind',
        [building],
      );
      return rows.map(({ kind }) => kind);
    },
    async stored(building) {
      const rows = await rig.sql<{ seq: string; hash: string }>(
        'select seq, hash from log where building = $1 order by seq',
        [building],
      );
      return rows.map(({ seq, hash }) => ({ seq: Number(seq), hash }));
    },
  };
}

export const headsOf = (hub: CloudHub) => hub.entries.map(({ seq, hash }) => ({ seq, hash }));

/** A unit's row, as a hub sends it up. */
export const unitRow = (instance: string, name: string) => ({
  table: 'units',
  id: newId(systemClock, systemRandom),
  row: {
    fields: {
      name: {
        value: name,
        stamp: { atMs: 1_700_000_000_000, count: 0, node: `h-${instance.slice(0, 8)}` },
      },
    },
    switches: {},
    removed: null,
    erased: null,
  },
});
