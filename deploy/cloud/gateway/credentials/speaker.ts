/** Whether a hub may speak for its building: by its token it is who it says, and no other bears its epoch or a higher. */
import type { Building } from '../buildings/building.ts';
import { clash, compareClaim, fenced } from '../enrolment/epoch-proof.ts';
import { GatewayError } from '../error.ts';
import type { Credential } from './tokens.ts';

/** What a hub says of itself in every message. */
export interface Speaker {
  readonly instance: string;
  readonly epoch: number;
}

/**
 * @throws GatewayError `epoch-fenced`, `epoch-clash`, or `epoch-unproven` if only a certificate could tell
 */
export function requireSpeaker(building: Building, credential: Credential, said: Speaker): void {
  const { epoch, epochInstance } = building;
  const standing = compareClaim(
    { number: said.epoch, instance: said.instance },
    { epoch, instance: epochInstance },
  );
  if (standing === 'lower') throw fenced(epoch);
  // Who bears the epoch is what the certificate said, and whose token this is: a replaced hub cannot borrow the name.
  if (standing === 'higher' || said.instance !== credential.instance) throw unproven(building);
  if (standing === 'clash') throw clash(epoch);
}

/** The refusal of a hub that has to prove its epoch, and what it holds where the cloud's log ends. */
export function unproven({ epoch, head }: Building): GatewayError {
  return new GatewayError(
    'epoch-unproven',
    `the cloud knows epoch ${epoch}, and this hub by another name or number: send the certificate with a heartbeat, and your entry ${head.seq}`,
    { epoch, head },
  );
}
