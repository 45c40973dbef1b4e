import type { Hub } from '../api/hub.ts';
import { tellEntries } from '../api/live.ts';
import type { Broker } from '../broker/broker.ts';
import { lockFigures } from '../locks/lock-figures.ts';
import { LockWatch } from '../locks/lock-watch.ts';
import { wearOf } from '../locks/trend.ts';
import type { BankLocks } from '../metrics/lock-metrics.ts';
import type { Starting } from './starting.ts';

/** Starts what watches the hub: live pages, figures for `/metrics`, wear of locks. */
export function goLive(hub: Hub, broker: Broker, { closers }: Starting): void {
  hub.events.start();
  hub.visits.start();
  closers.push(
    () => hub.events.stop(),
    () => hub.visits.stop(),
    tellEntries(hub),
  );
  hub.metrics.watch({
    banksOnline: () => hub.banks.online,
    connections: () => broker.connected,
    streams: () => hub.events.listening,
    logSeq: () => hub.buildingLog.head().seq,
    logFaults: () => hub.logWatch.view().faults.count,
    logCheckedSeq: () => hub.logWatch.view().seq,
    diskLow: () => hub.store.disk() === 'low',
    clockTrusted: () => hub.clockState().state === 'trusted',
    clock: hub.clock,
    banks: () => hub.register.all('banks').map(({ id }) => id),
    locks: (bank) => bankLocks(hub, bank),
    sync: () => hub.cloud.figures(),
  });
  const locks = new LockWatch({
    store: hub.store,
    banks: () => hub.register.all('banks').map(({ id }) => id),
    clock: hub.clock,
    log: hub.log,
    execute: (command) => hub.building.execute(command),
  });
  locks.start();
  closers.push(() => locks.stop());
}

/** What `/metrics` says of a bank's locks. */
async function bankLocks({ store, clock, building }: Hub, bank: string): Promise<BankLocks> {
  const { recent, locks } = await lockFigures(store, bank, clock.wallMs());
  return {
    bank,
    ...recent,
    wearing: locks.filter((lock) => wearOf(lock, locks) !== null).length,
    outOfService: building.doors(bank).filter(({ inService }) => !inService).length,
    isEmergency: building.emergency(bank) !== null,
  };
}
