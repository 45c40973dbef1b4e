/** How a hub does, for the command at its console. */
import type { ConsoleStatus } from '@lockerhub/protocol/http/console.ts';
import type { Hub } from '../api/hub.ts';
import { SOFTWARE } from '../version.ts';

/** @throws StoreError */
export async function consoleStatus(hub: Hub): Promise<ConsoleStatus> {
  const tallies = await hub.store.query<{ name: string; value: number }>(
    `select name, value from tallies where name in ('cases.open', 'deliveries.deposited')`,
  );
  const tally = (name: string) => tallies.find((row) => row.name === name)?.value ?? 0;
  const { backups, failure } = await hub.backups.view();
  return {
    software: SOFTWARE,
    building: hub.settings.get()?.name ?? null,
    epoch: hub.epoch,
    fencedBy: hub.fence.by,
    clock: { ...hub.clockState() },
    disk: hub.store.disk(),
    seq: hub.buildingLog.head().seq,
    banks: hub.register
      .all('banks')
      .map(({ id }) => ({ bank: id, online: hub.banks.link(id)?.online ?? false })),
    openCases: tally('cases.open'),
    waiting: tally('deliveries.deposited'),
    cloud: (await hub.cloud.view()).state,
    backupAt: backups[0]?.madeAt ?? null,
    backupFailure: failure?.message ?? null,
  };
}
