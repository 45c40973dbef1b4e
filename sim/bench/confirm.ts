/**
 * From the write that opens a door to the read that confirms it, on a line of this project, beside one raw round trip
 * of the same read over a bare socket to the same simulated PLC; round by round.
 */
import type { LineRequest } from '@lockerhub/edge-agent/lines/line.ts';
import { waitFor } from '../testing/wait-for.ts';
import { startFarm } from './farm.ts';
import { BareClient, openLine, readFrame } from './pollers.ts';
import { median } from './samples.ts';
import type { Row } from './table.ts';

/** Raw round trips (third issue, "Speed"). */
const AIM = 3;
const ROUNDS = 20;
const QUICK_ROUNDS = 5;
const WARM_UP_ROUNDS = 3;
const A_ROUND = 100;
const ONLINE_WITHIN_MS = 5_000;
const DOORS = 64;
/** FC05 takes this word for "on", and zero for "off". */
const ON = 0xff00;

/** Runs the bench. */
export async function benchConfirm(say: (words: string) => void, quick: boolean): Promise<Row[]> {
  const rounds = quick ? QUICK_ROUNDS : ROUNDS;
  const farm = await startFarm(1);
  const [port] = farm.ready;
  if (port === undefined) throw new RangeError('the farm has no PLC');
  const line = openLine('bank', port);
  const bare = await BareClient.connect(port);
  try {
    await waitFor(() => line.online, ONLINE_WITHIN_MS, 'the line to be online');
    const look: LineRequest = { unit: 1, kind: 'read', area: 'discrete-inputs', address: 0, count: DOORS };
    const frame = readFrame('discrete-inputs', DOORS);
    const confirmed: number[] = [];
    const raw: number[] = [];
    for (let round = 0; round < rounds + WARM_UP_ROUNDS; round++) {
      const opens = await timesOf(async (turn) => {
        const value = turn % 2 === 0 ? ON : 0;
        await line.request({ unit: 1, kind: 'write-coil', address: turn % DOORS, value }, 'command');
        await line.request(look, 'command');
      });
      const trips = await timesOf(() => bare.roundTrip(frame));
      if (round < WARM_UP_ROUNDS) continue;
      confirmed.push(median(opens));
      raw.push(median(trips));
    }
    say(`${rounds} rounds of ${A_ROUND}`);
    const row: Row = {
      what: 'write → confirmed, beside one raw round trip',
      product: median(confirmed),
      peer: median(raw),
      unit: 'ms',
      digits: 3,
      aim: `≤ ${AIM} × the round trip`,
      met: median(confirmed) <= AIM * median(raw),
    };
    return [row];
  } finally {
    bare.end();
    await line.stop();
    await farm.stop();
  }
}

async function timesOf(act: (turn: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < A_ROUND; turn++) {
    const begunMs = performance.now();
    await act(turn);
    times.push(performance.now() - begunMs);
  }
  return times;
}
