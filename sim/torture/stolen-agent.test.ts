/** An agent is stolen, over real processes: revoked, it is cut off, and the codes on its pickup list open nothing. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentView } from '@lockerhub/protocol/http/staff.ts';
import { KioskView } from '@lockerhub/protocol/http/visit.ts';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { NEIGHBOURS } from '../demo/linden-court.ts';
import { waitFor } from '../testing/wait-for.ts';
import { codeIn } from '../walk/code-in-message.ts';
import { HubLink } from '../walk/hub-link.ts';
import { putIn, recipientIn, Visit } from '../walk/people.ts';
import { type KillBuilding, startKillBuilding } from './kill-building.ts';

const WITHIN_MS = 60_000;
let building: KillBuilding;
let passed = false;
afterEach(() => building.stop(!passed));

it('revokes a stolen agent: cut off for that reason, and whoever stood on its list has a new code', {
  timeout: 240_000,
}, async () => {
  building = await startKillBuilding({ plcEvent: () => {}, processStarted: () => {} });
  const { access, staff, hub, mailbox } = building;
  const [neighbour] = NEIGHBOURS;
  if (!neighbour) throw new Error('nobody lives in Linden Court');
  const mails = () => mailbox.mailsTo(neighbour.email).map(({ text }) => codeIn(text));
  const garage = new HubLink(access.hub, access.terminals.garage.token);
  const visit = await Visit.start(garage, access.couriers[0]?.code ?? '');
  const { unit, resident } = await recipientIn(visit, neighbour.unitName);
  const close = async (bank: string, compartment: number) => {
    await waitFor(() => building.bank(bank).plc.hand.close(compartment), WITHIN_MS, 'the door to latch');
  };
  const { delivery } = await putIn(visit, { unit, resident, size: 'S' }, { close });
  await visit.end();
  const known = await waitFor(() => mails().at(-1), WITHIN_MS, 'the code');
  const list = () => readFile(join(building.folder, 'building', 'agent', 'ledger', 'pickups.json'), 'utf8');
  const isListed = async () => (await list().catch(() => '')).includes(delivery);
  await waitFor(isListed, WITHIN_MS, 'the pickup list');

  const agents = () => staff.ask('GET', '/api/v1/agents', z.array(AgentView));
  const [stolen] = await agents();
  await staff.act(`/api/v1/agents/${stolen?.agent}/revoke`, { reason: 'the bank was broken open' });

  const code = await waitFor(() => mails().find((mail) => mail !== known), WITHIN_MS, 'the new code');
  await expect(Visit.start(garage, known)).rejects.toMatchObject({ code: 'code-wrong' });
  const collecting = await Visit.start(garage, code ?? '');
  expect(collecting.stops.map((stop) => stop.delivery)).toEqual([delivery]);
  await collecting.end();

  // It is told why, by a hub that has proven itself, and lets nobody in any more, whether that hub lives or not.
  const log = () => readFile(join(building.folder, 'building', 'agent.log'), 'utf8');
  await waitFor(async () => (await log()).includes('revoked or replaced'), WITHIN_MS, 'the refusal');
  await waitFor(async () => (await list()) === '', WITHIN_MS, 'its list to be gone');
  await hub.kill();
  await hub.stop();
  const kiosk = new HubLink(building.kiosk, access.terminals.garage.token);
  await expect(kiosk.ask('GET', '/api/v1/kiosk', KioskView)).rejects.toMatchObject({ code: 'hub-away' });
  await hub.start();
  expect(await agents()).toMatchObject([{ state: 'revoked' }]);
  passed = true;
});
