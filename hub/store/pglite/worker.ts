/** The store's thread: opens the engine, then answers one request at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { Engine } from './engine.ts';
import type { Answer, Reply, Request, WorkerSetup } from './requests.ts';
import { toFailure } from './requests.ts';

async function answer(engine: Engine, request: Request): Promise<Answer> {
  switch (request.kind) {
    case 'append':
      return { outcomes: await engine.append(request.batches), head: engine.head() };
    case 'merge':
      return { merged: await engine.merge(request.arrival), head: engine.head() };
    case 'query':
      return { rows: await engine.query(request.sql, request.parameters) };
    case 'upkeep':
      return engine.upkeep(request.task);
    case 'close':
      await engine.close();
      return {};
  }
}

async function serve(): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('the store runs as a worker; see open.ts');
  const say = (reply: Reply) => port.postMessage(reply);
  try {
    const engine = await Engine.open(workerData as WorkerSetup);
    port.on('message', async (request: Request) => {
      try {
        say({ answer: await answer(engine, request) });
      } catch (error) {
        say({ failure: toFailure(error) });
      }
      if (request.kind === 'close') port.close();
    });
    say({ ready: { head: engine.head(), wal: await engine.wal() } });
  } catch (error) {
    say({ failure: toFailure(error) });
  }
}

await serve();
