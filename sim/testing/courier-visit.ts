/** A courier before a screen of the rig: what they may do in their visit, each by its own command. */
import { BuildingRig, PEOPLE, type RigOptions, TERMINALS } from './building-rig.ts';

const { single, pair } = PEOPLE;

/** A courier at a bank, all banks online. */
export async function courier(options: RigOptions & { at?: string } = {}) {
  const rig = await BuildingRig.start(options);
  await rig.allOnline();
  const at = options.at ?? TERMINALS.a;
  const { visit } = await rig.do({ type: 'start-visit', terminal: at, code: await rig.courierCode() });
  const add = (to: { unit: string; resident?: string | null } = single, size: 'S' | 'M' | 'L' | 'XL' = 'S') =>
    rig.do({
      type: 'add-parcel',
      terminal: at,
      visit,
      unit: to.unit,
      resident: to.resident ?? null,
      size,
      tracking: null,
    });
  const act = (type: 'undo' | 'open-again' | 'closed-by-hand' | 'did-not-open', delivery: string | null) =>
    rig.do({ type, terminal: at, visit, delivery: delivery ?? '' });
  const confirm = (delivery: string | null, inside = true) =>
    rig.do({ type: 'confirm', terminal: at, visit, delivery: delivery ?? '', inside });
  const otherDoor = (delivery: string | null, reason: 'jammed' | 'wrong-size' | 'occupied' | 'dirty') =>
    rig.do({ type: 'other-door', terminal: at, visit, delivery: delivery ?? '', reason });
  const end = () => rig.do({ type: 'end-visit', terminal: at, visit });
  const stop = (index = 0) => rig.building.visit(visit)?.stops[index];
  return { rig, visit, add, act, confirm, otherDoor, end, stop };
}

/** Where the next parcel of another courier, who stands at no bank, would go. */
export async function nextPlace(rig: BuildingRig): Promise<string> {
  rig.effects.length = 0;
  const code = await rig.courierCode(PEOPLE.otherCourier);
  const { visit } = await rig.do({ type: 'start-visit', terminal: TERMINALS.lobby, code });
  const to = { unit: pair.unit, resident: null, size: 'S', tracking: null } as const;
  await rig.do({ type: 'add-parcel', terminal: TERMINALS.lobby, visit, ...to });
  const { bank, compartment } = rig.takeOpen();
  return `${bank}/${compartment}`;
}
