/** Linden Court as real processes that can be killed: hub, the garage's agent, and two PLCs over real Modbus TCP. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildingView } from '@lockerhub/protocol/http/staff.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { type Access, readAccess } from '../demo/access.ts';
import { bankFileOf } from '../demo/bank-files.ts';
import { joinByCode } from '../demo/joining.ts';
import { Mailbox } from '../demo/mailbox.ts';
import { LOCKERS, type StandingBank, standUp } from '../demo/plcs.ts';
import { agentFolder, agentProgram, hubProgram } from '../demo/programs.ts';
import { setUp } from '../demo/set-up.ts';
import { StaffLink } from '../demo/staff-link.ts';
import type { PlcEvent } from '../plc/plc.ts';
import { Stops } from '../processes/stops.ts';
import { SupervisedProcess } from '../processes/supervised.ts';
import { freePort } from '../testing/free-port.ts';
import { freshStoreFolder } from '../testing/store-folder.ts';
import { waitFor } from '../testing/wait-for.ts';

/** Doors become free again within a round, and messages come within one. */
const POLICY = { undoMs: 500, graceMs: 1_000 } as const;
/** A hub that recovers, an agent's pauses between attempts, and a machine that has much else to do. */
const CALM_WITHIN_MS = 120_000;

export type BankName = 'lobby' | 'garage';
export const BANK_NAMES: readonly BankName[] = ['lobby', 'garage'];

/** What happens outside the hub, told as it happens. */
export interface Bystander {
  plcEvent(bank: BankName, event: PlcEvent): void;
  /** The process that reaches this bank's PLC begins to run. */
  processStarted(bank: BankName): void;
}

interface Parts {
  readonly access: Access;
  readonly staff: StaffLink;
  readonly hub: SupervisedProcess;
  readonly agent: SupervisedProcess;
  readonly mailbox: Mailbox;
  readonly folder: string;
  readonly banks: readonly StandingBank[];
  readonly kiosk: string;
  readonly stops: Stops;
}

/** The building and all that has to be in reach to torture it. */
export class KillBuilding {
  readonly access: Access;
  readonly staff: StaffLink;
  readonly hub: SupervisedProcess;
  readonly agent: SupervisedProcess;
  readonly mailbox: Mailbox;
  /** Also holds what the processes say, for whoever looks into a failure. */
  readonly folder: string;
  /** Where the garage's agent serves its kiosk. */
  readonly kiosk: string;
  readonly #banks: ReadonlyMap<string, StandingBank>;
  readonly #stops: Stops;

  constructor({ access, staff, hub, agent, mailbox, folder, banks, kiosk, stops }: Parts) {
    this.access = access;
    this.staff = staff;
    this.hub = hub;
    this.agent = agent;
    this.mailbox = mailbox;
    this.folder = folder;
    this.kiosk = kiosk;
    this.#banks = new Map(banks.map((bank) => [bank.bank, bank]));
    this.#stops = stops;
  }

  bank(name: string): StandingBank {
    const bank = this.#banks.get(name);
    if (!bank) throw new RangeError(`there is no bank ${name}`);
    return bank;
  }

  /** Every door that stands open is pushed shut; one under current does not latch and stays open. */
  closeDoors(): void {
    for (const { plc } of this.#banks.values()) {
      for (const { door, open } of plc.doors) if (open) plc.hand.close(door);
    }
  }

  /** Both processes run, and the hub has both banks and their lines online and sees all doors. */
  async untilCalm(): Promise<void> {
    await this.hub.untilUp();
    await this.agent.untilUp();
    await waitFor(
      async () => {
        const { banks } = await this.staff.ask('GET', '/api/v1/building', BuildingView);
        // A parcel for a bank whose doors are not seen yet would go elsewhere.
        return banks.every(
          ({ online, lines, doors }) =>
            online &&
            lines.every(({ state }) => state === 'online') &&
            doors.every(({ door }) => door !== 'unseen' && door !== 'unavailable'),
        );
      },
      CALM_WITHIN_MS,
      'both banks to be online again',
    );
  }

  /** Stops everything. The folder with its logs is kept if something failed. */
  async stop(keepFolder: boolean): Promise<void> {
    await this.#stops.run();
    if (!keepFolder) await rm(this.folder, { recursive: true, force: true });
  }
}

