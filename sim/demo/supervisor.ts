/** The demo as a whole: everything that runs, in the order in which it has to start and stop. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildingView, DeliveryStory, type LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { newWebhookSecret } from '@lockerhub/protocol/webhooks/signature.ts';
import { PhoneProvider } from '../phone/phone-provider.ts';
import type { PlcEvent } from '../plc/plc.ts';
import { inSight } from '../processes/progress.ts';
import type { Stops } from '../processes/stops.ts';
import { SupervisedProcess } from '../processes/supervised.ts';
import { HubRefusal } from '../walk/hub-link.ts';
import { type Access, plcPortOf, readAccess, writeAccess } from './access.ts';
import { Acts } from './acts.ts';
import { bankFileOf } from './bank-files.ts';
import { startControl } from './control.ts';
import { DemoCloud, type DemoCloudOptions } from './demo-cloud.ts';
import { DemoView } from './demo-view.ts';
import { Fire } from './fire.ts';
import { HubSwap, settleSwap } from './hub-swap.ts';
import { joinByCode } from './joining.ts';
import { startKioskWindow } from './kiosk-window.ts';
import { LOBBY } from './linden-court.ts';
import { LogFollower } from './log-follower.ts';
import { Mailbox } from './mailbox.ts';
import { chooseKioskPorts, choosePlcPorts, type KioskPorts } from './own-ports.ts';
import { Phones } from './phones.ts';
import { BANKS, MISWIRED_LOBBY, type PlannedBank, standUp } from './plcs.ts';
import { choosePort } from './ports.ts';
import { agentFolder, agentProgram, hubProgram } from './programs.ts';
import { Score } from './score.ts';
import { KNOWN_PASSWORD, settle, setUp } from './set-up.ts';
import { StaffLink } from './staff-link.ts';

/** Where the internet before the demo's cloud begins to look for a port: behind the gateway's own. */
const CLOUD_PORT = 8086;
/** Acknowledged deliveries asked after at once when the hub came back; the newest, for the page. */
const CHECKED_AT_ONCE = 300;

