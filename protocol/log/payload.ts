/**
 * What the log can say: one schema an entry type. Ids only, never names, contacts, tracking numbers or photos, so
 * that erasing a person never touches the chain.
 *
 * Rules for change: a type gains fields with defaults, never loses or re-means one. An unknown type is appended and
 * chained as it is; it is projected once software that knows it runs.
 */
import { z } from 'zod';
import { Size } from '../bank/layout.ts';
import { EmergencyState, GrantOutcome, Purpose } from '../bank/messages.ts';
import { ProtocolError } from '../error.ts';
import { CompartmentNumber, Id, Slug } from '../ids.ts';
import { CommandOutcome } from '../sync/commands.ts';
import { EpochNumber } from '../sync/epoch.ts';
import { SYNCED_TABLE_NAMES, type SyncedTableName } from '../sync/synced-tables.ts';

/** Who did it. `id` is a holder's, staff member's, terminal's or (in the cloud) operator's id; a bank's slug; absent for the hub. */
export const Actor = z.object({
  kind: z.enum(['courier', 'resident', 'staff', 'bank', 'hub', 'operator']),
  id: z.string().max(60).optional(),
});
export type Actor = z.infer<typeof Actor>;

/** A power supply as the bank file names it: `shared/<supply>`, or a line's own, `line/<line>`. */
const SupplyName = z.string().min(1).max(60);

/** Rows of one entry: 38 bytes each, well below the largest payload. */
export const ARRIVED_ROWS = 300;

const Door = { bank: Slug, compartment: CompartmentNumber };

/** How a deposit was confirmed. `attested`: a person said so at a door without sensor. */
export const Confirmation = z.enum(['confirmed', 'unconfirmed', 'attested']);
export type Confirmation = z.infer<typeof Confirmation>;

/** How a grant ended. */
export const GrantEnd = z.enum(['opened', 'pulsed', 'jammed', 'refused', 'expired', 'unknown', 'burned']);
export type GrantEnd = z.infer<typeof GrantEnd>;

export const CaseKind = z.enum([
  'jammed',
  'forced',
  'left-open',
  'unconfirmed-deposit',
  'nothing-inside',
  'unfinished-drop-off',
  'unfinished-pickup',
  'unknown-opening',
  'message-undelivered',
  'bank-away',
  'record-disagrees',
  'uncollected',
  /** A lock that gets slower or jams more often than it did. */
  'lock-wearing',
  /** Several locks of one power supply jammed in a row: the supply, not the locks. */
  'lock-power',
  /** The hub took a compartment out of service. */
  'out-of-service',
  /** A bank released its doors in an emergency; until it is closed nothing there is given out. */
  'emergency',
  /** A parcel's door was open in an emergency: somebody has to look whether it is still there. */
  'emergency-opened',
  /** A hub that was replaced still held entries that nobody else has: what they tell may have happened. */
  'orphaned-entries',
  /** Hub and cloud hold different entries under one number: one of them was changed. */
  'cloud-disagrees',
  /** Another hub bears the same epoch: opening from afar is frozen. */
  'epoch-clash',
]);
export type CaseKind = z.infer<typeof CaseKind>;

/** What a resident is told. `code-changed`: the code that they know is void, because it was on a stolen agent's list. */
export const MessageKind = z.enum(['parcels-arrived', 'reminder', 'parcel-withdrawn', 'code-changed']);
export type MessageKind = z.infer<typeof MessageKind>;

/**
 * What a commissioning walk found at a door. `says-open`: a person sees it closed, its sensor says open. `unclear`:
 * more than one sensor changed, or one changed and nobody saw a door open.
 */
export const DoorFinding = z.enum([
  'right',
  'outputs-crossed',
  'sensors-crossed',
  'both-crossed',
  'no-sensor-seen',
  'did-not-open',
  'says-open',
  'unclear',
  'skipped',
]);
export type DoorFinding = z.infer<typeof DoorFinding>;

/** What of the wiring in a bank file was corrected. */
export const CorrectedPart = z.enum(['outputs', 'sensors', 'both', 'polarity']);
export type CorrectedPart = z.infer<typeof CorrectedPart>;

/** Doors of one bank, as a list in an entry. */
const Doors = z.array(CompartmentNumber).max(2000);

