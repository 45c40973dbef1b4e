/** A building with units of which nobody can be told, and all that is done about their parcels. */
import type { Claimant } from '@lockerhub/hub/deliveries/command.ts';
import { Refusal } from '@lockerhub/hub/deliveries/refusal.ts';
import { NOTHING_SET } from '@lockerhub/hub/people/nothing-set.ts';
import type { Verified } from '@lockerhub/protocol/log/payloads/slips.ts';
import { BuildingRig, PEOPLE, ROSTER, TERMINALS } from './building-rig.ts';

const { single, staff } = PEOPLE;
/** A unit in which nobody lives. */
export const VACANT = '01900000-0000-7000-8000-0000000000ab';
const terminal = TERMINALS.a;
export const MAIL = { channel: 'email', to: 'new@example.org' } as const;
const NEW: Claimant = { name: 'Noor Aziz', language: 'ar', contacts: [MAIL] };

/** Who lives there no more, for a test that says so (and clears it). */
export const MOVED_OUT = new Set<string>();

const roster: typeof ROSTER = {
  ...ROSTER,
  residentsOf: (household) => ROSTER.residentsOf(household).filter((id) => !MOVED_OUT.has(id)),
  unit: (id) => (id === VACANT ? { id, name: '9Z' } : ROSTER.unit(id)),
};

/** By which code the building refused. */
export async function code(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => 'no refusal',
    (reason: unknown) => reason,
  );
  return error instanceof Refusal ? error.code : String(error);
}

/** Staff write down who lives where nobody lived. */
export function movesIn(rig: BuildingRig): void {
  const household = '01900000-0000-7000-8000-0000000000ac';
  const id = '01900000-0000-7000-8000-0000000000ad';
  rig.disk.rows.set('households', new Map([[household, { id: household, unit: VACANT }]]));
  const row = { ...NOTHING_SET, id, household, name: 'Eve', language: 'en', email: null };
  rig.disk.rows.set('residents', new Map([[id, row]]));
}

/** A building at whose desk parcels wait for units that nobody lives in. @param unreachable who cannot be told */
export async function house(unreachable: readonly string[] = [single.resident]) {
  const rig = await BuildingRig.start({ roster, policy: { vacated: 'desk' } });
  for (const resident of unreachable) rig.unreachable.add(resident);
  await rig.allOnline();
  const bring = async (to: { unit: string; resident?: string | null }) => {
    const delivery = await rig.dropOff({ unit: to.unit, resident: to.resident ?? null });
    await rig.tell();
    return delivery;
  };
  /** The desk has a parcel for a unit in which nobody lives. */
  const bringVacant = async () => {
    const { visit } = await rig.do({ type: 'start-visit', terminal, code: await rig.courierCode() });
    const parcel = { unit: VACANT, resident: null, size: 'S', tracking: null } as const;
    const { stops } = await rig.do({ type: 'add-parcel', terminal, visit, ...parcel });
    const delivery = stops.at(-1)?.delivery ?? '';
    await rig.do({ type: 'end-visit', terminal, visit });
    await rig.do({ type: 'desk-received', staff, delivery });
    await rig.tell();
    return delivery;
  };
  const slip = async (delivery: string) => rig.do({ type: 'issue-slip', staff, delivery });
  const claim = (delivery: string, claimant: Claimant = NEW, how: Verified = 'id') =>
    rig.do({ type: 'claim', staff, delivery, claimant, how });
  const come = (typed: string | null, at: string = terminal) =>
    rig.do({ type: 'start-visit', terminal: at, code: typed ?? '' });
  const kinds = () => [...rig.building.model.cases.values()].map(({ kind }) => kind);
  const sent = async (channel: string) => {
    for (const { id } of [...rig.building.model.messages.values()]) {
      await rig.do({ type: 'message-sent', message: id, channel });
    }
  };
  return { rig, bring, bringVacant, slip, claim, come, kinds, sent };
}
