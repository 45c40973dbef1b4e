/**
 * The ways in which entries change tables, each for one entry or for many at once: a hub commits entries one by one as
 * they happen, a cloud takes hundreds in a push and would spend most of its time on statements of a row each.
 */
import { type Parameter, type Statement, statement, storable } from './statement.ts';

/** One way, as two texts that do the same. */
export interface Change {
  /** For one entry: `$1`, `$2`, … are its parameters. */
  readonly one: string;
  /** For many: each parameter is the array of theirs. */
  readonly many: string;
  /** The table that the first parameter names a row of; null: it names none. */
  readonly table: string | null;
  /** Whether one run may hold several entries about the same subject. */
  readonly repeats: boolean;
}

/** What one entry changes in one way. */
export interface Effect {
  readonly change: Change;
  readonly parameters: readonly Parameter[];
  /** The subjects that it reads or writes. Effects without a common subject may take place in any order. */
  readonly touches: readonly string[];
}

/** Many effects by one statement: a list for each of its parameters. */
export interface ManyStatement {
  readonly sql: string;
  readonly lists: readonly (readonly Parameter[])[];
}

/**
 * True of all rows, and says to the planner that they are few (of a range without statistics it believes 0.5 %; Postgres'
 * `DEFAULT_RANGE_INEQ_SEL`), so that it looks each up by its key. Without it, a cloud whose tables were never analysed takes a
 * building for ten rows, and every statement reads all of the building's.
 */
const FEW = `place between 1 and ${2 ** 31 - 1}`;

/**
 * Makes a change.
 *
 * @param parameters name → type of SQL, in their order
 * @param text the statement; it gets what stands in its `from` clause: the rows `given`, with the parameters as columns
 *   and `place`, their order in the log
 */
export function change(
  table: string | null,
  parameters: Readonly<Record<string, string>>,
  text: (given: string) => string,
  { repeats = false }: { readonly repeats?: boolean } = {},
): Change {
  const named = Object.entries(parameters);
  const row = named.map(([name, type], index) => `$${index + 1}::${type} as ${name}`);
  const lists = named.map(([, type], index) => `$${index + 1}::${type}[]`);
  const names = named.map(([name]) => name);
  return {
    one: text(`(select ${row.join(', ')}, 1 as place) as given`),
    many: text(
      `(select * from unnest(${lists.join(', ')}) with ordinality as listed (${names.join(', ')}, place)
        where ${FEW}) as given`,
    ),
    table,
    repeats,
  };
}

/** What an entry changes. @param also subjects that it touches beside the row that its first parameter names */
export function effect(
  change: Change,
  parameters: readonly Parameter[],
  also: readonly string[] = [],
): Effect {
  const touches = change.table === null ? also : [`${change.table}/${parameters[0]}`, ...also];
  return { change, parameters, touches };
}

/** The statement of an effect by itself. */
export function one({ change, parameters }: Effect): Statement {
  return statement(change.one, ...parameters);
}

/** How far the effects on a subject have come: in which round, and there in which change. */
interface Reached {
  readonly round: number;
  readonly rank: number;
}

/**
 * Effects in as few statements as do the same as all of them one after the other. They are dealt into rounds, and a round
 * runs its changes in the order of `ranks`: an effect joins the earliest round in which nothing that touches one of its
 * subjects, and came before it, would run after it. The life of a parcel goes the way of the ranks, so that a push is
 * one round, or two if a door jammed.
 *
 * @param ranks each change → its place among all
 * @param effects in the log's order
 */
export function together(ranks: ReadonlyMap<Change, number>, effects: readonly Effect[]): ManyStatement[] {
  const rounds: Map<number, Effect[]>[] = [];
  const reached = new Map<string, Reached>();
  for (const effect of effects) {
    const rank = rankOf(ranks, effect.change);
    const round = Math.max(
      0,
      ...effect.touches.map((subject) => earliest(effect.change, rank, reached.get(subject))),
    );
    for (const subject of effect.touches) reached.set(subject, { round, rank });
    rounds[round] ??= new Map();
    const same = rounds[round].get(rank);
    if (same) same.push(effect);
    else rounds[round].set(rank, [effect]);
  }
  return rounds.flatMap((round) =>
    [...round].toSorted(([a], [b]) => a - b).map(([, effects]) => manyOf(effects)),
  );
}

function rankOf(ranks: ReadonlyMap<Change, number>, change: Change): number {
  const rank = ranks.get(change);
  if (rank === undefined) throw new RangeError(`a change without a place among the others: ${change.one}`);
  return rank;
}

function earliest({ repeats }: Change, rank: number, reached: Reached | undefined): number {
  if (!reached) return 0;
  return rank > reached.rank || (repeats && rank === reached.rank) ? reached.round : reached.round + 1;
}

function manyOf(effects: readonly Effect[]): ManyStatement {
  const [{ change, parameters }] = effects as [Effect];
  return {
    sql: change.many,
    lists: parameters.map((_, index) =>
      effects.map(({ parameters }) => {
        const value = parameters[index] ?? null;
        return typeof value === 'string' ? storable(value) : value;
      }),
    ),
  };
}