export const PAYLOADS = {
  // The building and the hub
  'building.created': z.object({
    building: Slug,
    timeZone: z.string().max(60),
    language: z.string().max(20),
  }),
  'hub.started': z.object({ bootId: Id, software: z.string().max(40) }),
  'clock.trusted': z.object({ reason: z.string().max(200) }),
  'clock.distrusted': z.object({ reason: z.string().max(200) }),
  'disk.low': z.object({ freeBytes: z.number() }),
  'disk.recovered': z.object({ freeBytes: z.number() }),

  /** A recovery key was made; until it is confirmed to be written down the one before it stays good. */
  'recovery.made': z.object({ generation: z.int().min(1) }),
  'recovery.confirmed': z.object({ generation: z.int().min(1) }),

  // The cloud
  /** `building`: its id there. */
  'cloud.joined': z.object({ building: Id }),
  'cloud.left': z.object({ building: Id, reason: z.string().max(200) }),
  /** The cloud was restored to an earlier point: what it had up to `seq` is there, the rest is sent again. */
  'cloud.rewound': z.object({ seq: z.int().min(0) }),
  /** This hub speaks for the building from here on. */
  'epoch.began': z.object({
    number: EpochNumber,
    instance: Id,
    reason: z.enum(['first', 'replaced', 'restored']),
  }),
  /** Entries of a hub that no longer speaks for the building, as they came back by the cloud. */
  'entries.orphaned': z.object({ epoch: EpochNumber, from: z.int(), to: z.int(), case: Id }),
  /** Rows that were changed elsewhere, as they arrived. */
  'rows.arrived': z.object({
    table: z.enum(SYNCED_TABLE_NAMES as [SyncedTableName, ...SyncedTableName[]]),
    rows: z.array(z.string().max(60)).min(1).max(ARRIVED_ROWS),
  }),
  /** An operator's command, before it is carried out: it is taken once. */
  'command.taken': z.object({
    command: Id,
    kind: z.string().max(60),
    operator: Id,
    approvedBy: Id.nullable(),
  }),
  'command.ended': z.object({
    command: Id,
    outcome: CommandOutcome,
    detail: z.string().max(200).optional(),
    grant: Id.nullable(),
  }),

  // People and things with rows of their own: the row holds what is personal
  'row.changed': z.object({
    table: z.enum(['units', 'households', 'residents', 'carriers', 'couriers', 'staff', 'banks', 'policies']),
    row: z.string().max(60),
    fields: z.array(z.string().max(40)).max(40),
  }),
  'code.issued': z.object({ holder: Id, generation: z.int().min(0) }),
  'code.revoked': z.object({ holder: Id }),
  'terminal.paired': z.object({ terminal: Id, bank: Slug.nullable() }),
  'terminal.revoked': z.object({ terminal: Id }),
  'staff.signed-in': z.object({ staff: Id }),

  // Visits and deliveries
  'visit.started': z.object({
    visit: Id,
    terminal: Id,
    bank: Slug.nullable(),
    kind: z.enum(['courier', 'resident']),
    holder: Id,
  }),
  'visit.ended': z.object({ visit: Id, reason: z.enum(['done', 'timeout', 'restart', 'cancelled']) }),
  'delivery.assigned': z.object({
    delivery: Id,
    visit: Id,
    unit: Id,
    household: Id,
    resident: Id.nullable(),
    carrier: Id.nullable(),
    size: Size,
    ...Door,
  }),
  /** Another place for a parcel that is not in yet. */
  'delivery.reassigned': z.object({
    delivery: Id,
    ...Door,
    reason: z.enum(['jammed', 'wrong-size', 'occupied', 'dirty', 'unavailable', 'refused']),
  }),
  'delivery.deposited': z.object({ delivery: Id, confirmation: Confirmation }),
  'delivery.withdrawn': z.object({
    delivery: Id,
    reason: z.enum(['undone', 'not-inside', 'no-place', 'abandoned', 'staff']),
  }),
  'delivery.collected': z.object({ delivery: Id, visit: Id.nullable(), confirmation: Confirmation }),
  /** The grace time after the pickup is over: nothing of this delivery can be opened any more. */
  'delivery.archived': z.object({ delivery: Id }),
  'delivery.missing': z.object({ delivery: Id, visit: Id }),
  /**
   * Those whom it is for are told by these messages (none: nobody was there to tell). It stays with the delivery when
   * the messages are long sent, so that nobody is told twice after a restart.
   */
  'delivery.announced': z.object({ delivery: Id, messages: z.array(Id).max(50) }),

  // Openings
  'grant.issued': z.object({
    grant: Id,
    purpose: Purpose,
    delivery: Id.nullable(),
    visit: Id.nullable(),
    ...Door,
    reason: z.string().max(200).optional(),
  }),
  'grant.ended': z.object({
    grant: Id,
    delivery: Id.nullable(),
    end: GrantEnd,
    reason: z.string().max(60).optional(),
    latencyMs: z.number().optional(),
  }),
  /**
   * What a bank reported of a door. `session` and `number` name the report for good; `number` 0: not reported as an
   * event, but learned from the door's state or the ledger after the bank came back.
   */
  'door.reported': z.object({
    ...Door,
    kind: z.enum(['pulsed', 'opened', 'closed', 'jammed', 'forced', 'unknown', 'settled']),
    grant: Id.nullable(),
    delivery: Id.nullable(),
    session: z.int(),
    number: z.int(),
    ageMs: z.number(),
    /** Of a grant that the agent itself minted. */
    purpose: Purpose.optional(),
  }),
  /**
   * What an agent released by the hub's list while it was alone, as it handed it over. `disagrees`: why it does not
   * fit what the hub knows; null if it does. `series` and `number` name it for good.
   */
  'pickup.handed-over': z.object({
    ...Door,
    series: Id,
    number: z.int().min(1),
    grant: Id,
    delivery: Id,
    holder: Id,
    terminal: Id,
    list: z.int().min(1),
    outcome: GrantOutcome,
    disagrees: z
      .enum(['delivery-gone', 'delivery-elsewhere', 'delivery-not-in', 'holder-foreign', 'code-revoked'])
      .nullable(),
  }),
  'compartment.retired': z.object({ ...Door, reason: z.string().max(200) }),
  'compartment.returned': z.object({ ...Door, reason: z.string().max(200) }),

  // After another hub's end: what nobody has compared yet
  /** Another hub speaks for the building: of these doors nobody knows yet whether the records are right. */
  'bank.unverified': z.object({ bank: Slug, epoch: z.int().min(1), compartments: Doors }),
  /**
   * The agent's record, the hub's and the door agree (`record`), or staff have looked. `over`: it was the last one of
   * its bank.
   */
  'compartment.verified': z.object({ ...Door, how: z.enum(['record', 'staff']), over: z.boolean() }),

  // Locks and their power
  /** `jams`: how often this lock has now jammed in a row. */
  'lock.jammed': z.object({ ...Door, supply: SupplyName, grant: Id, jams: z.int().min(1) }),
  /** A lock's row of jams is over. `over`: nothing is left to remember of its supply. */
  'lock.cleared': z.object({
    ...Door,
    supply: SupplyName,
    why: z.enum(['opened', 'retired']),
    over: z.boolean(),
  }),
  /** So many different locks jammed in a row: it is their supply, and counts against none of them. */
  'supply.failed': z.object({
    bank: Slug,
    supply: SupplyName,
    case: Id,
    compartments: z.array(CompartmentNumber).max(64),
  }),
  'supply.restored': z.object({ bank: Slug, supply: SupplyName }),

  // Openings that no grant explains, and are explained all the same
  /** Staff use the mechanical key for so long from now on; `compartment` null: anywhere in the bank. */
  'key.declared': z.object({
    key: Id,
    bank: Slug,
    compartment: CompartmentNumber.nullable(),
    withinMs: z.number().min(0),
    reason: z.string().max(200),
  }),
  /** A door was opened by a declared key. */
  'key.used': z.object({ key: Id, ...Door, reason: z.string().max(200) }),
  'key.over': z.object({ key: Id }),
  'emergency.began': z.object({ bank: Slug }),
  'emergency.told': z.object({ bank: Slug, state: EmergencyState }),
  /** Staff have walked the doors. */
  'emergency.ended': z.object({ bank: Slug, reason: z.string().max(200) }),

  // Banks
  'bank.online': z.object({ bank: Slug, session: z.int() }),
  'bank.offline': z.object({ bank: Slug, session: z.int().nullable(), reason: z.string().max(200) }),

  // Agents: who may speak for a bank
  'agent.invited': z.object({ agent: Id, bank: Slug }),
  'agent.cancelled': z.object({ agent: Id, bank: Slug }),
  /** `fingerprint`: SHA-256 of its certificate; `replaces`: whose right to speak for the bank ended by it. */
  'agent.joined': z.object({
    agent: Id,
    bank: Slug,
    fingerprint: z.hex().length(64),
    replaces: Id.nullable(),
  }),
  /** Somebody with another key knew the code of an agent that had joined. */
  'agent.refused': z.object({ agent: Id, bank: Slug, reason: z.enum(['code-used']) }),

  /** It was given its next certificate. */
  'agent.renewed': z.object({ agent: Id, bank: Slug, fingerprint: z.hex().length(64) }),
  /** Its right to speak for the bank ended; the codes on its pickup lists are void. */
  'agent.revoked': z.object({ agent: Id, bank: Slug, reason: z.string().max(200) }),

  /** Staff had the units of a line looked for, by reads alone. */
  'commissioning.scanned': z.object({ bank: Slug, line: Slug }),
  // Commissioning: one walk through a bank's doors
  'commissioning.started': z.object({ walk: Id, bank: Slug, doors: Doors }),
  /** A person saw all doors closed; the sensors of `sayOpen` disagree. */
  'commissioning.doors-closed': z.object({ walk: Id, bank: Slug, sayOpen: Doors }),
  /** A door was fired (`grant`) and judged by which door popped and whose sensors changed; or it was skipped. */
  'commissioning.door': z.object({
    walk: Id,
    ...Door,
    grant: Id.nullable(),
    popped: CompartmentNumber.nullable(),
    changed: Doors,
    finding: DoorFinding,
  }),
  /** The bank file's wiring was changed; these doors have to be tried again. */
  'commissioning.corrected': z.object({ walk: Id, bank: Slug, part: CorrectedPart, doors: Doors }),
  /** `hash`: SHA-256 (hex) of the signed map's text. */
  'commissioning.signed': z.object({ walk: Id, bank: Slug, hash: z.hex().length(64) }),
  'commissioning.abandoned': z.object({ walk: Id, bank: Slug }),

  // Messages and cases
  'message.queued': z.object({
    message: Id,
    kind: MessageKind,
    resident: Id,
    visit: Id.nullable(),
    deliveries: z.array(Id).max(200),
  }),
  'message.sent': z.object({ message: Id, channel: z.string().max(20) }),
  'message.failed': z.object({
    message: Id,
    channel: z.string().max(20),
    attempt: z.int(),
    final: z.boolean(),
    reason: z.string().max(200),
  }),
  'message.revealed': z.object({ message: Id, staff: Id }),
  'case.opened': z.object({
    case: Id,
    kind: CaseKind,
    bank: Slug.nullable(),
    compartment: CompartmentNumber.nullable(),
    delivery: Id.nullable(),
    detail: z.string().max(200).optional(),
  }),
  'case.closed': z.object({ case: Id, resolution: z.string().max(500) }),
} as const;

