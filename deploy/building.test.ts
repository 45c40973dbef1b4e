/** Hub, agents, controllers and people as machines of one LAN, behind the firewall that the installer writes. */
import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readIdentity } from '@lockerhub/edge-agent/identity/identity.ts';
import { Authority, createAuthority } from '@lockerhub/hub/keyring/authority.ts';
import {
  CourierView,
  DeliveryStory,
  MessageView,
  pageOf,
  ResidentView,
} from '@lockerhub/protocol/http/staff.ts';
import { KioskView } from '@lockerhub/protocol/http/visit.ts';
import { Stops } from '@lockerhub/sim/processes/stops.ts';
import { type BuildingLan, LAN, MODBUS, standUp } from '@lockerhub/sim/testing/building-lan.ts';
import { canBootDebian } from '@lockerhub/sim/testing/debian-host.ts';
import { hangUntilRestarted } from '@lockerhub/sim/testing/hang.ts';
import type { Knock } from '@lockerhub/sim/testing/knock.ts';
import { canMakeLan, type Host } from '@lockerhub/sim/testing/lan.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { codeIn } from '@lockerhub/sim/walk/code-in-message.ts';
import type { HubLink } from '@lockerhub/sim/walk/hub-link.ts';
import { type Hands, putIn, recipientIn, takeAll, Visit } from '@lockerhub/sim/walk/people.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const MADE_WITHIN_MS = 900_000;
const WITHIN_MS = 90_000;
const KNOCK = fileURLToPath(import.meta.resolve('@lockerhub/sim/testing/knock.ts'));
const MQTTS = 8883;

