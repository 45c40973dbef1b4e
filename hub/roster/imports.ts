/**
 * A list of residents is taken over: compared, written beside in pieces, and then put in place piece by piece, so that
 * doors open meanwhile (the store is one session). Nothing is half done for good: until all is written beside nothing
 * changes, and from then on a restart goes on where it was. One import can be taken back the same way.
 */
import { setImmediate } from 'node:timers/promises';
import type { PhoneCountry } from '@lockerhub/protocol/http/phone-number.ts';
import {
  GONE_SHARE_TO_CONFIRM,
  type RosterColumns,
  type RosterImport,
  type RosterPreview,
} from '@lockerhub/protocol/http/roster.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { HubError } from '../error.ts';
import type { BuildingLog, Fact } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import type { Rows } from '../store/rows.ts';
import type { RowChange, Store } from '../store/store.ts';
import { type Checked, checkRows } from './check-rows.ts';
import { columnsFor } from './columns.ts';
import { asRow, type Comparison, compare, moveOuts, type RosterChange } from './compare.ts';
import type { List } from './read-list.ts';
import { TakeBack } from './take-back.ts';

/** Rows of one transaction: some milliseconds, for which a door waits at most (FINDINGS 1: 0.4 ms a row). */
const PIECE_ROWS = 20;
/** Pieces that are written beside in one transaction: long texts, but few statements. */
const STAGED_AT_ONCE = 4;
/** Of each kind, so many are shown in a preview. */
const SHOWN = 50;
const FAULTS_SHOWN = 200;
/** Imports whose outcome is remembered; only the newest can be taken back, and only it keeps its rows. */
const REMEMBERED = 20;

type Import = Rows['rosterImports'];

export interface ImportsOptions {
  readonly register: Register;
  readonly log: BuildingLog;
  readonly store: Pick<Store, 'query'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly language: () => string;
  readonly phoneCountry: () => PhoneCountry;
  /** Whether a resident has a code or a parcel: then undoing leaves them. */
  readonly isInUse: (resident: string) => boolean;
  /** Ends the codes of those who moved out: after an import, and whenever somebody did. */
  readonly followMoveOuts: () => Promise<void>;
  readonly onFault: (error: unknown) => void;
}

export interface ImportRequest {
  readonly list: List;
  readonly columns: RosterColumns | undefined;
  readonly gone: 'move-out' | 'stay';
  readonly confirm: number | undefined;
}

export class RosterImports {
  readonly #options: ImportsOptions;
  /** The work under way; null: none. */
  #running: Promise<void> | null = null;
  #isStopped = false;
  #isPreparing = false;

  constructor(options: ImportsOptions) {
    this.#options = options;
  }

  /** Goes on with what the last run left: what was in place before it stays so, what was not begun is forgotten. */
  async start(): Promise<void> {
    const left = this.#newest();
    if (left?.state === 'staging') await this.#forget(left);
    else if (left?.state === 'applying' || left?.state === 'undoing') this.#run(left.id);
  }

