/** What a changed home of a resident asks of the hub: pure, so that it can be tried without a browser. */
import type { ChangeResident, ResidentView } from '@lockerhub/protocol/http/staff.ts';

export interface HomeDraft {
  readonly name: string;
  readonly language: string;
  readonly unitName: string;
  /** The household that they are to be of; null: one of their own. */
  readonly household: string | null;
}

type Whom = Pick<ResidentView, 'resident' | 'household' | 'unitName' | 'name' | 'language' | 'movedOut'>;

/** The households of others in a unit, each with who lives in it. */
export function homesIn(
  unitName: string,
  person: Pick<Whom, 'resident'>,
  all: readonly Whom[],
): { readonly household: string; readonly names: readonly string[] }[] {
  const others = all.filter(
    (one) => !one.movedOut && one.resident !== person.resident && isSame(one.unitName, unitName),
  );
  return [...Map.groupBy(others, ({ household }) => household)].map(([household, those]) => ({
    household,
    names: those.map(({ name }) => name),
  }));
}

/** Only what differs: what nobody touched may have been changed by somebody else meanwhile. */
export function changeOf(person: Whom, draft: HomeDraft, all: readonly Whom[]): ChangeResident {
  const [name, unitName] = [draft.name.trim(), draft.unitName.trim()];
  const mates = homesIn(unitName, person, all).map(({ household }) => household);
  const joins = draft.household !== null && mates.includes(draft.household) ? draft.household : null;
  const livesWithOthers = homesIn(person.unitName, person, all).some(
    ({ household }) => household === person.household,
  );
  const isMove = !isSame(unitName, person.unitName);
  const leaves = !isMove && joins === null && livesWithOthers;
  return {
    ...(name === person.name ? {} : { name }),
    ...(draft.language === person.language ? {} : { language: draft.language }),
    ...(joins !== null && joins !== person.household ? { household: joins } : {}),
    ...(isMove && joins === null ? { unitName } : {}),
    ...(leaves ? { household: null } : {}),
  };
}

function isSame(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
