/**
 * The hub without a network: keys, store, clock, people, the building as folded from its log. `hub.ts` puts broker,
 * bridge and API around it; `provision/` uses it alone.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseBankFile, suppliesOf } from '@lockerhub/edge-agent/bank/bank-file.ts';
import { nodeOf } from '@lockerhub/protocol/sync/epoch.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import { Agents } from './agents/agents.ts';
import { BankRegister } from './banks/bank-register.ts';
import { Building } from './building/building.ts';
import { ClockWatch, systemNtpMark } from './clock/clock-watch.ts';
import type { Effect } from './deliveries/command.ts';
import { beginEpoch } from './epoch/begin-epoch.ts';
import { type Epoch, openEpoch } from './epoch/epoch-file.ts';
import { Fence } from './epoch/fence.ts';
import { HubError } from './error.ts';
import { type Keyring, openKeyring } from './keyring/keyring.ts';
import { BuildingLog } from './log/building-log.ts';
import { Register } from './log/register.ts';
import { Channels } from './notifications/channel-settings.ts';
import { ResidentFobs } from './people/fobs.ts';
import { endCodesOfGone } from './people/gone.ts';
import { endCodesOfMoved, waitsFor } from './people/move-outs.ts';
import { People } from './people/people.ts';
import { PeopleChanges } from './people/people-changes.ts';
import { ResidentPins } from './people/pins.ts';
import { Recovery } from './recovery/recovery.ts';
import { isUnfinished } from './replace/replace-hub.ts';
import { RosterImports } from './roster/imports.ts';
import { BuildingSettings } from './setup/building-settings.ts';
import { PolicySettings } from './setup/policy-settings.ts';
import { Accounts } from './sign-in/accounts.ts';
import { SignIn } from './sign-in/sign-in.ts';
import { openStore } from './store/pglite/open.ts';
import type { Store } from './store/store.ts';
import { Terminals } from './terminals/terminals.ts';

export interface CoreOptions {
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Whether the hub was told of a mail server at its start. */
  readonly mail: boolean;
  /** Whether an update is under way. */
  readonly isHeld: () => boolean;
  /** Carries out what the building decided, after the commit. */
  readonly perform: (effect: Effect) => void;
  readonly onBankChanged: (bank: string) => void;
  /** The store can no longer be trusted to answer: the process must end and start again. */
  readonly onBroken: (error: Error) => void;
}

export interface Core {
  readonly bootId: string;
  readonly epoch: number;
  /** Tells this hub from any other that ever spoke for the building. */
  readonly instance: string;
  /** Whether another hub speaks for the building. */
  readonly fence: Fence;
  readonly keyring: Keyring;
  readonly store: Store;
  readonly register: Register;
  readonly buildingLog: BuildingLog;
  readonly settings: BuildingSettings;
  readonly policy: PolicySettings;
  readonly people: People;
  readonly peopleChanges: PeopleChanges;
  readonly channels: Channels;
  readonly pins: ResidentPins;
  readonly fobs: ResidentFobs;
  readonly roster: RosterImports;
  readonly signIn: SignIn;
  readonly accounts: Accounts;
  readonly terminals: Terminals;
  readonly bankRegister: BankRegister;
  readonly agents: Agents;
  readonly recovery: Recovery;
  readonly clockWatch: ClockWatch;
  readonly building: Building;
  stop(): Promise<void>;
}

/**
 * Opens everything in order: keyring, store, clock trust, the building's fold.
 *
 * @throws HubError, StoreError: nothing is left open then.
 */
