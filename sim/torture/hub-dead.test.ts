/** Pickups with the hub dead, over real processes: the hub and the agent are killed with kill -9. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeliveryStory } from '@lockerhub/protocol/http/staff.ts';
import { KioskView } from '@lockerhub/protocol/http/visit.ts';
import { afterEach, expect, it } from 'vitest';
import { NEIGHBOURS } from '../demo/linden-court.ts';
import { waitFor } from '../testing/wait-for.ts';
import { codeIn } from '../walk/code-in-message.ts';
import { HubLink } from '../walk/hub-link.ts';
import { type Hands, putIn, recipientIn, takeAll, Visit } from '../walk/people.ts';
import { type KillBuilding, startKillBuilding } from './kill-building.ts';

const WITHIN_MS = 60_000;
let building: KillBuilding;
let energised: number[];
let passed = false;

afterEach(() => building.stop(!passed));

it('residents collect at the agent while the hub is dead, and the hub learns of each pickup once', {
  timeout: 240_000,
}, async () => {
  energised = [];
  building = await startKillBuilding({
    plcEvent: (bank, event) => {
      if (bank === 'garage' && event.kind === 'energised') energised.push(event.door);
    },
    processStarted: () => {},
  });
  const { access, hub, agent } = building;
  const [neighbour] = NEIGHBOURS;
  if (!neighbour) throw new Error('nobody lives in Linden Court');

  const [first = '', second = ''] = await bring(neighbour.unitName, 2);
  const code = await codeFor(neighbour.email);
  await untilListed(first, second);
  const deposits = energised.length;

  await hub.kill();
  await hub.stop();
  const kiosk = new HubLink(building.kiosk, access.terminals.garage.token);
  await untilAlone(kiosk);
  await expect(Visit.start(kiosk, '00000000')).rejects.toMatchObject({ code: 'not-listed' });
  await expect(Visit.start(kiosk.as('x'.repeat(43)), code)).rejects.toMatchObject({ code: 'hub-away' });

  // The first door is open when the agent dies: between pulse and report.
  const cut = await Visit.start(kiosk, code);
  await cut.until(first, ['open']);
  await agent.kill();
  await untilAlone(kiosk);
  const visit = await Visit.start(kiosk, code);
  expect(visit.stop(first).step).toBe('open');
  await takeAll(visit, hands);
  expect(visit.stops.map(({ step }) => step)).toEqual(['done', 'done']);
  await visit.end();
  expect(energised.length - deposits).toBe(2);

  await hub.start();
  await building.untilCalm();
  for (const delivery of [first, second]) {
    const story = await collected(delivery);
    expect(story.filter(({ type }) => type === 'delivery.collected')).toHaveLength(1);
  }
  // The hub answers the agent's kiosk again.
  await waitFor(async () => (await look(kiosk))?.hub === 'here', WITHIN_MS, 'the hub to answer the kiosk');
  expect(energised.length - deposits).toBe(2);
  passed = true;
});

const hands: Hands = {
  close: async (bank, compartment) => {
    const { plc } = building.bank(bank);
    await waitFor(() => plc.hand.close(compartment), WITHIN_MS, `door ${compartment} to latch`);
  },
};

async function bring(unitName: string, parcels: number): Promise<string[]> {
  const { access } = building;
  const kiosk = new HubLink(access.hub, access.terminals.garage.token);
  const visit = await Visit.start(kiosk, access.couriers[0]?.code ?? '');
  const { unit, resident } = await recipientIn(visit, unitName);
  const brought: string[] = [];
  for (let parcel = 0; parcel < parcels; parcel += 1) {
    brought.push((await putIn(visit, { unit, resident, size: 'S' }, hands)).delivery);
  }
  await visit.end();
  return brought;
}

function codeFor(email: string): Promise<string> {
  const found = () => codeIn(building.mailbox.mailsTo(email).at(-1)?.text ?? '');
  return waitFor(found, WITHIN_MS, 'the message with the code');
}

async function untilListed(...deliveries: string[]): Promise<void> {
  const file = join(building.folder, 'building', 'agent', 'ledger', 'pickups.json');
  await waitFor(
    async () => {
      const text = await readFile(file, 'utf8').catch(() => '');
      return deliveries.every((delivery) => text.includes(delivery));
    },
    WITHIN_MS,
    'the pickup list',
  );
}

const look = (kiosk: HubLink) => kiosk.ask('GET', '/api/v1/kiosk', KioskView).catch(() => undefined);

async function untilAlone(kiosk: HubLink): Promise<void> {
  await waitFor(async () => (await look(kiosk))?.hub === 'away', WITHIN_MS, 'the agent to take over');
}

async function collected(delivery: string): Promise<{ readonly type: string }[]> {
  const story = await waitFor(
    async () => {
      const { entries } = await building.staff.ask('GET', `/api/v1/deliveries/${delivery}`, DeliveryStory);
      return entries.some(({ type }) => type === 'delivery.collected') ? entries : undefined;
    },
    WITHIN_MS,
    'the pickup in the log',
  );
  return story;
}
