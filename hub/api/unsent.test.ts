/** Residents with a contact to which nothing is sent: whether anybody can be told goes by the channels that are set up. */
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { ToldBank } from '@lockerhub/sim/testing/told-bank.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';

const DEADLINE_MS = 20_000;
/** Nobody listens there: messages wait, and the channel is set up all the same. */
const GENERIC = { settings: { kind: 'generic', url: 'http://127.0.0.1:9/', from: '' } };

let rig: HubRig;
let manager: string;
let bank: ToldBank;

beforeAll(async () => {
  rig = await startHubRig({ ...smallPlan(), policy: { undoMs: 0 } });
  manager = await rig.signIn('manager');
  bank = new ToldBank(rig);
});
afterAll(() => rig?.end());

const ask = async (path: string, body?: object) => {
  const { status, json } = await rig.ask(`/api/v1/${path}`, { token: manager, ...(body && { body }) });
  expect(status, path).toBeLessThan(300);
  return json;
};
const story = async (delivery: string) => {
  const { untold, untoldWhy } = await ask(`deliveries/${delivery}`);
  return { untold, untoldWhy };
};
const isCalled = async () =>
  (await ask('cases')).items.some(({ kind }: { kind: string }) => kind === 'nobody-told');

it('calls staff for who has no channel, says why, and gives a slip; once it is set up they can be told', async () => {
  const weber = (await ask('residents')).find(({ name }: { name: string }) => name.includes('Weber'));
  const first = await bank.dropOff('weber');
  await waitFor(isCalled, DEADLINE_MS, 'the case');
  expect(await story(first)).toEqual({ untold: true, untoldWhy: 'no-contact' });
  const contacts = [{ channel: 'sms', to: '+4930123456' }];
  await ask(`residents/${weber.resident}`, { contacts });
  // No channel at all: staff tell from the outbox.
  expect(await story(first)).toEqual({ untold: false, untoldWhy: null });
  await ask('channels/webhook', GENERIC);
  expect(await story(first)).toEqual({ untold: true, untoldWhy: 'no-channel' });
  const slip = await ask(`deliveries/${first}/slip`, {});
  expect(slip.code).toMatch(/^\d{8}$/);
  await ask('channels/sms', GENERIC);
  expect(await story(first)).toEqual({ untold: false, untoldWhy: null });
});
