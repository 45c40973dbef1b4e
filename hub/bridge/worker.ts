/** The bridge's worker: agents for the PLCs that the hub reaches itself, apart from the hub's own event loop. */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { Agent } from '@lockerhub/edge-agent/agent/agent.ts';
import { startAgent } from '@lockerhub/edge-agent/agent/start-agent.ts';
import { plainWay } from '@lockerhub/edge-agent/link/hub-way.ts';
import { createLogger } from '../config/logging.ts';
import type { BridgedBank, BridgeSetting, Order, Report } from './order.ts';

const setting = workerData as BridgeSetting;
const log = createLogger(setting.logLevel).child({ part: 'bridge' });
const agents = new Map<string, Agent>();
/** Orders are carried out one after the other: a bank is never started twice at once. */
let work: Promise<void> = Promise.resolve();

function say(report: Report): void {
  parentPort?.postMessage(report);
}

async function add({ bank, file, username, password }: BridgedBank): Promise<void> {
  await remove(bank);
  try {
    const agent = await startAgent({
      bankFile: file,
      bankFileName: `the file of bank ${bank}`,
      way: plainWay({ url: setting.brokerUrl, building: setting.building, username, password }),
      folder: join(setting.folder, bank),
      software: setting.software,
      log,
    });
    agents.set(bank, agent);
    say({ report: 'started', bank });
  } catch (error) {
    log.error({ err: error, bank }, 'a bank cannot be driven');
    say({ report: 'refused', bank, detail: error instanceof Error ? error.message : String(error) });
  }
}

async function remove(bank: string): Promise<void> {
  const agent = agents.get(bank);
  agents.delete(bank);
  await agent?.stop();
}

async function obey(order: Exclude<Order, { order: 'progress' }>): Promise<void> {
  if (order.order === 'add') await add(order.bank);
  else if (order.order === 'remove') {
    await remove(order.bank);
    say({ report: 'removed', bank: order.bank });
  } else {
    await Promise.all([...agents.keys()].map(remove));
    say({ report: 'stopped' });
    parentPort?.close();
  }
}

parentPort?.on('message', (order: Order) => {
  if (order.order === 'progress') {
    say({ report: 'progress' });
    return;
  }
  work = work.then(() => obey(order));
});
for (const bank of setting.banks) work = work.then(() => add(bank));
