/** The product as a contender: a door opened by staff, over hub, agent and PLC, as the staff page hears of it. */
import { Agent } from 'node:http';
import { BuildingView } from '@lockerhub/protocol/http/staff.ts';
import { z } from 'zod';
import { waitFor } from '../testing/wait-for.ts';
import { type Contender, type Opened, post } from './contender.ts';
import type { Pulse } from './door-plc.ts';
import { type Heard, listenTo } from './event-stream.ts';
import { BANK, DOORS, type House } from './house.ts';
import { sharedMs } from './samples.ts';

const OPEN_WITHIN_MS = 10_000;
const START_WITHIN_MS = 30_000;

const GrantAnswer = z.object({ grant: z.string() });

/** Opens as staff, and hears of it as the staff page does. */
export class Product implements Contender {
  readonly what: string;
  readonly house: House;
  readonly #http = new Agent({ keepAlive: true });
  readonly #doors = new Map<number, string>();
  readonly #pulses = new Map<number, number>();
  readonly #heard = new Map<string, Extract<Heard, { name: 'entry' }>>();
  #tell = () => {};
  #stopListening = () => {};

  private constructor(house: House, what: string) {
    this.house = house;
    this.what = what;
  }

  /** Takes over a house, its PLC included. Resolves once all doors are known to be shut. */
  static async join(house: House, what: string): Promise<Product> {
    const product = new Product(house, what);
    house.plc.child.on('message', ({ door, atMs }: Pulse) => {
      product.#pulses.set(door, atMs);
      product.#tell();
    });
    product.#stopListening = await listenTo(house.hub.ready.http, house.token, (heard) =>
      product.#hear(heard),
    );
    await waitFor(() => product.#look(), START_WITHIN_MS, `the doors of the ${what} to be known as shut`);
    return product;
  }

  async open(door: number): Promise<Opened> {
    this.#pulses.delete(door);
    const path = `/api/v1/banks/${BANK}/compartments/${door}/open`;
    const postedMs = sharedMs();
    const { grant } = GrantAnswer.parse(
      await post(this.house.hub.ready.http + path, this.#http, { reason: 'bench' }, this.house.token),
    );
    const ended = await this.#ended(grant, door);
    const data = ended.data.data as { readonly end: string; readonly latencyMs?: number };
    const issuedMs = this.#heard.get(`grant.issued ${grant}`)?.atMs;
    const pulsedMs = this.#pulses.get(door);
    if (
      data.end !== 'opened' ||
      issuedMs === undefined ||
      pulsedMs === undefined ||
      data.latencyMs === undefined
    ) {
      throw new Error(`door ${door} was not opened (${data.end})`);
    }
    this.#heard.clear();
    return {
      total: ended.atMs - postedMs,
      commit: issuedMs - postedMs,
      order: pulsedMs - issuedMs,
      door: data.latencyMs,
      report: ended.atMs - pulsedMs - data.latencyMs,
    };
  }

  async settled(): Promise<void> {
    this.house.plc.child.send('shut');
    await waitFor(() => this.#allShut(), OPEN_WITHIN_MS, 'all doors to be shut again');
    this.house.plc.child.send('hold');
  }

  async stop(): Promise<void> {
    this.#stopListening();
    this.#http.destroy();
    await this.house.stop();
    await this.house.plc.stop();
  }

  #hear(heard: Heard): void {
    if (heard.name === 'door') this.#doors.set(heard.data.number, heard.data.door);
    if (heard.name === 'entry') {
      const { type, data } = heard.data;
      if (type.startsWith('grant.')) this.#heard.set(`${type} ${String(data.grant)}`, heard);
    }
    this.#tell();
  }

  /** Doors that were known before the stream began are in no event. */
  async #look(): Promise<boolean> {
    const { banks } = await this.house.staff.ask('GET', '/api/v1/building', BuildingView);
    for (const { number, door } of banks[0]?.doors ?? []) this.#doors.set(number, door);
    return this.#allShut();
  }

  #allShut(): boolean {
    const doors = [...this.#doors.values()];
    return doors.length === DOORS && doors.every((door) => door === 'closed');
  }

  /** Event by event, not by looking again and again: that would be measured too. */
  #ended(grant: string, door: number): Promise<Extract<Heard, { name: 'entry' }>> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`door ${door} was not confirmed within ${OPEN_WITHIN_MS} ms`)),
        OPEN_WITHIN_MS,
      );
      this.#tell = () => {
        const ended = this.#heard.get(`grant.ended ${grant}`);
        if (!ended || !this.#pulses.has(door)) return;
        this.#tell = () => {};
        clearTimeout(late);
        resolve(ended);
      };
      this.#tell();
    });
  }
}