export async function openCore(options: CoreOptions): Promise<Core> {
  const { dataFolder, clock, random, log } = options;
  makeFolder(dataFolder);
  if (isUnfinished(dataFolder)) {
    throw new HubError(
      'replace-unfinished',
      `${dataFolder}: this hub has not taken the building over yet; run "hub replace" again`,
    );
  }
  const keyring = await openKeyring(join(dataFolder, 'keyring.json'), random);
  const epoch = openEpoch(epochPath(options), clock, random);
  const store = await openStore({
    folder: dataFolder,
    epoch: epoch.number,
    node: nodeOf(epoch.instance),
    clock,
    random,
    onBroken: options.onBroken,
    onWarning: (warning) => log.warn({ err: warning }, 'upkeep of the store'),
    onProgress: (what) => log.info({ event: 'progress' }, what),
  });
  try {
    return await foldCore(options, keyring, epoch, store);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function foldCore(options: CoreOptions, keyring: Keyring, epoch: Epoch, store: Store): Promise<Core> {
  const { clock, random, perform, log } = options;
  const fence = new Fence(epochPath(options), epoch);
  const register = await Register.load(store);
  await beginEpoch({
    log: store,
    clock,
    began: epoch,
    lastEpoch: await lastEpoch(store),
    layouts: register.all('banks').map(({ layout }) => layout),
  });
  // Until the first look no clock is trusted; the watch says what it found as soon as there is a log to say it in.
  const clockTrust = () => clockWatch.trust();
  const buildingLog = new BuildingLog({ log: store, register, clock, clockTrust });
  const clockWatch = new ClockWatch({
    clock,
    ntpMark: systemNtpMark,
    lastTrustedAtMs: await lastTrustedAtMs(store),
    onChange: (trust, reason) => noteClock(buildingLog, log, trust, reason),
  });
  await clockWatch.start();
  const shared = { register, log: buildingLog, clock, random };
  const { codeKey } = keyring;
  const channels = new Channels({ ...shared, rootKey: codeKey, mail: options.mail });
  const people = new People({
    register,
    suppliesOf: (file) => suppliesOf(parseBankFile(file)),
    canTell: (contacts) => channels.canTell(contacts),
  });
  const peopleChanges = new PeopleChanges({ ...shared, people });
  const pins = new ResidentPins({ people, changes: peopleChanges, register, codeKey, random });
  const fobs = new ResidentFobs({ people, changes: peopleChanges, register, codeKey, clock, random });
  const policy = new PolicySettings(register, buildingLog);
  const settings = new BuildingSettings(register, buildingLog);
  const building = new Building({
    clock,
    random,
    log: buildingLog,
    roster: people,
    policy: () => policy.get(),
    codeKey: keyring.codeKey,
    perform,
    clockTrust,
    disk: () => store.disk(),
    fencedBy: () => fence.by,
    isHeld: options.isHeld,
    language: () => settings.get()?.language ?? 'en',
    timeZone: () => settings.get()?.timeZone ?? 'UTC',
    onFault: (error) =>
      log.error({ err: error }, 'a deadline of the building could not be met; trying again'),
  });
  await building.start();
  const moveOuts = () =>
    endCodesOfMoved({
      register,
      building,
      formerMs: () => policy.get().formerMs,
      wallMs: () => clock.wallMs(),
      clockTrust,
    })
      .then(() => endCodesOfGone({ register, building }))
      .then(() => pins.endOfMoved())
      .then(() => fobs.endOfMoved())
      .catch((error: unknown) =>
        log.error({ err: error }, 'codes of those who moved out or are gone; trying again'),
      );
  // What a kill cut off between a row and a code: before anybody can type one.
  await moveOuts();
  const movedOut = every(clock, MOVE_OUTS_EVERY_MS, () => void moveOuts());
  const roster = new RosterImports({
    ...shared,
    store,
    language: () => settings.get()?.language ?? 'en',
    phoneCountry: () => policy.get().phoneCountry,
    isInUse: (resident) => {
      const household = register.get('residents', resident)?.household ?? '';
      return building.model.codes.has(resident) || waitsFor(building.model, resident, household);
    },
    followMoveOuts: moveOuts,
    onFault: (error) =>
      log.error({ err: error }, 'a list of residents stands still; it goes on with the next start'),
  });
  await roster.start();
  return {
    bootId: newId(clock, random),
    epoch: epoch.number,
    instance: epoch.instance,
    fence,
    keyring,
    store,
    register,
    buildingLog,
    settings,
    policy,
    people,
    peopleChanges,
    channels,
    pins,
    fobs,
    roster,
    signIn: new SignIn({ ...shared, clockTrust }),
    accounts: new Accounts({ ...shared, store, building, pins }),
    terminals: new Terminals(shared),
    bankRegister: new BankRegister({
      ...shared,
      parseBankFile,
      occupied: (bank) => building.occupied(bank),
      onChanged: options.onBankChanged,
    }),
    agents: new Agents({
      ...shared,
      clockTrust,
      codeKey: keyring.codeKey,
      authority: keyring.authority,
      revoke: (command) => building.execute(command),
      onFault: (error) => log.error({ err: error }, 'what became of an agent could not be written'),
      onChanged: options.onBankChanged,
    }),
    recovery: new Recovery({
      ...shared,
      path: join(options.dataFolder, 'recovery.json'),
      content: keyring.content,
      building: () => settings.require().building,
    }),
    clockWatch,
    building,
    async stop() {
      movedOut.cancel();
      await roster.stop();
      await building.stop();
      clockWatch.stop();
      await store.close();
    },
  };
}

/** How often it is looked for codes whose time after a move-out is over: days are counted, not minutes. */
const MOVE_OUTS_EVERY_MS = 10 * 60_000;

function every(clock: Clock, everyMs: number, act: () => void): { cancel(): void } {
  let timer = clock.after(everyMs, tick);
  function tick() {
    timer = clock.after(everyMs, tick);
    act();
  }
  return { cancel: () => timer.cancel() };
}

function epochPath({ dataFolder }: CoreOptions): string {
  return join(dataFolder, 'epoch.json');
}

/** Under which epoch the newest entry was written; null in a new log. */
async function lastEpoch(store: Store): Promise<number | null> {
  const [entry] = await store.query<{ epoch: number }>('select epoch from log order by seq desc limit 1');
  return entry?.epoch ?? null;
}

/** When the newest entry under a trusted clock was written; null in a new log. */
async function lastTrustedAtMs(store: Store): Promise<number | null> {
  const [entry] = await store.query<{ at: number }>(
    `select at from log where clock = 'trusted' order by seq desc limit 1`,
  );
  return entry?.at ?? null;
}

function noteClock(
  buildingLog: BuildingLog,
  log: Logger,
  trust: 'trusted' | 'untrusted',
  reason: string,
): void {
  log.info({ trust, reason }, 'the wall clock');
  const type = trust === 'trusted' ? 'clock.trusted' : 'clock.distrusted';
  buildingLog
    .record({ kind: 'hub' }, [{ type, data: { reason } }])
    // The state itself holds; each entry carries it.
    .catch((error: unknown) => log.error({ err: error }, 'the change of trust could not be written'));
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new HubError('config-invalid', `--data: cannot make the folder ${folder}: ${String(cause)}`, {
      cause,
    });
  }
}
