/**
 * What follows from moving out: the code dies at once, unless something still waits. Then it lives until that is taken,
 * for so long at most as the policy says. Told as what should be, so that it may be looked at any time.
 */
import type { Building } from '../building/building.ts';
import type { Register } from '../log/register.ts';

export interface MoveOutsOptions {
  readonly register: Register;
  readonly building: Pick<Building, 'execute' | 'model'>;
  readonly formerMs: () => number;
  readonly wallMs: () => number;
  /** While the clock is not trusted nobody's time is over. */
  readonly clockTrust: () => 'trusted' | 'untrusted';
}

/** By the hub itself: no member of the staff did it. */
const BY_HUB = { staff: '', by: 'hub' } as const;

/** Ends the codes of those who moved out and have nothing waiting, or had their time. @throws StoreError */
export async function endCodesOfMoved(options: MoveOutsOptions): Promise<void> {
  const { register, building, formerMs, wallMs, clockTrust } = options;
  for (const [holder, { revoked }] of building.model.codes.entries()) {
    const resident = revoked ? undefined : register.get('residents', holder);
    if (!resident?.movedOut) continue;
    const isOver =
      clockTrust() === 'trusted' &&
      resident.movedOutAt !== null &&
      wallMs() - resident.movedOutAt >= formerMs();
    if (!isOver && waitsFor(building.model, holder, resident.household)) continue;
    await building.execute({ type: 'revoke-code', ...BY_HUB, holder });
  }
}

/** Whether a delivery of theirs is not over: addressed to them, or to all of their household. */
export function waitsFor(model: Building['model'], resident: string, household: string): boolean {
  return [...model.deliveries.values()].some((delivery) =>
    delivery.resident === null ? delivery.household === household : delivery.resident === resident,
  );
}
