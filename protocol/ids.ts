import { z } from 'zod';

/** An id of ours: a UUID, made by `newId`, never reused. */
export const Id = z.uuid();
export type Id = z.infer<typeof Id>;

/**
 * The immutable name of a building, bank, line or terminal in topics and addresses: lower case, digits, dashes;
 * no MQTT wildcard or separator can be in it.
 */
export const Slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'lower-case letters, digits and inner dashes, 40 at most');
export type Slug = z.infer<typeof Slug>;

/** A compartment's number within its bank, as painted on the door. */
export const CompartmentNumber = z.int().min(1).max(9999);
export type CompartmentNumber = z.infer<typeof CompartmentNumber>;

/** A Modbus unit id; on a serial line 1 to 247 (MODBUS over Serial Line V1.02, section 2.2). */
export const UnitId = z.int().min(0).max(255);
export type UnitId = z.infer<typeof UnitId>;