/** Sets the building up in a folder of its own and starts everything; resolves when both banks are online. */
export async function startKillBuilding(bystander: Bystander): Promise<KillBuilding> {
  const stops = new Stops();
  stopAtSignals(stops);
  try {
    const building = await standUpAll(bystander, stops);
    await building.untilCalm();
    return building;
  } catch (error) {
    await stops.run();
    throw error;
  }
}

/** Hub and agent are no children of a terminal's group: whoever ends this program by a signal ends them too. */
function stopAtSignals(stops: Stops): void {
  const end = () => stops.run().finally(() => process.exit(1));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  stops.push(async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end);
  });
}

async function standUpAll(bystander: Bystander, stops: Stops): Promise<KillBuilding> {
  const clock = systemClock;
  const store = await freshStoreFolder();
  const folder = join(store.folder, 'building');
  const ports = {
    hub: await freePort(),
    mqtt: await freePort(),
    mqtts: await freePort(),
    control: await freePort(),
    kiosk: await freePort(),
  };
  const plcPorts = { lobby: await freePort(), garage: await freePort(), room: await freePort() };
  const emptyStore = join(store.folder, 'store');
  await setUp({ folder, plcPorts, banks: LOCKERS, secret: false, emptyStore, policy: POLICY });
  const access = await readAccess(folder);
  if (!access) throw new Error(`${folder} was set up and holds no sign-ins`);
  const hubAddress = `http://127.0.0.1:${ports.hub}`;

  const mailbox = new Mailbox(join(folder, 'mails.jsonl'), clock);
  await mailbox.open();
  stops.push(() => mailbox.close());

  const tell = (bank: string, event: PlcEvent) => bystander.plcEvent(nameOf(bank), event);
  const banks = await Promise.all(
    LOCKERS.map((bank) => standUp(bank, plcPorts[nameOf(bank.layout.bank)], clock, tell)),
  );
  for (const bank of banks) stops.push(() => bank.server.stop());

  const hub: SupervisedProcess = new SupervisedProcess(
    hubProgram({
      folder,
      host: '127.0.0.1',
      port: ports.hub,
      mqttPort: ports.mqtt,
      mqttsPort: ports.mqtts,
      // Nothing listens at the control's port: no page is looked at here.
      demo: {
        control: `http://127.0.0.1:${ports.control}`,
        controlPort: ports.control,
        smtpPort: mailbox.port,
      },
    }),
    clock,
    // The hub reaches the lobby's PLC itself.
    () => hub.state === 'starting' && bystander.processStarted('lobby'),
  );
  stops.push(() => hub.stop());
  await hub.start();

  const staff = new StaffLink(hubAddress, access.staff);
  const agent: SupervisedProcess = new SupervisedProcess(
    await garageAgent({
      folder,
      hub: hubAddress,
      mqttsPort: ports.mqtts,
      staff,
      port: plcPorts.garage,
      kiosk: { port: ports.kiosk },
    }),
    clock,
    () => agent.state === 'starting' && bystander.processStarted('garage'),
  );
  stops.push(() => agent.stop());
  await agent.start();
  return new KillBuilding({
    access: { ...access, hub: hubAddress },
    staff,
    hub,
    agent,
    mailbox,
    folder: store.folder,
    banks,
    kiosk: `http://127.0.0.1:${ports.kiosk}`,
    stops,
  });
}

async function garageAgent(plan: {
  folder: string;
  hub: string;
  mqttsPort: number;
  staff: StaffLink;
  port: number;
  kiosk: { port: number };
}) {
  const garage = LOCKERS.find(({ reach }) => reach === 'agent');
  if (!garage) throw new Error('no bank of the demo is behind an agent');
  const { folder, staff, hub } = plan;
  await joinByCode({ staff, hub, bank: garage.layout.bank, folder: agentFolder(folder) });
  return agentProgram({
    folder,
    mqttsPort: plan.mqttsPort,
    kiosk: plan.kiosk,
    bankFile: bankFileOf(garage.layout, garage.unsensed, plan.port),
    isHeard: async () => {
      const { banks } = await plan.staff.ask('GET', '/api/v1/building', BuildingView);
      return banks.some(({ bank, online }) => bank === 'garage' && online);
    },
  });
}

function nameOf(bank: string): BankName {
  const name = BANK_NAMES.find((one) => one === bank);
  if (!name) throw new RangeError(`the demo has a bank ${bank} that torture does not know`);
  return name;
}
