/**
 * What a hub and a bank's agent tell each other over MQTT.
 *
 * Rules for change: a field may be added with a default; unknown fields are dropped on arrival; a message of a
 * newer `v` is read as far as it fits this schema; an older one than `OLDEST_VERSION`, or one that does not fit, is
 * refused with `message-invalid` and has no effect. What no door depends on (`BankState.update`) is left out alone where
 * it does not fit: an older hub keeps the rest. MQTT carries, it never remembers: what counts is acknowledged
 * by a message of ours after a commit (hub) or an fsync (agent).
 */
import { z } from 'zod';
import { CompartmentNumber, Id, Slug, UnitId } from '../ids.ts';
import { EpochCertificate } from '../sync/epoch.ts';
import { ToldUpdate } from '../update/files.ts';

export const VERSION = 1;
export const OLDEST_VERSION = 1;

/** What every message has. */
export const Versioned = z.object({ v: z.int().min(OLDEST_VERSION) });

/** Counts an agent's sessions with the hub; raised and fsynced before each, so it never repeats. */
export const SessionNumber = z.int().min(1);

/** What belongs to a question: its answers carry its id. */
export const OfQuestion = Versioned.extend({ id: Id });
/** Hub → agent: something is asked of this session. */
export const Question = OfQuestion.extend({ session: SessionNumber });

/** A point in a hub's monotonic time. Means nothing to another boot of the hub. */
export const HubTime = z.object({ bootId: Id, monotonicMs: z.number().min(0) });
export type HubTime = z.infer<typeof HubTime>;

export const LineState = z.enum(['online', 'offline']);
export type LineState = z.infer<typeof LineState>;

/** Retained; also the last will (`agent: offline`). Its session keeps an old will from marking a new session. */
export const Availability = Versioned.extend({
  session: SessionNumber,
  agent: z.enum(['online', 'offline']),
  lines: z
    .array(
      z.object({
        line: Slug,
        state: LineState,
        /** Why it is offline, in plain words; absent while online. */
        reason: z.string().max(200).optional(),
        units: z.array(z.object({ unit: UnitId, state: LineState })).max(247),
      }),
    )
    .max(64),
});
export type Availability = z.infer<typeof Availability>;

/**
 * Where a bank's emergency release stands. `normal`: nothing is released, or the input is back. `releasing`: doors are
 * being opened one after another. `released`: every door was opened, or given up.
 */
export const EmergencyState = z.enum(['normal', 'releasing', 'released']);
export type EmergencyState = z.infer<typeof EmergencyState>;

/** Retained; who the agent is and what it believes. */
export const BankState = Versioned.extend({
  session: SessionNumber,
  software: z.string().max(40),
  /** The highest epoch that this agent has obeyed. */
  epoch: z.int().min(0),
  /** The newest log head the hub told it, kept as a witness; null before the first. */
  head: z.object({ seq: z.int().min(0), hash: z.hex().length(64) }).nullable(),
  compartments: z.array(CompartmentNumber).max(2000),
  /** Absent for a bank without an emergency input. */
  emergency: EmergencyState.optional(),
  /** Absent where none is known: there was none, its result is still to come, or only newer software can read it. */
  update: ToldUpdate.optional().catch(undefined),
});
export type BankState = z.infer<typeof BankState>;

/**
 * What the agent knows of one door.
 *
 * `unseen`: no good reading yet. `closed`, `open`: as the sensor says. `opening`: pulsed, not yet seen open.
 * `forced`: seen open without a grant. `jammed`: pulsed and did not open in time. `unknown`: the line failed after a
 * write that the device may still execute. `unavailable`: its line or unit does not answer. `unsensed`: there is no
 * sensor and nothing is going on; only `pulsed` is ever reported of it.
 */
export const DOOR_STATES = [
  'unseen',
  'closed',
  'opening',
  'open',
  'forced',
  'jammed',
  'unknown',
  'unavailable',
  'unsensed',
] as const;
export const DoorState = z.enum(DOOR_STATES);
export type DoorState = z.infer<typeof DoorState>;

/** Retained; one a compartment: the truth as of now. */
export const CompartmentReport = Versioned.extend({
  session: SessionNumber,
  compartment: CompartmentNumber,
  sensed: z.boolean(),
  door: DoorState,
  /** The last grant that this compartment was pulsed for, and its delivery. */
  grant: Id.nullable(),
  delivery: Id.nullable(),
});
export type CompartmentReport = z.infer<typeof CompartmentReport>;

/** Why a door is to be opened. `emergency`: by the bank's emergency input; only an agent mints such a grant. */
export const Purpose = z.enum(['deposit', 'pickup', 'reopen', 'staff', 'commissioning', 'emergency']);
export type Purpose = z.infer<typeof Purpose>;

/** Hub → agent, QoS 1, never retained: open one door once. */
export const OpenRequest = Question.extend({
  epoch: z.int().min(0),
  grant: Id,
  delivery: Id.nullable(),
  purpose: Purpose,
  compartment: CompartmentNumber,
  /** After this the agent refuses and burns the grant. */
  deadline: HubTime,
});
export type OpenRequest = z.infer<typeof OpenRequest>;

/** Why an agent would not open. Each burns the grant. */
export const OpenRefusal = z.enum([
  'expired',
  'grant-known',
  'delivery-in-progress',
  /** The agent released it while it was alone, and the hub has not taken that in yet. */
  'delivery-released',
  'epoch-lower',
  /** The hub does not prove that it speaks for the building. */
  'epoch-unproven',
  'session-foreign',
  'no-heartbeat',
  'compartment-unknown',
  'door-not-closed',
  'door-unknown',
  'line-unavailable',
  /** Its controller answers, but must not be pulsed yet: a watchdog not armed, a mailbox not in order. */
  'device-not-ready',
  /** Its lock has been pulsed so often that one more could burn it. */
  'lock-hot',
  'ledger-failed',
  'busy',
  /** The bank's emergency input says release: until it is back nothing else opens. */
  'emergency',
]);
export type OpenRefusal = z.infer<typeof OpenRefusal>;

