/**
 * Polls as many banks as there are ports in one way, and prints which share of the cycles was kept.
 *
 * Arguments: the way's name, the ports as JSON.
 */
import { Ports } from './farm.ts';
import { POLLERS, runCycles } from './pollers.ts';

const WARM_UP_CYCLES = 10;
const CYCLES = 30;

const name = process.argv[2] as keyof typeof POLLERS;
const ports = Ports.parse(JSON.parse(String(process.argv[3])));
const poller = await POLLERS[name](ports);
await runCycles(poller, ports.length, WARM_UP_CYCLES);
const skipped = await runCycles(poller, ports.length, CYCLES);
await poller.stop();
process.stdout.write(`${JSON.stringify({ kept: 1 - skipped / (CYCLES * ports.length) })}\n`);
