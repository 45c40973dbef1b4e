/** What happens to the hub's box in the demo, and what staff do afterwards. */
import { BuildingView } from '@lockerhub/protocol/http/staff.ts';
import type { SupervisedProcess } from '../processes/supervised.ts';
import type { HubSwap } from './hub-swap.ts';
import { NotNow } from './not-now.ts';
import type { StaffLink } from './staff-link.ts';

/** As in `Stage`. */
interface HubStage {
  readonly hub: SupervisedProcess;
  readonly staff: StaffLink;
  readonly swap: () => HubSwap | null;
  readonly say: (words: string) => void;
}

export async function killHub({ hub, say }: HubStage): Promise<void> {
  if (hub.state !== 'up') throw new NotNow('the hub is down already');
  await hub.kill();
  say('The hub was killed (kill -9)');
  await hub.untilUp();
  say('The hub is back');
}

/** Kills it, and nothing starts it again. */
export async function hubOff({ hub, say, swap }: HubStage): Promise<void> {
  if (swap()?.view().isUnderWay) throw new NotNow('the box is being swapped');
  await hub.kill();
  await hub.stop();
  say("The hub is off. Residents collect in the garage, at its agent's kiosk, after some 10 s");
}

export async function hubOn({ hub, say, swap }: HubStage): Promise<void> {
  if (hub.state !== 'stopped' || swap()?.view().isUnderWay) throw new NotNow('the hub is on');
  await hub.start();
  say('The hub is on again');
}

export async function swapHub({ swap, say }: HubStage): Promise<void> {
  const boxes = boxesOf(swap);
  say("The hub's box is torn out. Another box takes the building over");
  await boxes.swap();
  say('The new box speaks for the building. Staff have to look at the doors of the lobby');
}

export async function oldHubReturns({ swap, say }: HubStage): Promise<void> {
  const boxes = boxesOf(swap);
  say('Somebody finds the old box and plugs it in');
  await boxes.oldReturns();
  say('The old box is fenced: the cloud knows that another hub speaks for the building');
}

/** Staff say of each door that the new hub has no proof of that they have looked. */
export async function lookAtDoors(
  { staff, say }: HubStage,
  closeDoor: (bank: string, door: number) => Promise<void>,
): Promise<void> {
  const { banks } = await staff.ask('GET', '/api/v1/building', BuildingView);
  const doors = banks.flatMap(({ bank, doors }) =>
    doors.filter(({ unverified }) => unverified).map(({ number, door }) => ({ bank, number, door })),
  );
  if (doors.length === 0) throw new NotNow('no door has to be looked at');
  for (const { bank, number, door } of doors) {
    if (door === 'open' || door === 'forced') await closeDoor(bank, number);
    await staff.act(`/api/v1/banks/${bank}/compartments/${number}/verify`, {});
  }
  say(`Staff looked at ${doors.length} doors: what is on record is what is there`);
}

function boxesOf(swap: () => HubSwap | null): HubSwap {
  const boxes = swap();
  if (!boxes) throw new NotNow('This demo runs without a cloud.');
  return boxes;
}