export type PayloadType = keyof typeof PAYLOADS;
/** The fields of one entry type. */
export type PayloadOf<Type extends PayloadType> = z.infer<(typeof PAYLOADS)[Type]>;

/** What every payload carries besides its own fields. */
export interface Stamp {
  /** Wall clock of the hub, ms since 1970. For people; never for order. */
  readonly at: number;
  /** Whether that clock was trusted then. */
  readonly clock: 'trusted' | 'untrusted';
  readonly by: Actor;
}

/** A payload that this software knows, as decided: the chain gives it a `seq` and a hash. */
export type Payload = {
  [Type in PayloadType]: { readonly type: Type; readonly data: PayloadOf<Type> } & Stamp;
}[PayloadType];

const Envelope = z.object({
  type: z.string().min(1).max(60),
  at: z.number(),
  clock: z.enum(['trusted', 'untrusted']),
  by: Actor,
  data: z.record(z.string(), z.unknown()),
});

/** A payload of a type that newer software wrote: kept, chained, not projected. */
export interface UnknownPayload extends Stamp {
  readonly type: 'unknown';
  readonly name: string;
}

/** The text that is hashed, stored and sent. */
export function encodePayload(payload: Payload): string {
  return JSON.stringify({
    type: payload.type,
    at: payload.at,
    clock: payload.clock,
    by: payload.by,
    data: payload.data,
  });
}

/**
 * Reads a payload's text.
 *
 * @throws ProtocolError `entry-invalid` if it is no payload at all, or one of a known type whose fields do not fit.
 */
export function decodePayload(text: string): Payload | UnknownPayload {
  const envelope = Envelope.safeParse(parseJson(text));
  if (!envelope.success) throw invalid('not a payload', envelope.error);
  const { type, data, ...stamp } = envelope.data;
  if (!Object.hasOwn(PAYLOADS, type)) return { type: 'unknown', name: type, ...stamp };
  const fields = PAYLOADS[type as PayloadType].safeParse(data);
  if (!fields.success) throw invalid(`${type}.${fields.error.issues[0]?.path.join('.')}`, fields.error);
  return { type, data: fields.data, ...stamp } as Payload;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid('not JSON', cause);
  }
}

function invalid(where: string, cause: unknown): ProtocolError {
  return new ProtocolError('entry-invalid', `log entry: ${where} does not fit`, { cause });
}