/** Agent → hub: the ledger holds `begun` for this grant (a pulse follows), or it was refused. */
export const OpenResponse = OfQuestion.extend({
  grant: Id,
  result: z.enum(['begun', 'refused']),
  reason: OpenRefusal.optional(),
});
export type OpenResponse = z.infer<typeof OpenResponse>;

/** How many grants one question may hold; a hub with more asks again. */
export const OUTCOMES_AT_ONCE = 100;

/** Hub → agent on each new session: what became of these grants? An id never seen is burned. */
export const OutcomesRequest = Question.extend({
  grants: z.array(Id).max(OUTCOMES_AT_ONCE),
});
export type OutcomesRequest = z.infer<typeof OutcomesRequest>;

/** What the ledger says of a grant. `interrupted`: begun, and the agent died before it knew more. */
export const GrantOutcome = z.enum([
  'refused',
  'begun',
  'pulsed',
  'opened',
  'jammed',
  'unknown',
  'interrupted',
  'burned',
]);
export type GrantOutcome = z.infer<typeof GrantOutcome>;

export const OutcomesResponse = OfQuestion.extend({
  outcomes: z
    .array(
      z.object({
        grant: Id,
        outcome: GrantOutcome,
        compartment: CompartmentNumber.nullable(),
        /** The door was seen to close after it had opened. */
        closed: z.boolean(),
      }),
    )
    .max(OUTCOMES_AT_ONCE),
});
export type OutcomesResponse = z.infer<typeof OutcomesResponse>;

/** How many doors one question may be about; a hub with more asks again. A record takes some 300 bytes. */
export const RECORDS_AT_ONCE = 100;

/** Hub → agent, after another hub's end: what do you know of these doors? */
export const RecordsRequest = Question.extend({
  compartments: z.array(CompartmentNumber).max(RECORDS_AT_ONCE),
});
export type RecordsRequest = z.infer<typeof RecordsRequest>;

/** What the ledger knows of a door and of the last grant that it was pulsed for; null: of none. */
export const DoorRecord = z.object({
  compartment: CompartmentNumber,
  grant: Id.nullable(),
  delivery: Id.nullable(),
  purpose: Purpose.nullable(),
  outcome: GrantOutcome.nullable(),
  /** The door was seen to close after that grant had opened it. */
  closed: z.boolean(),
  /** The agent gave that grant itself, and no hub has taken it over yet. */
  outstanding: z.boolean(),
  /** When it last opened, by the agent's wall clock as it then was: for people. */
  openedAt: z.number().nullable(),
  /** It was seen open without a grant since the last one. */
  forced: z.boolean(),
});
export type DoorRecord = z.infer<typeof DoorRecord>;

export const RecordsResponse = OfQuestion.extend({
  records: z.array(DoorRecord).max(RECORDS_AT_ONCE),
});
export type RecordsResponse = z.infer<typeof RecordsResponse>;

/** What happened at a door. */
export const BankEventKind = z.enum([
  'pulsed',
  'opened',
  'closed',
  'jammed',
  'forced',
  'unknown',
  /** An `unknown` ended: the door may be given out again. */
  'settled',
]);
export type BankEventKind = z.infer<typeof BankEventKind>;

/** Agent → hub, QoS 1, sent again until acknowledged: (session, number) names it for good. */
export const BankEvent = Versioned.extend({
  session: SessionNumber,
  /** Counts from 1 within the session. */
  number: z.int().min(1),
  kind: BankEventKind,
  compartment: CompartmentNumber,
  grant: Id.nullable(),
  delivery: Id.nullable(),
  /** How long ago it happened when this was sent. */
  ageMs: z.number().min(0),
  /** For `opened`: from the pulse to the sight of it. */
  latencyMs: z.number().min(0).optional(),
  /** What the grant was minted for, if the agent minted it: the hub has never heard of it. */
  purpose: Purpose.optional(),
});
export type BankEvent = z.infer<typeof BankEvent>;

/** Hub → agent, after the commit: every event of this session up to `number` is in the log. */
export const EventAck = Versioned.extend({ session: SessionNumber, number: z.int().min(1) });
export type EventAck = z.infer<typeof EventAck>;

/**
 * Hub → agent, QoS 0, each `HEARTBEAT_MS`, and at once when a session is announced. It echoes the session, so that
 * the agent knows a lower and an upper bound of the hub's time: not before the announcement, not after the arrival.
 */
export const Heartbeat = Versioned.extend({
  session: SessionNumber,
  hub: HubTime,
  epoch: z.int().min(0),
  head: z.object({ seq: z.int().min(0), hash: z.hex().length(64) }).nullable(),
  /** Proves the epoch to an agent that has joined; absent before the building is set up. */
  certificate: EpochCertificate.optional(),
});
export type Heartbeat = z.infer<typeof Heartbeat>;

/** How often a hub's heart beats for a bank. */
export const HEARTBEAT_MS = 2_000;
/** An agent that has heard no heartbeat for so long opens nothing. */
export const HEARTBEAT_LOST_MS = 3 * HEARTBEAT_MS;
/** How long an open may take from the hub's commit to the agent's pulse. */
export const OPEN_WITHIN_MS = 5_000;
