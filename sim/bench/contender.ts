/** Who takes part in the bench of opens, and what is measured of each. */
import { type Agent, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { DOORS } from './house.ts';

/** Doors are opened by people, seconds apart: what an open leaves to be done after it was told is not the next one's. */
const REST_MS = 10;

/** Where the time of one open went, in ms. */
export interface Stages {
  /** POST → the grant is durable: HTTP, the decision, the commit. */
  readonly commit: number;
  /** → the pulse leaves the agent: MQTT, checks, `begun` on the disk. */
  readonly order: number;
  /** → the door was seen open: write and read-back. */
  readonly door: number;
  /** → the POSTer knows it: MQTT back, and what the program does before it tells. */
  readonly report: number;
}

/** One open, in ms. */
export interface Opened extends Stages {
  readonly total: number;
}

/** Somebody who opens doors. */
export interface Contender {
  readonly what: string;
  open(door: number): Promise<Opened>;
  /** Shuts all doors. Resolves when that is known. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** Opens every door once, one after the other, and shuts them again. */
export async function openRound(contender: Contender): Promise<Opened[]> {
  const opened: Opened[] = [];
  for (let door = 1; door <= DOORS; door++) {
    opened.push(await contender.open(door));
    await pause(REST_MS);
  }
  await contender.settled();
  return opened;
}

/** POSTs JSON over a connection that stays open. @throws Error on any other answer than 200. */
export async function post(url: string, agent: Agent, body: unknown, token?: string): Promise<unknown> {
  const text = JSON.stringify(body);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', agent, headers }, (answer) => {
      json(answer).then((parsed) => {
        if (answer.statusCode === 200) resolve(parsed);
        else reject(new Error(`${url} answered ${answer.statusCode}: ${JSON.stringify(parsed)}`));
      }, reject);
    });
    asked.on('error', reject).end(text);
  });
}
