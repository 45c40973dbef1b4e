/** Pickups with the hub dead, over real processes: the hub and the agent are killed with kill -9. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeliveryStory } from '@lockerhub/protocol/http/staff.ts';
import { KioskView } from '@lockerhub/protocol/http/visit.ts';
import { expect, it, type TestContext } from 'vitest';
import { NEIGHBOURS } from '../demo/linden-court.ts';
import { canLaunchBrowser, launchBrowser } from '../testing/browser.ts';
import { barcodesIn, fakeCamera, pictureIn } from '../testing/fake-camera.ts';
import { buildPages } from '../testing/pages.ts';
import { waitFor } from '../testing/wait-for.ts';
import { codeIn } from '../walk/code-in-message.ts';
import { HubLink } from '../walk/hub-link.ts';
import { type Hands, putIn, recipientIn, takeAll, Visit } from '../walk/people.ts';
import { type KillBuilding, startKillBuilding } from './kill-building.ts';

const WITHIN_MS = 60_000;

/** A building with parcels in the garage: one for each test, since they run side by side (most of it is waiting). */
interface Scene {
  readonly building: KillBuilding;
  /** The garage's doors whose locks were energised, in order. */
  readonly energised: number[];
  readonly hands: Hands;
  readonly code: string;
  readonly deliveries: string[];
}

it.concurrent('residents collect at the agent while the hub is dead, and the hub learns of each pickup once', {
  timeout: 240_000,
}, async (context) => {
  const { building, energised, hands, code, deliveries } = await begin(context, 2);
  const [first = '', second = ''] = deliveries;
  const { access, hub, agent } = building;
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
    const story = await collected(building, delivery);
    expect(story.filter((type) => type === 'delivery.collected')).toHaveLength(1);
  }
  // The hub answers the agent's kiosk again.
  await waitFor(async () => (await look(kiosk))?.hub === 'here', WITHIN_MS, 'the hub to answer the kiosk');
  expect(energised.length - deposits).toBe(2);
});

it.skipIf(!canLaunchBrowser).concurrent(
  'whoever stands at the page that the agent gave them sees it through, and it goes on with the hub',
  {
    timeout: 240_000,
  },
  async (context) => {
    await buildPages();
    const { building, hands, deliveries } = await begin(context, 1);
    const { access, hub } = building;
    const kiosk = new HubLink(building.kiosk, access.terminals.garage.token);
    const video = join(building.folder, 'camera.y4m');
    await fakeCamera(video, [{ format: 'QRCode', text: await qrOfMail(building) }]);
    const browser = await launchBrowser({ video });
    try {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      const { token } = access.terminals.garage;
      await context.addCookies([{ name: 'lockerhub_terminal', value: token, url: building.kiosk }]);
      const page = await context.newPage();
      page.setDefaultTimeout(WITHIN_MS);
      await page.goto(`${building.kiosk}/`);
      const field = page.getByRole('textbox', { name: 'Code' });
      await field.waitFor();

      await hub.kill();
      await hub.stop();
      await untilAlone(kiosk);
      // By the QR of their mail; what reads it comes from the agent, too.
      await page.getByRole('button', { name: 'Scan with the camera' }).click();
      const take = /^Take your parcel from door (\d+)/;
      const door = Number(take.exec(await page.getByRole('heading', { name: take }).innerText())?.[1]);
      expect(building.bank('garage').plc.door(door).open).toBe(true);
      await hands.close('garage', door);
      await page.getByRole('heading', { name: 'All collected' }).waitFor();

      await hub.start();
      await building.untilCalm();
      await waitFor(
        async () => (await look(kiosk))?.hub === 'here',
        WITHIN_MS,
        'the hub to answer the kiosk',
      );
      // The page was never loaded again. A drop-off is what only the hub can do.
      await field.waitFor();
      await field.fill(access.couriers[0]?.code ?? '');
      await field.press('Enter');
      await page.getByRole('textbox', { name: 'Unit or name' }).waitFor();
      expect(await collected(building, deliveries[0] ?? '')).toContain('delivery.collected');
    } finally {
      await browser.close();
    }
  },
);

