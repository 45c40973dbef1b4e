/**
 * What an agent may release while its hub is away: a list that the hub signs, and what the agent hands over of it.
 *
 * A list goes out whole, with a version above the one that the agent says it holds. It names codes only as hashes
 * under a key of that very list's bank: it says nothing about the lists of other banks. Eight digits fall to whoever
 * holds that key, so a stolen agent is answered by new codes, not by hashing.
 */
import { z } from 'zod';
import { CompartmentNumber, Id, Slug } from '../ids.ts';
import { Size, ZoneName } from './layout.ts';
import { GrantOutcome, SessionNumber, Versioned } from './messages.ts';

/** The bound: how many hours an agent may run on one list, counted while it has power. */
export const MAX_POWERED_HOURS = 72;
/** A whole list stays below the topics' `MAX_PAYLOAD_BYTES`. What waits beyond them has to wait for the hub. */
export const MAX_LISTED_DELIVERIES = 200;
export const MAX_LISTED_HOLDERS = 100;
export const MAX_LISTED_TERMINALS = 16;
const MAX_HOLDERS_OF_ONE = 20;
/** UTF-8 of the list's text; the message around it adds key, signature and escapes. */
export const MAX_LIST_BYTES = 52 * 1024;

/** 128 bits of an HMAC-SHA-256. */
const CodeHash = z.string().regex(/^[0-9a-f]{32}$/);
const Key = z.hex().length(64);

export const PickupList = z.object({
  building: Slug,
  bank: Slug,
  version: z.int().min(1),
  epoch: z.int().min(0),
  /** The hub's wall clock, for people; it decides nothing. */
  issuedAt: z.number(),
  /** Hours with power for which an agent may use it. */
  poweredHours: z.number().min(0).max(MAX_POWERED_HOURS),
  buildingName: z.string().max(100),
  language: z.string().max(20),
  policy: z.object({
    retries: z.int().min(0).max(10),
    idleMs: z.number(),
    warnMs: z.number(),
    openNoticeMs: z.number(),
    openAlarmMs: z.number(),
  }),
  /** Keys the hashes of this list. */
  codeKey: Key,
  /** Screens that stand at this bank: SHA-256 of their tokens. */
  terminals: z.array(z.object({ terminal: Id, tokenHash: Key })).max(MAX_LISTED_TERMINALS),
  holders: z
    .array(
      z.object({
        holder: Id,
        /** Of the digits, and of the whole QR code. */
        digits: CodeHash,
        qr: CodeHash,
        unitName: z.string().max(60),
        language: z.string().max(20),
      }),
    )
    .max(MAX_LISTED_HOLDERS),
  deliveries: z
    .array(
      z.object({
        delivery: Id,
        compartment: CompartmentNumber,
        /** Of the package room behind the door. */
        zone: ZoneName.optional(),
        size: Size,
        /** Who may take it, by their place in `holders`. */
        holders: z
          .array(
            z
              .int()
              .min(0)
              .max(MAX_LISTED_HOLDERS - 1),
          )
          .max(MAX_HOLDERS_OF_ONE),
      }),
    )
    .max(MAX_LISTED_DELIVERIES),
});
export type PickupList = z.infer<typeof PickupList>;

/** What an agent released: named for good by series and number; one is handed over until the hub has it in its log. */
export const Release = z.object({
  /** Drawn when an agent's ledger begins; a lost ledger begins another. */
  series: Id,
  number: z.int().min(1),
  grant: Id,
  delivery: Id,
  compartment: CompartmentNumber,
  holder: Id,
  terminal: Id,
  /** The version of the list. */
  list: z.int().min(1),
  outcome: GrantOutcome,
  /** The door was seen to close after it had opened. */
  closed: z.boolean(),
  /** What the person said of a door without a sensor. */
  attested: z.enum(['closed', 'did-not-open']).nullable(),
});
export type Release = z.infer<typeof Release>;

/** Hub → agent, QoS 1: the newest list. */
export const SignedList = Versioned.extend({
  session: SessionNumber,
  /** A `PickupList` as JSON: signed as it stands. */
  text: z.string().max(MAX_LIST_BYTES),
  /** Ed25519, raw, in base64url. */
  publicKey: z.string().max(64),
  signature: z.string().max(128),
});
export type SignedList = z.infer<typeof SignedList>;

/** Agent → hub, in each session and for each list: the version that it holds; 0: none. */
export const ListHeld = Versioned.extend({ session: SessionNumber, version: z.int().min(0) });
export type ListHeld = z.infer<typeof ListHeld>;

/** Agent → hub, QoS 1, the oldest first and again until it is acknowledged. */
export const HandOver = Versioned.extend({ session: SessionNumber, release: Release });
export type HandOver = z.infer<typeof HandOver>;

/** Hub → agent, after the commit: every release of this series up to `number` is in the log. */
export const TakenOver = Versioned.extend({ session: SessionNumber, series: Id, number: z.int().min(1) });
export type TakenOver = z.infer<typeof TakenOver>;