  /** Resolves when the piece under way is written; the next start goes on. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  /** How far the newest import is. */
  view(): RosterImport | null {
    const found = this.#newest();
    if (!found) return null;
    const { id, state, at, staff, pieces, applied, counts, kept } = found;
    const byName = staff === null ? null : (this.#options.register.get('staff', staff)?.name ?? null);
    return { import: id, state, at, byName, pieces, applied, counts, kept };
  }

  /** What a list would change. */
  async preview({ list, columns }: Pick<ImportRequest, 'list' | 'columns'>): Promise<RosterPreview> {
    const { used, checked, compared } = await this.#compared(list, columns);
    const { added, changed, gone, same: unchanged } = compared;
    return {
      headers: [...list.headers],
      columns: used,
      counts: {
        rows: list.rows.length,
        added: added.length,
        changed: changed.length,
        gone: gone.length,
        same: unchanged,
        faults: checked.faults.length,
      },
      confirmationNeeded: this.#isMany(gone.length),
      added: added.slice(0, SHOWN).map(({ unit, name }) => ({ unit, name })),
      changed: changed.slice(0, SHOWN).map(({ person, fields }) => ({
        unit: person.unit,
        name: person.name,
        fields: [...fields],
      })),
      gone: gone.slice(0, SHOWN).map((each) => ({ unit: compared.unitNameOf(each), name: each.name })),
      faults: checked.faults.slice(0, FAULTS_SHOWN),
    };
  }

  /**
   * Begins to take a list over; `view` tells how far it is.
   *
   * @throws HubError `roster-busy`, `roster-faulty` (any line: then nothing is taken over), `roster-unconfirmed`
   */
  async begin(by: Actor, { list, columns, gone, confirm }: ImportRequest): Promise<RosterImport> {
    this.#refuseBusy();
    this.#isPreparing = true;
    try {
      const { used, checked, compared } = await this.#compared(list, columns);
      refuseFaulty(checked);
      const leaving = gone === 'move-out' ? compared.gone : [];
      if (this.#isMany(leaving.length) && confirm !== leaving.length) {
        throw new HubError(
          'roster-unconfirmed',
          `${leaving.length} residents would move out; confirm by this number, or let them stay`,
          { where: 'query.confirm' },
        );
      }
      const changes = [...compared.changes, ...moveOuts(leaving, this.#options.log.trustedNow())];
      const counts = {
        added: compared.added.length,
        changed: compared.changed.length,
        gone: leaving.length,
      };
      const id = await this.#stage(by, used, changes, counts);
      this.#run(id);
    } finally {
      this.#isPreparing = false;
    }
    return this.#seen();
  }

  /** Begins to take the newest import back. @throws HubError `roster-busy`, `not-found` */
  async undo(by: Actor): Promise<RosterImport> {
    this.#refuseBusy();
    const newest = this.#newest();
    if (newest?.state !== 'done') throw new HubError('not-found', 'there is no import to take back');
    await this.#note({ ...newest, state: 'undoing', staff: nameOf(by) });
    this.#run(newest.id);
    return this.#seen();
  }

  followMoveOuts(): Promise<void> {
    return this.#options.followMoveOuts();
  }

  async #compared(list: List, said: RosterColumns | undefined) {
    const { register, clock, random, language } = this.#options;
    const used = columnsFor(list.headers, said, this.#newest()?.columns);
    const checked = await checkRows(list, used, this.#options.phoneCountry(), setImmediate);
    const compared: Comparison = await compare(checked.people, {
      present: {
        units: register.all('units'),
        households: register.all('households'),
        residents: register.all('residents'),
      },
      newId: () => newId(clock, random),
      language: language(),
      breathe: setImmediate,
    });
    return { used, checked, compared };
  }

  #isMany(gone: number): boolean {
    const living = this.#options.register.all('residents').filter(({ movedOut }) => !movedOut).length;
    return gone > living * GONE_SHARE_TO_CONFIRM;
  }

  /** Writes all pieces beside, then says in one transaction that they count. */
  async #stage(
    by: Actor,
    columns: RosterColumns,
    changes: readonly RosterChange[],
    counts: Import['counts'],
  ): Promise<string> {
    const { clock, random, log } = this.#options;
    const id = newId(clock, random);
    const pieces = piecesOf(changes);
    const begun: Import = {
      id,
      state: 'staging',
      at: clock.wallMs(),
      staff: nameOf(by),
      columns,
      pieces: pieces.length,
      applied: 0,
      counts,
      kept: 0,
    };
    await this.#forgetOld();
    await this.#note(begun);
    for (let at = 0; at < pieces.length; at += STAGED_AT_ONCE) {
      const rows = pieces.slice(at, at + STAGED_AT_ONCE).map(
        (piece, index): RowChange => ({
          table: 'rosterPieces',
          row: { id: `${id}/${at + index}`, rosterImport: id, changes: piece },
        }),
      );
      await log.append({ payloads: [], rows });
    }
    await this.#note({ ...begun, state: 'applying' });
    return id;
  }

  #run(id: string): void {
    this.#running = this.#work(id)
      .catch((error: unknown) => this.#options.onFault(error))
      .finally(() => {
        this.#running = null;
      });
  }

  async #work(id: string): Promise<void> {
    for (;;) {
      const now = this.#options.register.get('rosterImports', id);
      if (!now || this.#isStopped) return;
      const isOver = now.state === 'applying' ? now.applied === now.pieces : now.applied === 0;
      if (isOver) {
        await this.#note({ ...now, state: now.state === 'applying' ? 'done' : 'undone' });
        await this.followMoveOuts();
        return;
      }
      if (now.state === 'applying') await this.#apply(now);
      else await this.#takeBack(now);
    }
  }

  async #apply(now: Import): Promise<void> {
    const changes = await this.#piece(now.id, now.applied);
    await this.#write(now, changes.map(asRow), { ...now, applied: now.applied + 1 }, false);
  }

  async #takeBack(now: Import): Promise<void> {
    const changes = await this.#piece(now.id, now.applied - 1);
    const { rows, kept } = this.#takingBack(changes);
    await this.#write(now, rows, { ...now, applied: now.applied - 1, kept: now.kept + kept }, true);
  }