it.concurrent('never pulses again for a release that died with its agent between ledger and pulse, and tells the hub', {
  timeout: 240_000,
}, async (context) => {
  const { building, energised, code, deliveries } = await begin(context, 1);
  const [delivery = ''] = deliveries;
  const { access, hub } = building;
  const deposits = energised.length;
  await hub.kill();
  await hub.stop();
  const kiosk = new HubLink(building.kiosk, access.terminals.garage.token);
  await untilAlone(kiosk);

  const killed = killedAtNextPulse(building);
  // The agent dies before it can answer.
  await expect(Visit.start(kiosk, code).then((visit) => visit.until(delivery, ['open']))).rejects.toThrow();
  await killed;
  await untilAlone(kiosk);
  const visit = await Visit.start(kiosk, code);
  // Nobody knows whether that pulse left: the PLC may still act on it.
  expect(visit.stop(delivery)).toMatchObject({ step: 'unknown', canOpen: false });
  await visit.end();
  expect(energised.length).toBe(deposits);

  await hub.start();
  await building.untilCalm();
  // It answers again once it has taken over what was done.
  await waitFor(async () => (await look(kiosk))?.hub === 'here', WITHIN_MS, 'the hub to answer the kiosk');
  const types = await storyOf(building, delivery);
  // One to put it in, and one that was handed over.
  expect(types.filter((type) => type === 'grant.issued')).toHaveLength(2);
  expect(types).not.toContain('delivery.collected');
  expect(energised.length).toBe(deposits);
});

/** Starts the building, and brings parcels to the neighbour at the garage that stand on the agent's list. */
async function begin({ task, onTestFinished }: TestContext, parcels: number): Promise<Scene> {
  const energised: number[] = [];
  const building = await startKillBuilding({
    plcEvent: (bank, event) => {
      if (bank === 'garage' && event.kind === 'energised') energised.push(event.door);
    },
    processStarted: () => {},
  });
  onTestFinished(() => building.stop(task.result?.state === 'fail'));
  const hands = handsAt(building);
  const [neighbour] = NEIGHBOURS;
  if (!neighbour) throw new Error('nobody lives in Linden Court');
  const deliveries = await bring(building, hands, neighbour.unitName, parcels);
  const code = await codeFor(building, neighbour.email);
  await untilListed(building, ...deliveries);
  return { building, energised, hands, code, deliveries };
}

/** Kills the agent at the moment in which its next pulse reaches the PLC, which never sees it. */
function killedAtNextPulse(building: KillBuilding): Promise<void> {
  const { plc } = building.bank('garage');
  const receive = plc.receive.bind(plc);
  return new Promise((resolve, reject) => {
    plc.receive = (request, answer) => {
      if (request.kind === 'read') return receive(request, answer);
      plc.receive = receive;
      building.agent.kill().then(resolve, reject);
    };
  });
}

const handsAt = (building: KillBuilding): Hands => ({
  close: async (bank, compartment) => {
    const { plc } = building.bank(bank);
    await waitFor(() => plc.hand.close(compartment), WITHIN_MS, `door ${compartment} to latch`);
  },
});

async function bring(
  { access }: KillBuilding,
  hands: Hands,
  unitName: string,
  parcels: number,
): Promise<string[]> {
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

function codeFor({ mailbox }: KillBuilding, email: string): Promise<string> {
  const found = () => codeIn(mailbox.mailsTo(email).at(-1)?.text ?? '');
  return waitFor(found, WITHIN_MS, 'the message with the code');
}

/** What the QR in the neighbour's mail says. */
async function qrOfMail({ mailbox }: KillBuilding): Promise<string> {
  const html = mailbox.mailsTo(NEIGHBOURS[0]?.email ?? '').at(-1)?.html ?? '';
  const [text] = await barcodesIn(pictureIn(html));
  if (!text) throw new Error('the mail has no QR that can be read');
  return text;
}

async function untilListed({ folder }: KillBuilding, ...deliveries: string[]): Promise<void> {
  const file = join(folder, 'building', 'agent', 'ledger', 'pickups.json');
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

async function storyOf({ staff }: KillBuilding, delivery: string): Promise<string[]> {
  const { entries } = await staff.ask('GET', `/api/v1/deliveries/${delivery}`, DeliveryStory);
  return entries.map(({ type }) => type);
}

/** The delivery's story once it tells of its pickup. */
function collected(building: KillBuilding, delivery: string): Promise<string[]> {
  return waitFor(
    async () => {
      const types = await storyOf(building, delivery);
      return types.includes('delivery.collected') ? types : undefined;
    },
    WITHIN_MS,
    'the pickup in the log',
  );
}
