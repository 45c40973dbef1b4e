/**
 * Runs the projections' statements inside Postgres: a push makes as many statements as it has entries, and each on its
 * own way there and back would take several times what Postgres needs for it. Measured on a busy machine with 500 entries
 * at a time: 8,000 entries a second as single statements down one pipeline, 16,000 by this function, 25,000 of their rows
 * in the log alone. The texts are the hub's, unchanged: the function is made of them.
 *
 * Every statement looks rows up by a key, whatever a table that was small when it was planned made of it: hence generic
 * plans over indexes.
 *
 * It lives as long as its connection (`pg_temp`), so that gateways of two versions never share one.
 */
import { EFFECT_TEXTS } from '@lockerhub/protocol/log/projections/project.ts';

/** Text of SQL → its number in the function. */
const NUMBERS: ReadonlyMap<string, number> = new Map(EFFECT_TEXTS.map((sql, number) => [sql, number]));

/**
 * `which`: the numbers of the texts, in the order in which they run; `given`: the parameters of all, one after the
 * other, as text.
 */
export const APPLY_FUNCTION = `create or replace function pg_temp.apply(which integer[], given text[])
  returns void language plpgsql as $apply$
  declare
    number integer;
    used integer := 0;
  begin
    foreach number in array which loop
      case number
        ${EFFECT_TEXTS.map(branch).join('\n        ')}
      end case;
    end loop;
  end
  $apply$`;

/** One text as a branch of the function. Its parameters say their types themselves. */
function branch(sql: string, number: number): string {
  const places = [...sql.matchAll(/\$(\d+)/g)].map(([, place]) => Number(place));
  const bound = sql.replace(/\$(\d+)/g, (_, place) => `(given[used + ${place}])`);
  return `when ${number} then ${bound};\n          used := used + ${Math.max(...places)};`;
}

/** The number of a text in the function. @throws RangeError if it is none of the projections' */
export function numberOf(sql: string): number {
  const number = NUMBERS.get(sql);
  if (number === undefined) throw new RangeError(`no text of the projections: ${sql}`);
  return number;
}
