/** Simulated PLCs in a process of their own, so that what they cost is not counted as the poller's. */
import { z } from 'zod';
import { asJson, type RunningProgram, startProgram } from './program.ts';

/** Where each PLC listens. */
export const Ports = z.array(z.number().int().positive()).min(1);

/** Starts so many PLCs, of one unit each. Its `ready` are their ports. */
export function startFarm(banks: number): Promise<RunningProgram<z.infer<typeof Ports>>> {
  return startProgram({
    script: 'sim/bench/plc-farm.ts',
    arguments: [String(banks)],
    ready: (line) => Ports.safeParse(asJson(line)).data,
  });
}