export interface DemoOptions {
  readonly folder: string;
  /** What pages and control listen on. */
  readonly host: string;
  /** How others call this machine: in addresses that are printed. */
  readonly hostName: string;
  readonly ports: {
    readonly hub: number;
    readonly mqtt: number;
    readonly mqtts: number;
    readonly control: number;
  };
  /** For the first start; the simulated PLCs keep them. Free ones are looked for unless they are given. */
  readonly plcPorts?: Access['plcPorts'];
  /** Of the screens of garage and package room, the agent's kiosk, and of the internet before the cloud; likewise. */
  readonly otherPorts?: KioskPorts & { readonly cloud: number };
  /** A cloud on this machine, which the building joins. */
  readonly cloud: boolean;
  /** See `StartOptions`. */
  readonly miswired?: boolean;
  /** See `SetUpOptions`. */
  readonly emptyStore?: string;
  /** What a browser must know to reach the control; null if only this machine reaches it. */
  readonly controlKey: string | null;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Starts everything; says what it does. Whatever was started is pushed onto `stops` at once, so that an end in the
 * middle of the start leaves nothing behind.
 *
 * @returns where things are, and the sign-ins
 * @throws Error with what to do
 */
export async function startDemo(options: DemoOptions, stops: Stops): Promise<Access> {
  const { folder, clock, random, ports, hostName, host, controlKey } = options;
  const access = await openFolder(options);
  const score = new Score(clock.wallMs());
  const stage: { view?: DemoView; fire?: Fire; cloud?: DemoCloud; swap?: HubSwap } = {};
  const promised = [...Object.values(ports), ...Object.values(access.plcPorts), CLOUD_PORT];
  const kioskPorts = options.otherPorts ?? (await chooseKioskPorts(host, promised));

  const mailbox = new Mailbox(join(folder, 'mails.jsonl'), clock, () =>
    stage.view?.broadcast.changed('mails'),
  );
  await mailbox.open();
  stops.push(() => mailbox.close());

  const provider = await PhoneProvider.start({
    token: newWebhookSecret(random),
    secret: newWebhookSecret(random),
  });
  stops.push(() => provider.stop());
  const phones = new Phones({
    file: join(folder, 'texts.json'),
    clock,
    provider,
    onChanged: () => stage.view?.broadcast.changed('texts'),
  });

  const onEvent = (bank: string, event: PlcEvent) => {
    const isGranted = event.kind === 'energised' && !stage.fire?.mayRelease(bank);
    if (isGranted) score.energised({ bank, compartment: event.door, atMs: clock.wallMs() });
    stage.view?.broadcast.changed('banks');
  };
  const banks = await inSight(clock, 'Switching the three simulated PLCs on', () =>
    Promise.all(
      plannedBanks(options.miswired).map((bank) =>
        standUp(bank, plcPortOf(access.plcPorts, bank.layout.bank), clock, onEvent),
      ),
    ),
  );
  for (const bank of banks) stops.push(() => bank.server.stop());

  const changed = () => stage.view?.broadcast.changed('processes');
  const hub = new SupervisedProcess(
    hubProgram({
      folder,
      host,
      port: ports.hub,
      mqttPort: ports.mqtt,
      mqttsPort: ports.mqtts,
      demo: {
        control: `http://${hostName}:${ports.control}`,
        controlPort: ports.control,
        smtpPort: mailbox.port,
      },
    }),
    clock,
    changed,
  );
  stops.push(() => hub.stop());
  await inSight(clock, 'Starting the hub', () => hub.start());

  const staff = new StaffLink(access.hub, access.staff);
  await phones.connect(staff, access.hub);
  const garage = await inSight(clock, "Letting the garage's agent join by a code", () =>
    garageAgent(options, access, staff, kioskPorts.agent),
  );
  const agent = new SupervisedProcess(garage, clock, changed);
  stops.push(() => agent.stop());
  await inSight(clock, "Starting the garage's agent", () => agent.start());

  const changedBanks = () => stage.view?.broadcast.changed('banks');
  const say = (words: string) => stage.view?.say(words);
  const fire = new Fire({ clock, staff, say, changed: changedBanks });
  stage.fire = fire;
  const acts = new Acts({
    access,
    clock,
    random,
    banks,
    mailbox,
    phones,
    score,
    hub,
    staff,
    fire,
    cloud: () => stage.cloud ?? null,
    swap: () => stage.swap ?? null,
    say,
    changed: changedBanks,
    plugged: (bank, plugged) => stage.view?.plugged(bank, plugged),
  });
  const view = new DemoView({
    clock,
    access,
    banks,
    processes: { hub, agent },
    score,
    staff,
    mails: () => mailbox.mails,
    texts: () => phones.texts,
    busy: () => acts.busy,
    isFireOpen: (bank) => fire.isOpen(bank),
    cloud: () => stage.cloud?.view() ?? null,
    swap: () => stage.swap?.view() ?? null,
    kioskPorts: { garage: kioskPorts.window, room: kioskPorts.room },
  });
  stage.view = view;
  stops.push(async () => view.close());
  const follower = follow({ clock, staff, score, view, hub }, stops);

  const control = await startControl({
    host,
    port: ports.control,
    key: controlKey,
    kioskToken: access.terminals.kiosk.token,
    acts,
    broadcast: view.broadcast,
    mailsTo: (address, after) => mailbox.mailsTo(address, after),
    tellText: (number, fate) => phones.tell(number, fate),
    onTrouble: (error) => console.error(error),
  });
  stops.push(() => new Promise((resolve) => control.close(() => resolve())));
  const screens = [
    { port: kioskPorts.window, kioskPort: kioskPorts.agent, token: access.terminals.garage.token },
    { port: kioskPorts.room, kioskPort: ports.hub, token: access.terminals.room.token },
  ];
  for (const screen of screens) {
    const window = await startKioskWindow({ host, key: controlKey, ...screen });
    stops.push(async () => {
      window.closeAllConnections();
      await new Promise<void>((resolve) => window.close(() => resolve()));
    });
  }
  if (options.cloud) {
    const cloud = await inSight(clock, 'Starting a cloud on this machine, which the building joins', () =>
      startCloud(options, access, {
        staff,
        old: async () => (await stage.swap?.old()) ?? null,
        changed: () => view.broadcast.changed('cloud'),
      }),
    );
    stage.cloud = cloud;
    stops.push(() => cloud.stop());
    const swap = new HubSwap({
      ...{ folder, host, access, hub, clock, random, cloud },
      isAgentHeard: () => isHeard(staff, 'garage'),
      onSwapped: () => {
        follower.restart();
        view.forgetLog();
      },
      changed: () => view.broadcast.changed('swap'),
    });
    stage.swap = swap;
    stops.push(() => swap.stop());
    view.broadcast.changed('swap');
  }
  return access;
}

/** The internet before it keeps its port, as the hub keeps the address. */
async function startCloud(
  { folder, clock, random, ports, otherPorts }: DemoOptions,
  access: Access,
  beside: Pick<DemoCloudOptions, 'staff' | 'old' | 'changed'>,
): Promise<DemoCloud> {
  const wish = { what: 'the internet before the cloud', port: CLOUD_PORT, askedBy: undefined };
  const spoken = new Set([...Object.values(ports), ...Object.values(access.plcPorts)]);
  const port = access.cloudPort ?? otherPorts?.cloud ?? (await choosePort(wish, '127.0.0.1', spoken));
  const onSilent: DemoCloudOptions['onSilent'] = (which, error) =>
    console.error(
      `  demo: the ${which} does not say what it holds; what it said last is shown (${String(error)})`,
    );
  const cloud = await DemoCloud.start({ folder, port, clock, random, onSilent, ...beside });
  await writeAccess(folder, { ...access, cloudPort: port });
  return cloud;
}

/** Opens the demo's folder, or sets it up; then says in it where things are this time. */
async function openFolder(options: DemoOptions): Promise<Access> {
  const { folder, ports, controlKey, clock, random, emptyStore } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!(await readAccess(folder))) {
    const plcPorts = options.plcPorts ?? (await choosePlcPorts(Object.values(ports)));
    await inSight(clock, 'Creating the store, once, and Linden Court in it (some 10 s)', () =>
      setUp({ folder, plcPorts, secret: controlKey !== null, emptyStore }),
    );
  }
  await settle(folder);
  const known = await readAccess(folder);
  if (!known) throw new Error(`${folder} was set up and holds no sign-ins`);
  await settleSwap(folder, { recoveryKey: known.recoveryKey, clock, random });
  if (controlKey !== null && known.staff.password === KNOWN_PASSWORD) {
    throw new Error(
      `the sign-ins of ${folder} are known to everybody; with --lan choose another folder by --data`,
    );
  }
  const access: Access = {
    ...known,
    hub: `http://127.0.0.1:${ports.hub}`,
    control: `http://127.0.0.1:${ports.control}`,
    controlKey,
  };
  await writeAccess(folder, access);
  return access;
}

