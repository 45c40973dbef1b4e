/**
 * Keys by which programs ask the hub, as `Authorization: Bearer lh_…`.
 *
 * | route | answer |
 * | --- | --- |
 * | GET /api/v1/api-keys | `ApiKeyView[]` |
 * | POST /api/v1/api-keys `NewApiKey` | `MadeApiKey`: the key itself is shown this once |
 * | POST /api/v1/api-keys/:key/revoke | 204: it ends at once, with its open streams |
 */
import { z } from 'zod';
import { Id } from '../ids.ts';

/** What a key may do; nothing that is not named here, and each route says which it asks for. */
export const SCOPES = [
  /** Banks, doors, cases, the log and live events: ids, and names of units, never of people. */
  'building:read',
  /** Deliveries, their stories and proofs; residents' names in them only with `people:read`. */
  'deliveries:read',
  /** What the desk does with a parcel: received, handed out, not brought, matched, gone. */
  'deliveries:write',
  /** Residents with their contacts, couriers. */
  'people:read',
  /** Residents, one by one or as a list. */
  'roster:write',
  /** Open a compartment, with a reason. */
  'doors:open',
  /** Webhooks of what its other scopes let it see, to addresses on the internet. */
  'webhooks:write',
] as const;
export const Scope = z.enum(SCOPES);
export type Scope = z.infer<typeof Scope>;

export const ApiKeyView = z.object({
  key: Id,
  name: z.string(),
  /** How it begins: by this it is recognised where it is used. */
  prefix: z.string(),
  scopes: z.array(Scope),
  madeAt: z.number(),
  /** By the hub's clock; null: never. */
  expiresAt: z.number().nullable(),
  /** To ten minutes; null: never. */
  lastUsedAt: z.number().nullable(),
});
export type ApiKeyView = z.infer<typeof ApiKeyView>;

export const NewApiKey = z.object({
  name: z.string().trim().min(1).max(80),
  scopes: z.array(Scope).min(1).max(SCOPES.length),
  expiresAt: z.int().min(0).nullable().default(null),
});
export type NewApiKey = z.infer<typeof NewApiKey>;

export const MadeApiKey = z.object({ apiKey: ApiKeyView, token: z.string() });
export type MadeApiKey = z.infer<typeof MadeApiKey>;
