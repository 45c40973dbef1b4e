/** The small plan's bank without an agent: what it would report is told to the hub by the test itself. */
import type { HubRig } from './hub-rig.ts';

const BANK = { bank: 'hall', session: 1 };
const DOORS = [1, 2, 3, 4];

export class ToldBank {
  readonly #rig: HubRig;
  #events = 0;

  constructor(rig: HubRig) {
    this.#rig = rig;
  }

  /** Online, all doors shut. */
  async begin(): Promise<void> {
    await this.#rig.hub.building.execute({ type: 'bank-online', ...BANK });
    for (const compartment of DOORS) await this.seen(compartment, 'closed');
  }

  event(kind: 'opened' | 'closed' | 'forced', compartment: number, grant: string | null): Promise<unknown> {
    this.#events += 1;
    const event = { kind, number: this.#events, compartment, grant, ageMs: 0, latencyMs: null };
    return this.#rig.hub.building.execute({ type: 'bank-event', ...BANK, ...event });
  }

  seen(compartment: number, door: 'open' | 'closed'): Promise<unknown> {
    return this.#rig.hub.building.execute({ type: 'door-seen', ...BANK, compartment, door, sensed: true });
  }

  /** A parcel for Mara Olsen, or whom a search finds, brought by the kiosk's own requests. @returns the delivery */
  async dropOff(search = 'olsen'): Promise<string> {
    const { ask, made } = this.#rig;
    const token = made?.terminals[0]?.token ?? '';
    await this.begin();
    const { json: visit } = await ask('/api/v1/visits', { token, body: { code: made?.couriers[0]?.code } });
    const path = `/api/v1/visits/${visit.visit}`;
    const recipients = await ask(`${path}/recipients?q=${search}`, { token });
    const { unit, resident } = recipients.json[0];
    const body = { unit, resident, size: 'M', tracking: 'TBA1' };
    const [{ delivery, place }] = (await ask(`${path}/parcels`, { token, body })).json.stops;
    await this.openAndClose(delivery, place.compartment);
    await ask(`${path}/parcels/${delivery}/confirm`, { token, body: { inside: true } });
    await ask(`${path}/end`, { token, body: {} });
    return delivery;
  }

  /** The newest permission for its door is used: it opens, and somebody closes it. */
  async openAndClose(delivery: string, compartment: number): Promise<void> {
    const [grant] = await this.#rig.hub.store.query<{ id: string }>(
      'select grant_id as id from grants where delivery = $1::uuid order by seq desc limit 1',
      [delivery],
    );
    for (const kind of ['opened', 'closed'] as const) {
      await this.event(kind, compartment, grant?.id ?? null);
      await this.seen(compartment, kind === 'opened' ? 'open' : 'closed');
    }
  }
}