/** The banks as they hang there; the lobby's cables mixed up if a visitor wants to find them. */
function plannedBanks(miswired = false): readonly PlannedBank[] {
  return BANKS.map((bank) =>
    miswired && bank.layout === LOBBY ? { ...bank, miswiring: MISWIRED_LOBBY } : bank,
  );
}

async function garageAgent(
  { folder, ports }: DemoOptions,
  access: Access,
  staff: StaffLink,
  kioskPort: number,
) {
  const garage = BANKS.find(({ reach }) => reach === 'agent');
  if (!garage) throw new Error('no bank of the demo is behind an agent');
  const { bank } = garage.layout;
  await joinByCode({ staff, hub: access.hub, bank, folder: agentFolder(folder) });
  return agentProgram({
    folder,
    mqttsPort: ports.mqtts,
    bankFile: bankFileOf(garage.layout, garage.unsensed, access.plcPorts.garage),
    kiosk: { port: kioskPort },
    isHeard: () => isHeard(staff, bank),
  });
}

/** Whether the hub hears a bank. */
async function isHeard(staff: StaffLink, bank: string): Promise<boolean> {
  const { banks } = await staff.ask('GET', '/api/v1/building', BuildingView);
  return banks.some((known) => known.bank === bank && known.online);
}

interface Followed {
  readonly clock: Clock;
  readonly staff: StaffLink;
  readonly score: Score;
  readonly view: DemoView;
  readonly hub: SupervisedProcess;
}

/** Keeps the score by what the hub says over its API, and checks after each restart that it still says so. */
function follow({ clock, staff, score, view, hub }: Followed, stops: Stops): LogFollower {
  let checkedStart = hub.starts;
  const follower = new LogFollower({
    staff,
    clock,
    onEntries(entries) {
      for (const entry of entries) note(score, entry);
      view.tell(entries);
    },
    onCaughtUp(begunAtMs) {
      score.logRead(begunAtMs);
      view.broadcast.changed('score');
      if (hub.starts === checkedStart) return;
      checkedStart = hub.starts;
      void checkAcknowledged(staff, score).then(
        () => view.broadcast.changed('score'),
        // Killed again while it was asked: the next start is asked anew.
        () => {
          checkedStart = 0;
        },
      );
    },
    onTrouble: () => {},
  });
  follower.start();
  stops.push(() => follower.stop());
  return follower;
}

function note(score: Score, { type, at, data }: LogEntryView): void {
  if (type === 'delivery.deposited') score.acknowledge(String(data.delivery));
  if (type === 'grant.issued') {
    score.granted({
      grant: String(data.grant),
      bank: String(data.bank),
      compartment: Number(data.compartment),
      atMs: at,
    });
  }
}

/** Asks the hub after what it acknowledged. */
async function checkAcknowledged(staff: StaffLink, score: Score): Promise<void> {
  for (const delivery of [...score.acknowledged].slice(-CHECKED_AT_ONCE)) {
    try {
      const story = await staff.ask('GET', `/api/v1/deliveries/${delivery}`, DeliveryStory);
      score.check(delivery, story.delivery);
    } catch (error) {
      if (!(error instanceof HubRefusal) || error.status !== 404) throw error;
      score.check(delivery, undefined);
    }
  }
}
