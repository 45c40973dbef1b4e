/** What Electric is asked for: all of it the gateway's, but for the few parameters that say where a hub stands. */
import {
  SHAPE_NAMES,
  SHAPE_PARAMETERS,
  type ShapeName,
  shapeColumns,
} from '@lockerhub/protocol/sync/shapes.ts';
import { GatewayError } from '../error.ts';

type Parameter = (typeof SHAPE_PARAMETERS)[number];

/** Of handles and cursors as Electric makes them (`48902478-1795338691406857`, `12345678`), with room. */
const NAME = /^[\w-]{1,100}$/;
/** What each parameter may look like (electric-sql.com, HTTP API). */
const FORMS: Readonly<Record<Parameter, RegExp>> = {
  offset: /^(-1|now|\d{1,20}_(\d{1,20}|inf))$/,
  handle: NAME,
  live: /^(true|false)$/,
  // Empty where a reader comes back whose cursor was of another process: Electric's own client sends it so.
  cursor: /^[\w-]{0,100}$/,
  expired_handle: NAME,
  'cache-buster': NAME,
  log: /^(full|changes_only)$/,
};

/** The shape of this name. @throws GatewayError `not-found` */
export function shapeNamed(name: string): ShapeName {
  const found = SHAPE_NAMES.find((known) => known === name);
  if (found) return found;
  throw new GatewayError('not-found', 'no shape of this name');
}

/**
 * The query for Electric.
 *
 * @param building a UUID of ours, from the hub's token
 * @param asked what the hub sent, decoded: each parameter once, and only known ones
 * @throws GatewayError `request-invalid`
 */
export function shapeQuery(shape: ShapeName, building: string, asked: URLSearchParams): URLSearchParams {
  const query = new URLSearchParams({
    table: shape,
    columns: shapeColumns(shape).join(','),
    // Electric's fast path is `field = constant`: it holds its rate at any number of shapes.
    where: `building = '${building}'`,
    replica: 'full',
  });
  for (const [name, value] of asked) {
    if (!isParameter(name)) throw refused(name, 'is not for a hub to say');
    if (query.has(name)) throw refused(name, 'is said twice');
    if (!FORMS[name].test(value)) throw refused(name, 'does not fit');
    query.append(name, value);
  }
  if (!query.has('offset')) throw refused('offset', 'is missing');
  return query;
}

function isParameter(name: string): name is Parameter {
  return (SHAPE_PARAMETERS as readonly string[]).includes(name);
}

function refused(name: string, why: string): GatewayError {
  const where = `query.${name.slice(0, NAME_CHARACTERS)}`;
  return new GatewayError('request-invalid', `${where}: ${why}`, { where });
}

/** As much of a name as an answer repeats. */
const NAME_CHARACTERS = 40;