describe.skipIf(!canBootDebian || !canMakeLan)('a building of machines on a LAN', () => {
  const stops = new Stops();
  let building: BuildingLan;
  let hands: Hands;
  beforeAll(async () => {
    building = await standUp(stops);
    const { banks } = building;
    const close = async (bank: string, door: number) => {
      const { hand } = banks[bank as keyof typeof banks].plc.plc;
      await waitFor(() => hand.close(door), WITHIN_MS, `door ${door} to latch`);
    };
    hands = { close };
  }, MADE_WITHIN_MS);
  afterAll(() => stops.run());

  /** What becomes of a connection from there: `open`, `refused`, or `silence`. */
  async function tried(from: Host, address: string, port: number): Promise<string> {
    const script = `require('node:net').connect(${port}, '${address}')
      .once('connect', () => end('open')).once('error', (error) => end(error.code));
      const end = (what) => { console.log(what); process.exit(); };
      setTimeout(() => end('silence'), 2_000);`;
    return (await from.run(process.execPath, '-e', script)).trim();
  }
  const knock = async (asking: Partial<Knock>) => {
    const all = { host: LAN.hub, port: MQTTS, building: 'linden-court', bank: 'yard', ...asking };
    return (await building.lan.guest.run(process.execPath, KNOCK, JSON.stringify(all))).trim();
  };

  it('lets the LAN reach pages and TLS, and nothing else: no broker in the clear, no controller', async () => {
    const { guest } = building.lan;
    expect(await tried(guest, LAN.hub, 8080)).toBe('open');
    expect(await tried(guest, LAN.hub, MQTTS)).toBe('open');
    expect(await tried(guest, LAN.garage, 8081)).toBe('open');
    // Were it the broker's own address alone that keeps it away, the answer would be ECONNREFUSED.
    expect(await tried(guest, LAN.hub, 1883)).toBe('silence');
    await guest.run('ip', 'route', 'add', MODBUS.controller, 'via', LAN.garage);
    expect(await tried(guest, MODBUS.controller, MODBUS.port)).toBe('silence');
    // Whoever plugs in where the controller hangs gets no further either.
    const { controller } = building.banks.garage;
    for (const port of [22, 8081]) expect(await tried(controller, MODBUS.machine, port)).toBe('silence');
    expect(await tried(controller, LAN.hub, 8080)).toBe('silence');
  });

  it('admits an agent with a certificate of the building, and none without or with another building’s', async () => {
    const identity = readIdentity(building.yardFolder);
    if (!identity) throw new Error('the yard’s agent has not joined');
    const strangers = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const other = new Authority(await createAuthority(randomBytes(16)));
    // Even to the name it is what the hub knows.
    const commonName = new X509Certificate(identity.certificate).subject.replace(/^CN=/, '');
    const cert = await other.issue({ ...strangers, commonName, use: 'client' }, randomBytes(16));
    expect(await knock({})).toMatch(/does not know|closed/);
    expect(await knock({ key: strangers.privateKey, cert })).toMatch(/does not know|closed/);
    expect(await knock({ key: identity.privateKey, cert: identity.certificate })).toBe('up');
  });

  it('opens doors of both agents, the one found by multicast DNS and the one that was told', async () => {
    building.startYard();
    await building.untilOnline();
    for (const bank of ['garage', 'yard'] as const) {
      await building.staff.send('POST', `/api/v1/banks/${bank}/compartments/1/open`, { reason: 'a look' });
      const { plc } = building.banks[bank];
      await waitFor(() => plc.plc.door(1).open, WITHIN_MS, `a door of the ${bank}`);
      expect(plc.pulses(1)).toBe(1);
      await hands.close(bank, 1);
    }
  });

  it('goes on letting residents collect while the hub’s cable is out, says what it can’t see, and comes back', async () => {
    const { kiosk, staff, staffAtHub, hubsCable, banks } = building;
    const brought = await bring(kiosk, staff);
    const pulsesBefore = [1, 2, 3, 4].map((door) => banks.garage.plc.pulses(door));
    await hubsCable.unplug();
    await building.untilOnline({ garage: false, yard: false });
    await untilHub('away', kiosk);
    const visit = await Visit.start(kiosk, brought.code);
    await takeAll(visit, hands);
    await visit.end();
    const pulses = [1, 2, 3, 4].map((door) => banks.garage.plc.pulses(door));
    expect(pulses.reduce((sum, each) => sum + each) - pulsesBefore.reduce((sum, each) => sum + each)).toBe(1);
    expect(await storyOf(staffAtHub, brought.delivery)).not.toContain('delivery.collected');

    await hubsCable.plug();
    await building.untilOnline();
    const isKnown = async () => (await storyOf(staffAtHub, brought.delivery)).includes('delivery.collected');
    await waitFor(isKnown, WITHIN_MS, 'the pickup in the log');
    await untilHub('here', kiosk);
    expect([1, 2, 3, 4].map((door) => banks.garage.plc.pulses(door))).toEqual(pulses);
  });

  describe('the agent’s machine', () => {
    const install = (...flags: string[]) => building.garage.run('/media/usb/install.sh', ...flags);
    const agent = 'lockerhub-agent';
    const data = () => join(building.garage.folder, 'var', 'lib', 'lockerhub');

    it('has a service that may do little, of a user of its own', async () => {
      const { garage } = building;
      const unit = '/etc/systemd/system/lockerhub-agent.service';
      expect(await garage.run('systemd-analyze', 'verify', '--man=no', unit)).toEqual({ code: 0, said: '' });
      // In tenths of systemd's points of exposure: 100 is a service that nothing holds back.
      const judged = await garage.run('systemd-analyze', 'security', '--no-pager', '--threshold=25', agent);
      expect(judged).toMatchObject({ code: 0 });
      const user = await garage.run('systemctl', 'show', '--value', '--property=User', agent);
      expect(user.said.trim()).toBe('lockerhub');
      expect((await stat(data())).mode & 0o077).toBe(0);
    });

    it('twice changes nothing', async () => {
      const pid = () => building.garage.run('systemctl', 'show', '--property=MainPID', agent);
      const before = await pid();
      const { code, said } = await install('agent', '--yes');
      expect([code, said]).toEqual([0, expect.stringContaining('nothing was changed')]);
      expect(await pid()).toEqual(before);
    });

    it('ends an agent that hangs by the watchdog, and the next one has its bank again', async () => {
      await hangUntilRestarted(building.garage, agent);
      await building.untilOnline();
    });

    it('gives its programs up but not who it is, and joins nobody anew; with --purge all of it', async () => {
      const { garage } = building;
      expect((await install('--uninstall')).code).toBe(0);
      await building.untilOnline({ garage: false });
      await stat(join(data(), 'agent', 'identity.json'));
      expect((await install('agent', '--yes')).code).toBe(0);
      await building.untilOnline();
      expect((await install('--uninstall', '--purge', '--yes')).code).toBe(0);
      for (const gone of ['opt/lockerhub', 'var/lib/lockerhub', 'etc/lockerhub']) {
        await expect(stat(join(garage.folder, gone))).rejects.toThrow('ENOENT');
      }
      expect((await garage.run('id', 'lockerhub')).code).toBe(1);
      expect((await garage.run('nft', 'list', 'tables')).said).not.toContain('lockerhub');
    });
  });

  async function bring(kiosk: HubLink, staff: HubLink): Promise<{ delivery: string; code: string }> {
    const resident = { unitName: '1A', name: 'Mara Olsen', email: 'mara@example.org' };
    await staff.ask('POST', '/api/v1/residents', ResidentView, resident);
    const Courier = CourierView.extend({ code: z.string() });
    const courier = await staff.ask('POST', '/api/v1/couriers', Courier, { carrier: 'Northline' });
    const visit = await Visit.start(kiosk, courier.code);
    const to = await recipientIn(visit, '1A');
    const { delivery } = await putIn(visit, { unit: to.unit, resident: to.resident, size: 'M' }, hands);
    await visit.end();
    const message = await waitFor(
      async () => (await staff.ask('GET', '/api/v1/outbox', pageOf(MessageView))).items[0]?.message,
      WITHIN_MS,
      'the message',
    );
    const Revealed = z.object({ text: z.string() });
    const { text } = await staff.ask('POST', `/api/v1/outbox/${message}/reveal`, Revealed, {});
    const list = join(building.garage.folder, 'var', 'lib', 'lockerhub', 'agent', 'pickups.json');
    const isListed = async () => (await readFile(list, 'utf8').catch(() => '')).includes(delivery);
    await waitFor(isListed, WITHIN_MS, 'the pickup list');
    return { delivery, code: codeIn(text) ?? '' };
  }

  async function storyOf(staff: HubLink, delivery: string): Promise<string[]> {
    const { entries } = await staff.ask('GET', `/api/v1/deliveries/${delivery}`, DeliveryStory);
    return entries.map(({ type }) => type);
  }

  async function untilHub(wanted: 'here' | 'away', kiosk: HubLink): Promise<void> {
    const isSo = async () => (await kiosk.ask('GET', '/api/v1/kiosk', KioskView)).hub === wanted;
    await waitFor(isSo, WITHIN_MS, `the hub to be ${wanted} for the kiosk`);
  }
});