  #takingBack(changes: readonly RosterChange[]): { rows: RowChange[]; kept: number } {
    const { register, isInUse } = this.#options;
    const back = new TakeBack(register, isInUse);
    const rows = changes.toReversed().flatMap((change) => back.reverse(change) ?? []);
    return { rows, kept: changes.length - rows.length };
  }

  async #piece(id: string, number: number): Promise<readonly RosterChange[]> {
    const [found] = await this.#options.store.query<{ readonly changes: readonly RosterChange[] }>(
      'select changes from roster_pieces where id = $1',
      [`${id}/${number}`],
    );
    return found?.changes ?? [];
  }

  async #write(now: Import, rows: readonly RowChange[], next: Import, undone: boolean): Promise<void> {
    const by = actorOfName(now.staff);
    const facts = [...Map.groupBy(rows, ({ table }) => table)].map(
      ([table, changed]): Fact => ({
        type: 'rows.imported',
        data: {
          import: now.id,
          table: table as 'units' | 'households' | 'residents',
          rows: changed.map((change) => ('remove' in change ? change.remove : change.row.id)),
          undone,
        },
      }),
    );
    await this.#options.log.record(by, facts, [...rows, { table: 'rosterImports', row: next }]);
  }

  async #note(row: Import): Promise<void> {
    await this.#options.log.append({ payloads: [], rows: [{ table: 'rosterImports', row }] });
  }

  /** Old imports keep no rows: those hold names. */
  async #forgetOld(): Promise<void> {
    const all = this.#options.register.all('rosterImports').toSorted((a, b) => a.at - b.at);
    for (const old of all) await this.#forgetPieces(old);
    for (const old of all.slice(0, Math.max(0, all.length - REMEMBERED))) await this.#remove(old);
  }

  async #forget(left: Import): Promise<void> {
    await this.#forgetPieces(left);
    await this.#remove(left);
  }

  async #forgetPieces({ id }: Import): Promise<void> {
    const pieces = await this.#options.store.query<{ readonly id: string }>(
      'select id from roster_pieces where roster_import = $1',
      [id],
    );
    for (let at = 0; at < pieces.length; at += PIECE_ROWS) {
      const rows = pieces
        .slice(at, at + PIECE_ROWS)
        .map((piece): RowChange => ({ table: 'rosterPieces', remove: piece.id }));
      await this.#options.log.append({ payloads: [], rows });
    }
  }

  async #remove({ id }: Import): Promise<void> {
    await this.#options.log.append({ payloads: [], rows: [{ table: 'rosterImports', remove: id }] });
  }

  #newest(): Import | undefined {
    return this.#options.register
      .all('rosterImports')
      .reduce<Import | undefined>(
        (newest, each) => (newest === undefined || each.at >= newest.at ? each : newest),
        undefined,
      );
  }

  #seen(): RosterImport {
    const seen = this.view();
    if (!seen) throw new HubError('not-found', 'there is no import');
    return seen;
  }

  #refuseBusy(): void {
    if (this.#running !== null || this.#isPreparing) {
      throw new HubError('roster-busy', 'a list is being taken over; wait until it is through');
    }
  }
}

function refuseFaulty({ faults }: Checked): void {
  const [first] = faults;
  if (!first) return;
  throw new HubError(
    'roster-faulty',
    `${faults.length} faults, the first in line ${first.line}: ${first.what}. Nothing was taken over; mend the list`,
    { where: `line ${first.line}` },
  );
}

function piecesOf(changes: readonly RosterChange[]): (readonly RosterChange[])[] {
  const pieces: (readonly RosterChange[])[] = [];
  for (let at = 0; at < changes.length; at += PIECE_ROWS) pieces.push(changes.slice(at, at + PIECE_ROWS));
  return pieces;
}

/** Before the id of a program, in the place of a member of staff's. */
const PROGRAM = 'api-key/';

/** Who began an import, as it is kept: its pieces are written in their name after a restart too. */
function nameOf({ kind, id }: Actor): string | null {
  if (id === undefined) return null;
  return kind === 'api-key' ? PROGRAM + id : id;
}

function actorOfName(name: string | null): Actor {
  if (name === null) return { kind: 'hub' };
  if (name.startsWith(PROGRAM)) return { kind: 'api-key', id: name.slice(PROGRAM.length) };
  return { kind: 'staff', id: name };
}
