/**
 * What hub and updater say to each other, by files in two folders. The hub's **inbox** is the hub user's: there it leaves
 * a release and what it asks for, and has no other right. The updater's **state** is root's: there the hub reads how far
 * things are (`deploy/update/SPEC.md`). Each file is replaced whole.
 */
import { z } from 'zod';
import { Id } from '../ids.ts';

/** In the inbox. */
export const INBOX = { release: 'release.tar', request: 'request.json' } as const;
/** In the state: what the hub may read. */
export const STATE = { journal: 'journal.json', checked: 'checked.json', last: 'last.json' } as const;

/** A release is some 84 MB; what is much larger is none. */
export const MAX_RELEASE_BYTES = 400_000_000;
/** How long a quiet moment may be waited for: a day. */
export const MAX_CALM_WITHIN_MS = 24 * 3_600_000;
const MAX_WORDS = 500;
/** Of a release's folder, as it is told. */
export const MAX_NAME = 60;

/** See `deploy/update/SPEC.md`. */
export const UpdatePhase = z.enum(['holding', 'copying', 'trying', 'keeping']);
export type UpdatePhase = z.infer<typeof UpdatePhase>;

/** Why a release is not taken, or was not kept. */
export const UpdateFault = z.enum([
  'release-damaged',
  'release-foreign',
  'release-older',
  'release-unfit',
  'release-in-use',
  'request-unfit',
  'no-room',
  'not-calm',
  'update-running',
  'unhealthy',
  'cut-short',
  'journal-broken',
]);
export type UpdateFault = z.infer<typeof UpdateFault>;

/** What the hub asks for. `file`: its own name for the release in the inbox. */
export const UpdateRequest = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('check'), file: Id }),
  z.strictObject({
    act: z.literal('update'),
    file: Id,
    update: Id,
    /** Also a release that is older than the one in use. */
    mayBeOlder: z.boolean(),
    calmWithinMs: z.int().min(0).max(MAX_CALM_WITHIN_MS),
  }),
]);
export type UpdateRequest = z.infer<typeof UpdateRequest>;

/** How far an update is; the file is there while one is under way. `from`, `to`: names of the releases' folders. */
export const UpdateJournal = z.object({
  version: z.literal(1),
  phase: UpdatePhase,
  from: z.string().min(1),
  to: z.string().min(1),
  /** Null: of an updater that gave it none. */
  update: Id.nullable().default(null),
});
export type UpdateJournal = z.infer<typeof UpdateJournal>;

/** What a release is, by its own `release.json`. Nothing of a version leads out of a folder when it names one. */
export const ReleaseFacts = z.object({
  version: z.string().regex(/^\d+\.\d+\.\d+(-[a-z0-9.]+)?$/),
  commit: z.hex().length(40),
  machine: z.enum(['x64', 'arm64']),
  at: z.iso.datetime(),
});
export type ReleaseFacts = z.infer<typeof ReleaseFacts>;

/** What was found out about a release in the inbox. */
export const CheckedRelease = z.object({
  file: Id,
  /** Null: it could not be read, or nobody known vouches for it. */
  release: ReleaseFacts.nullable(),
  fault: z.object({ code: UpdateFault, message: z.string().max(MAX_WORDS) }).nullable(),
});
export type CheckedRelease = z.infer<typeof CheckedRelease>;

/** How the last update ended. */
export const LastUpdate = z.object({
  endedAtMs: z.number(),
  /** Name of the release's folder that it was about; null: it came to none. */
  release: z.string().nullable(),
  isKept: z.boolean(),
  why: z.string().nullable(),
  code: UpdateFault.nullable().default(null),
  update: Id.nullable().default(null),
});
export type LastUpdate = z.infer<typeof LastUpdate>;

/** How the last update of an agent's machine ended, as it tells its hub and that the cloud. */
export const ToldUpdate = z.object({
  /** By the clock of that machine. */
  endedAtMs: z.number(),
  /** Name of the release's folder that it was about; null: it came to none. */
  release: z.string().max(MAX_NAME).nullable(),
  isKept: z.boolean(),
  /** An `UpdateFault`, or one that only newer software knows. */
  code: z.string().max(40).nullable(),
  why: z.string().max(MAX_WORDS).nullable(),
});
export type ToldUpdate = z.infer<typeof ToldUpdate>;

/** The reason as this software knows it; null: there is none, or only newer software does. */
export function knownFault({ code }: Pick<ToldUpdate, 'code'>): UpdateFault | null {
  return UpdateFault.safeParse(code).data ?? null;
}

/** Words of an error, as long as the files hold them. */
export function words(text: string): string {
  return text.slice(0, MAX_WORDS);
}
