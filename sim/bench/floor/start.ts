/** The floor as a contender: what no program can do without, and nothing else. */
import { Agent } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import { emptyStoreIn } from '../../testing/store-folder.ts';
import { type Contender, post } from '../contender.ts';
import { startDoorPlc } from '../house.ts';
import { asJson, startProgram } from '../program.ts';
import { sharedMs } from '../samples.ts';
import type { FloorAnswer } from './topics.ts';

/** The floor's pulse, and some. */
const FLOOR_SETTLES_MS = 300;
const FloorHubReady = z.object({ http: z.number(), mqtt: z.number() });
const Joined = z.object({ joined: z.literal(true) });

/** Starts the floor's two processes and a PLC. */
export async function startFloor(folder: string): Promise<Contender> {
  const plc = await startDoorPlc();
  await emptyStoreIn(folder);
  const joined = Promise.withResolvers<void>();
  const hub = await startProgram({
    script: 'sim/bench/floor/hub.ts',
    arguments: [folder],
    ready: (line) => {
      const said = asJson(line);
      if (Joined.safeParse(said).success) joined.resolve();
      return FloorHubReady.safeParse(said).data;
    },
  });
  const agent = await startProgram({
    script: 'sim/bench/floor/agent.ts',
    arguments: [String(hub.ready.mqtt), String(plc.ready.port), join(folder, 'ledger')],
    ready: (line) => asJson(line) ?? undefined,
  });
  await joined.promise;
  const http = new Agent({ keepAlive: true });
  return {
    what: 'floor',
    async open(door) {
      const postedMs = sharedMs();
      const answer = (await post(`http://127.0.0.1:${hub.ready.http}/`, http, {
        door,
        reason: 'bench',
      })) as FloorAnswer;
      const totalMs = sharedMs() - postedMs;
      if (!answer.isOpen) throw new Error(`the floor's door ${door} is shut`);
      const { committedAtMs, pulsedAtMs, seenAtMs } = answer;
      return {
        total: totalMs,
        commit: committedAtMs - postedMs,
        order: pulsedAtMs - committedAtMs,
        door: seenAtMs - pulsedAtMs,
        report: postedMs + totalMs - seenAtMs,
      };
    },
    async settled() {
      plc.child.send('shut');
      await pause(FLOOR_SETTLES_MS);
      plc.child.send('hold');
    },
    async stop() {
      http.destroy();
      await agent.stop();
      await hub.stop();
      await plc.stop();
    },
  };
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
