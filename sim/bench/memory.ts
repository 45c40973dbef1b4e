/** What hub and agent need at rest and after work, and how soon they are ready on folders that they know. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuildingView } from '@lockerhub/protocol/http/staff.ts';
import { z } from 'zod';
import { emptyStoreIn } from '../testing/store-folder.ts';
import { waitFor } from '../testing/wait-for.ts';
import { BANK, DOORS, furnish, type House, openHouse, startDoorPlc } from './house.ts';
import { median } from './samples.ts';
import type { Row } from './table.ts';

const OPENS = 200;
const STARTS = 3;
const SHUT_WITHIN_MS = 20_000;
/** Aims of the first issue, "Speed". */
const HUB_MB = 300;
const AGENT_MB = 100;
const READY_MS = 5_000;
/** Of the third. */
const AGENT_READY_MS = 2_000;

const GrantAnswer = z.object({ grant: z.string() });

/** Runs the bench. */
export async function benchMemory(say: (words: string) => void, quick: boolean): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lockerhub-bench-memory-'));
  const plc = await startDoorPlc();
  try {
    await emptyStoreIn(join(folder, 'hub'));
    await furnish(folder, 'agent', plc.ready.port);
    say('first start');
    await (await openHouse(folder, 'agent', plc)).stop();
    const starts: Starts[] = [];
    for (let start = 1; start < STARTS && !quick; start++) {
      const house = await openHouse(folder, 'agent', plc);
      starts.push(startOf(house));
      await house.stop();
    }
    const house = await openHouse(folder, 'agent', plc);
    starts.push(startOf(house));
    const rested = memoryOf(house);
    say(`${OPENS} opens`);
    await openOften(house);
    const worked = memoryOf(house);
    const peak = house.hub.peakMb();
    await house.stop();
    return rowsOf(starts, rested, worked, peak);
  } finally {
    await plc.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Starts {
  readonly hubMs: number;
  readonly agentMs: number;
}

function startOf({ readyAfterMs, agentReadyAfterMs = 0 }: House): Starts {
  return { hubMs: readyAfterMs, agentMs: agentReadyAfterMs };
}

interface Memory {
  readonly hub: number;
  readonly agent: number;
}

function memoryOf({ hub, agent }: House): Memory {
  return { hub: hub.memoryMb(), agent: agent?.memoryMb() ?? 0 };
}

async function openOften({ staff, plc }: House): Promise<void> {
  const areAll = async (state: 'open' | 'closed') => {
    const { banks } = await staff.ask('GET', '/api/v1/building', BuildingView);
    const doors = banks[0]?.doors ?? [];
    return doors.length > 0 && doors.every(({ door }) => door === state);
  };
  for (let opened = 0; opened < OPENS; opened += DOORS) {
    await waitFor(() => areAll('closed'), SHUT_WITHIN_MS, 'all doors to be shut');
    plc.child.send('hold');
    for (let door = 1; door <= DOORS; door++) {
      const path = `/api/v1/banks/${BANK}/compartments/${door}/open`;
      await staff.ask('POST', path, GrantAnswer, { reason: 'bench' });
    }
    await waitFor(() => areAll('open'), SHUT_WITHIN_MS, 'all doors to be open');
    plc.child.send('shut');
  }
}

function rowsOf(starts: readonly Starts[], rested: Memory, worked: Memory, hubPeakMb: number): Row[] {
  const row = (what: string, product: number, unit: string, aim: number): Row => ({
    what,
    product,
    unit,
    digits: 0,
    aim: `≤ ${aim} ${unit}`,
    met: product <= aim,
  });
  return [
    row('ready at a later start', median(starts.map(({ hubMs }) => hubMs)), 'ms', READY_MS),
    row('memory of the hub, started', rested.hub, 'MB', HUB_MB),
    row(`memory of the hub, after ${OPENS} opens`, worked.hub, 'MB', HUB_MB),
    row('memory of the hub, at its most', hubPeakMb, 'MB', HUB_MB),
    row(
      'agent connected at a later start',
      median(starts.map(({ agentMs }) => agentMs)),
      'ms',
      AGENT_READY_MS,
    ),
    row('memory of the agent, started', rested.agent, 'MB', AGENT_MB),
    row(`memory of the agent, after ${OPENS} opens`, worked.agent, 'MB', AGENT_MB),
  ];
}
