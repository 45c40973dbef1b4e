/**
 * What Electric may read: the tables of the shapes. Its role owns nothing, so it cannot publish tables by itself; it runs
 * with ELECTRIC_MANUAL_TABLE_PUBLISHING=true over a publication that the schema makes (electric-sql.com, "Postgres
 * permissions").
 */
import { SHAPE_NAMES } from '@lockerhub/protocol/sync/shapes.ts';
import { ELECTRIC_ROLE } from './roles.ts';

/** The name that Electric looks for, with its stream's id `default`. */
const PUBLICATION = 'electric_publication_default';

export const PUBLISHED_DDL: readonly string[] = [
  `grant select on ${SHAPE_NAMES.join(', ')} to ${ELECTRIC_ROLE}`,
  `create publication ${PUBLICATION} for table ${SHAPE_NAMES.join(', ')}`,
];
