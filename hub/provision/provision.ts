/** Fills a building by a plan: what is there stays as it is, so that doing it twice does it once. */
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Core } from '../core.ts';
import { HubError } from '../error.ts';
import { FirstSteps } from '../first-steps/first-steps.ts';
import { newToken } from '../sign-in/token.ts';
import type { Plan } from './plan.ts';

/** Secrets are null for what was there before: they are shown once. Codes can always be said again. */
export interface Provisioned {
  readonly building: string;
  /** Opens the building's keyring on another box: to be written down, and then confirmed on the staff page. */
  readonly recoveryKey: string | null;
  readonly staff: readonly {
    readonly staff: string;
    readonly login: string;
    readonly password: string | null;
  }[];
  readonly residents: readonly {
    readonly resident: string;
    readonly unitName: string;
    readonly name: string;
  }[];
  readonly couriers: readonly {
    readonly courier: string;
    readonly carrier: string;
    readonly name: string | null;
    readonly code: string | null;
  }[];
  readonly banks: readonly {
    readonly bank: string;
    readonly username: string;
    readonly password: string | null;
  }[];
  readonly terminals: readonly {
    readonly terminal: string;
    readonly name: string;
    readonly bank: string | null;
    readonly token: string | null;
  }[];
}

const BY_HUB: Actor = { kind: 'hub' };

/** @param readFile reads a bank file that the plan names. */
export async function provision(
  core: Core,
  random: Random,
  plan: Plan,
  readFile: (path: string) => string,
): Promise<Provisioned> {
  await putBuilding(core, plan);
  return {
    building: plan.building.building,
    recoveryKey: await putRecoveryKey(core),
    staff: await putStaff(core, random, plan),
    banks: await putBanks(core, plan, readFile),
    residents: await putResidents(core, plan),
    couriers: await putCouriers(core, plan),
    terminals: await putTerminals(core, plan),
  };
}

async function putBuilding({ settings, policy, register, buildingLog }: Core, plan: Plan): Promise<void> {
  const there = settings.get();
  if (there && there.building !== plan.building.building) {
    throw new HubError(
      'building-invalid',
      `this folder holds the building "${there.building}", the plan is for "${plan.building.building}"; choose another folder`,
    );
  }
  if (!there) {
    await settings.create(BY_HUB, plan.building, async () => ({ facts: [], rows: [] }));
    // Whoever wrote the plan set the building up by it; a manager gets the steps back.
    await new FirstSteps(register, buildingLog).putAway(BY_HUB, true);
  }
  await policy.change(BY_HUB, plan.policy);
}

async function putRecoveryKey({ recovery }: Core): Promise<string | null> {
  return recovery.view().current === null ? (await recovery.make(BY_HUB)).key : null;
}

async function putStaff({ register, signIn, buildingLog }: Core, random: Random, plan: Plan) {
  const made: Provisioned['staff'][number][] = [];
  for (const { login, name, role, email, password: given } of plan.staff) {
    const there = register.all('staff').find((row) => row.login === login);
    if (there) {
      made.push({ staff: there.id, login, password: null });
      continue;
    }
    const password = given ?? newToken(random);
    const { me, facts, rows } = await signIn.newStaff({ login, name, role, email, password });
    await buildingLog.record(BY_HUB, facts, rows);
    made.push({ staff: me.staff, login, password });
  }
  return made;
}

async function putBanks({ register, bankRegister }: Core, plan: Plan, readFile: (path: string) => string) {
  const made: Provisioned['banks'][number][] = [];
  for (const { file, reach } of plan.banks) {
    const text = readFile(file);
    const bank = bankRegister.bankOf(text);
    const there = register.get('banks', bank);
    if (there && there.file === text && there.reach === reach) {
      made.push({ bank, username: bank, password: null });
      continue;
    }
    made.push(await bankRegister.put(BY_HUB, text, reach));
  }
  return made;
}

async function putResidents({ people, peopleChanges }: Core, plan: Plan) {
  const made: Provisioned['residents'][number][] = [];
  /** By unit and word of the plan: the household that the first of them got. */
  const households = new Map<string, string>();
  for (const { unit, name, language, email, contacts, household } of plan.residents) {
    const key = household === undefined ? undefined : `${unit}/${household}`;
    const there = people.residents().find((row) => row.unitName === unit && row.name === name);
    const joined = key === undefined ? undefined : households.get(key);
    const view =
      there ??
      (await peopleChanges.addResident(BY_HUB, {
        unitName: unit,
        name,
        language,
        email,
        contacts,
        household: joined,
      }));
    if (key !== undefined) households.set(key, view.household);
    made.push({ resident: view.resident, unitName: view.unitName, name: view.name });
  }
  return made;
}

async function putCouriers({ people, peopleChanges, building, register }: Core, plan: Plan) {
  // Whoever provisions acts for the first of the staff: the log wants a person behind a code.
  const staff = register.all('staff')[0]?.id ?? '';
  const made: Provisioned['couriers'][number][] = [];
  for (const { carrier, name } of plan.couriers) {
    const there = people.couriers().find((row) => row.carrier === carrier && row.name === name);
    const { courier, revoked } = there ?? (await peopleChanges.addCourier(BY_HUB, { carrier, name }));
    const known = building.codeOf(courier);
    const code =
      known ??
      (revoked ? null : (await building.execute({ type: 'issue-code', staff, holder: courier })).code);
    made.push({ courier, carrier, name, code });
  }
  return made;
}

async function putTerminals({ terminals }: Core, plan: Plan) {
  const made: Provisioned['terminals'][number][] = [];
  for (const { name, bank } of plan.terminals) {
    const there = terminals.list().find((row) => row.name === name && row.bank === bank);
    const { terminal, token } = there ? { ...there, token: null } : await terminals.admit(BY_HUB, name, bank);
    made.push({ terminal, name, bank, token });
  }
  return made;
}
