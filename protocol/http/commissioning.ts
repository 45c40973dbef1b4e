/**
 * The contract of the commissioning walk, for staff with the right `banks`.
 *
 * | request | answer |
 * | --- | --- |
 * | GET  /api/v1/commissioning/:bank | `CommissioningView` |
 * | POST /api/v1/commissioning/:bank `WalkStep` | `CommissioningView` |
 * | POST /api/v1/commissioning/:bank/corrections `WireCorrection` | `Corrected` |
 * | POST /api/v1/commissioning/:bank/sign | `SignedMap` |
 * | GET  /api/v1/commissioning/:bank/map | `SignedMap`, the newest |
 * | POST /api/v1/commissioning-maps/verify `SignedMap` | `MapCheck` |
 */
import { z } from 'zod';
import { CompartmentNumber, Id, Slug } from '../ids.ts';
import { CorrectedPart, DoorFinding } from '../log/payloads/commissioning.ts';
import { GrantEnd } from '../log/payloads/openings.ts';

/** What a person does in a walk. Only `fire` opens a door. */
export const WalkStep = z.discriminatedUnion('step', [
  /** `door`: only this one, after a repair; null: all. */
  z.object({ step: z.literal('start'), door: CompartmentNumber.nullable() }),
  z.object({ step: z.literal('doors-closed') }),
  z.object({ step: z.literal('fire'), door: CompartmentNumber, evenIfOccupied: z.boolean().default(false) }),
  /** Which door popped, by its label; null: none did. */
  z.object({ step: z.literal('answer'), popped: CompartmentNumber.nullable() }),
  z.object({ step: z.literal('skip'), door: CompartmentNumber }),
  z.object({ step: z.literal('abandon') }),
]);
export type WalkStep = z.infer<typeof WalkStep>;

export const FoundView = z.object({
  compartment: CompartmentNumber,
  finding: DoorFinding,
  popped: CompartmentNumber.nullable(),
  changed: z.array(CompartmentNumber),
});

/** What could be exchanged in the bank file: two entries' outputs or sensors, or one sensor's polarity. */
export const WireCorrection = z.object({ door: CompartmentNumber });
export const CorrectionView = z.object({ part: CorrectedPart, a: CompartmentNumber, b: CompartmentNumber });
export type CorrectionView = z.infer<typeof CorrectionView>;
export const Corrected = z.object({
  corrections: z.array(CorrectionView),
  doors: z.array(CompartmentNumber),
  /** The bank file as it now is. An agent of its own has to be given it. */
  file: z.string(),
  agentNeedsFile: z.boolean(),
});

export const CommissioningView = z.object({
  bank: Slug,
  walk: z
    .object({
      walk: Id,
      state: z.enum(['checking', 'walking']),
      doors: z.array(CompartmentNumber),
      found: z.array(FoundView),
      firing: z
        .object({
          door: CompartmentNumber,
          end: GrantEnd.nullable(),
          changed: z.array(CompartmentNumber),
          answered: z.boolean(),
        })
        .nullable(),
      /** The door that is to be tried next; null: every door has been. */
      next: CompartmentNumber.nullable(),
      /** Doors whose sensors say open now, those aside of which it is known that they say so wrongly. */
      open: z.array(CompartmentNumber),
      occupied: z.array(CompartmentNumber),
      /** Why it cannot be signed yet: doors that are neither right, skipped nor out of service. */
      unsettled: z.array(CompartmentNumber),
    })
    .nullable(),
  lastMap: z.object({ hash: z.string(), at: z.number() }).nullable(),
});
export type CommissioningView = z.infer<typeof CommissioningView>;

/** What was tried, exactly as it was signed: `text` is JSON with sorted keys, its UTF-8 bytes are what is signed. */
export const SignedMap = z.object({
  text: z.string().max(400_000),
  /** SHA-256 of the text's bytes, hex; the log keeps it in `commissioning.signed`. */
  hash: z.hex().length(64),
  /** ECDSA (P-256, SHA-256, DER) by the building's CA, base64. */
  signature: z.string().max(200),
  /** The CA's certificate, PEM. Trust it because the building says so, not because it is in here. */
  certificate: z.string().max(8_000),
});
export type SignedMap = z.infer<typeof SignedMap>;

/** `valid`: signed by this building and unchanged. `inLog`: the log of this building keeps its hash. */
export const MapCheck = z.object({ valid: z.boolean(), inLog: z.boolean() });
