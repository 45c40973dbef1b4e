/** `npm run walk`: one parcel through a running hub, by HTTP, step by step. */
import { join } from 'node:path';
import { Command } from 'commander';
import { type Access, accessFile, readAccess } from '../demo/access.ts';
import { HubLink, HubRefusal } from './hub-link.ts';
import { Surroundings } from './surroundings.ts';
import { type TakeStep, type WalkOptions, walk } from './walk.ts';

const DEMO_FOLDER = join(import.meta.dirname, '..', '..', 'data', 'demo');

const flags = new Command('walk')
  .description('Walks one parcel through a running hub as a courier and a resident would.')
  .option('--hub <url>', 'the hub; default: the demo, at http://127.0.0.1:8080')
  .option('--demo <folder>', "the demo's folder, where addresses and codes are read", DEMO_FOLDER)
  .option('--token <token>', 'of a paired terminal, for a hub that is no demo')
  .option('--courier-code <code>', 'of a courier, for a hub that is no demo')
  .option('--unit <name>', 'for whom the parcel is')
  .option('--mail-to <address>', "that resident's address")
  .option('--oversize', 'the parcel fits into no compartment: it goes on a zone of a package room')
  .option('--control <url>', 'who closes doors and reads mail: a control as the demo has one')
  .parse()
  .opts<
    Record<'hub' | 'demo' | 'token' | 'courierCode' | 'unit' | 'mailTo' | 'control', string | undefined> & {
      oversize?: true;
    }
  >();

let steps = 0;
let current = '';
const begunMs = performance.now();

const step: TakeStep = async (name, act) => {
  current = name;
  const startedMs = performance.now();
  const result = await act();
  steps += 1;
  const tookMs = Math.round(performance.now() - startedMs);
  console.log(`${String(steps).padStart(3)}  ${name.padEnd(44)} ${String(tookMs).padStart(6)} ms`);
  return result;
};

try {
  await walk(await optionsFrom(), step);
  console.log(
    `The parcel went in and came out: ${steps} steps in ${Math.round(performance.now() - begunMs)} ms.`,
  );
} catch (error) {
  console.error(`${current ? `Failed at step ${steps + 1}, "${current}": ` : ''}${explain(error)}`);
  process.exitCode = 1;
}

async function optionsFrom(): Promise<WalkOptions> {
  const access = await readAccess(flags.demo ?? DEMO_FOLDER);
  const need = (flag: string, value: string | undefined): string => {
    if (value !== undefined) return value;
    throw new Error(
      `there is no demo to read it from (${accessFile(flags.demo ?? DEMO_FOLDER)}): start one by npm start, or give --${flag}`,
    );
  };
  const oversize = flags.oversize ?? false;
  const terminal = oversize ? access?.terminals.walkRoom : access?.terminals.walk;
  const hub = (flags.hub ?? access?.hub ?? 'http://127.0.0.1:8080').replace(/\/+$/, '');
  return {
    kiosk: new HubLink(hub, need('token', flags.token ?? terminal?.token)),
    oversize,
    courierCode: need('courier-code', flags.courierCode ?? access?.couriers[0]?.code),
    unitName: need('unit', flags.unit ?? access?.resident.unitName),
    email: need('mail-to', flags.mailTo ?? access?.resident.email),
    surroundings: new Surroundings(need('control', flags.control ?? access?.control), keyOf(access)),
  };
}

function keyOf(access: Access | undefined): string | null {
  return access?.controlKey ?? null;
}

/** What went wrong, with what lies under it, in one line. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof HubRefusal && error.code === 'hub-away')
    return `${error.message}. Is it running? npm start`;
  return error.cause instanceof Error ? `${error.message}: ${explain(error.cause)}` : error.message;
}
