/** The demo's buttons about the hub's box, over real processes: swapped, come back, and switched off. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildingView, CaseView, DeliveryView, pageOf } from '@lockerhub/protocol/http/staff.ts';
import { KioskView } from '@lockerhub/protocol/http/visit.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentFolder } from '../demo/programs.ts';
import { StaffLink } from '../demo/staff-link.ts';
import type { Act } from '../demo/stage.ts';
import type { DemoState, Part } from '../demo/state.ts';
import { waitFor } from '../testing/wait-for.ts';
import { codeIn } from '../walk/code-in-message.ts';
import { HubLink } from '../walk/hub-link.ts';
import { takeAll, Visit } from '../walk/people.ts';
import { Surroundings } from '../walk/surroundings.ts';
import { type DemoRig, startDemoRig } from './demo-rig.ts';

const START_WITHIN_MS = 180_000;
const ACT_WITHIN_MS = 120_000;
const WITHIN_MS = 60_000;

describe('the box of the demo’s hub', () => {
  let rig: DemoRig;
  let staff: StaffLink;

  beforeAll(async () => {
    rig = await startDemoRig(true);
    staff = new StaffLink(rig.access.hub, rig.access.staff);
  }, START_WITHIN_MS);
  afterAll(() => rig?.stop());

  async function press(act: Act): Promise<void> {
    const answer = await fetch(`${rig.access.control}/demo/acts/${act}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ bank: 'garage' }),
    });
    if (!answer.ok) throw new Error(`${act}: ${await answer.text()}`);
  }
  /** A part of what the page shows now. */
  async function shown<P extends Part>(part: P): Promise<DemoState[P]> {
    const { body } = await fetch(`${rig.access.control}/demo/state`);
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const found = new RegExp(`event: ${part}\ndata: (.*)\n\n`).exec(text)?.[1];
      // Leaving the loop hangs up.
      if (found !== undefined) return JSON.parse(found);
    }
    throw new Error(`the page is told nothing of ${part}`);
  }
  const deliveriesThatAre = async (state: string) =>
    (await staff.ask('GET', `/api/v1/deliveries?state=${state}`, pageOf(DeliveryView))).items;
  /** A courier brings a parcel to the garage, and its message comes; returns that. */
  async function parcel(): Promise<string> {
    const told = async () => [...(await shown('mails')), ...(await shown('texts'))];
    const known = new Set((await told()).map(({ text }) => text));
    await press('parcel');
    const newOne = async () => (await told()).find(({ text }) => !known.has(text));
    return (await waitFor(newOne, WITHIN_MS, 'the message')).text;
  }
  const sides = async () => (await shown('cloud'))?.sides ?? [];

  it(
    'is swapped: what was put in before is taken out by the old code, through the agent that never noticed',
    async () => {
      await parcel();
      await waitFor(
        async () => {
          const [hub, cloud] = await sides();
          return hub?.waiting === 0 && hub.head === cloud?.head;
        },
        WITHIN_MS,
        'the cloud to have all',
      );
      const { agent } = await shown('processes');
      const [deposited] = await deliveriesThatAre('deposited');

      await press('swap-hub');
      expect(await deliveriesThatAre('deposited')).toMatchObject([{ delivery: deposited?.delivery }]);
      await waitFor(
        async () => {
          const { banks } = await staff.ask('GET', '/api/v1/building', BuildingView);
          const garage = banks.find(({ bank }) => bank === 'garage');
          return garage?.doors.find(({ number }) => number === deposited?.compartment)?.unverified === false;
        },
        WITHIN_MS,
        'the agent’s record of the door to agree with the log',
      );
      await press('pickup');
      expect(await deliveriesThatAre('collected')).toMatchObject([{ delivery: deposited?.delivery }]);
      expect((await shown('processes')).agent).toEqual(agent);
      expect(await shown('score')).toMatchObject({ lost: 0, openedTwice: 0 });
      expect((await shown('swap'))?.tookMs).toBeGreaterThan(0);
    },
    ACT_WITHIN_MS,
  );

  it(
    'comes back and is fenced, and what only it holds becomes a case',
    async () => {
      await press('old-hub-returns');
      await waitFor(
        async () => {
          const [hub, cloud, old] = await sides();
          return [hub?.epoch, cloud?.epoch, old?.epoch].join() === '2,2,1' && old?.state === 'fenced';
        },
        WITHIN_MS,
        'the page to show all three',
      );
      const cases = async () =>
        (await staff.ask('GET', '/api/v1/cases?state=open', pageOf(CaseView))).items.map(({ kind }) => kind);
      await waitFor(async () => (await cases()).includes('orphaned-entries'), WITHIN_MS, 'the case');
    },
    ACT_WITHIN_MS,
  );

  it(
    'stays off, and residents collect at the screen in the garage',
    async () => {
      const code = codeIn(await parcel()) ?? '';
      const [{ delivery } = { delivery: '' }] = await deliveriesThatAre('deposited');
      const list = join(agentFolder(rig.folder), 'pickups.json');
      const isListed = async () => (await readFile(list, 'utf8')).includes(delivery);
      await waitFor(isListed, WITHIN_MS, 'the agent to know what waits');
      await press('hub-off');
      // No token: the window is the paired screen.
      const { kioskPorts } = await shown('places');
      const screen = new HubLink(`http://127.0.0.1:${kioskPorts.garage}`);
      const isAlone = async () => (await screen.ask('GET', '/api/v1/kiosk', KioskView)).hub === 'away';
      await waitFor(isAlone, WITHIN_MS, 'the agent to answer for itself');
      const visit = await Visit.start(screen, code);
      const surroundings = new Surroundings(rig.access.control, null);
      const taken = await takeAll(visit, { close: (bank, door) => surroundings.close(bank, door) });
      await visit.end();
      expect(taken).toHaveLength(1);
      await press('hub-on');
      await waitFor(
        async () => (await deliveriesThatAre('collected')).length === 2,
        WITHIN_MS,
        'the hub to hear of it',
      );
    },
    ACT_WITHIN_MS,
  );
});
