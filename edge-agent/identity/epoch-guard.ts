/**
 * Which hub an agent obeys. A higher number counts by its certificate alone, signed by the building's CA, which the agent
 * knows since it joined; a number that was obeyed is never gone behind again, and belongs to one hub.
 */
import { verify, X509Certificate } from 'node:crypto';
import { type EpochCertificate, epochBytes, readClaim } from '@lockerhub/protocol/sync/epoch.ts';

/** What a hub says of itself in its heartbeat. */
export interface HeardEpoch {
  readonly epoch: number;
  readonly certificate?: EpochCertificate | undefined;
}

/** What the ledger holds. `instance`: the hub that was proven to bear the number; null: none was. */
export interface KeptEpoch {
  readonly number: number;
  readonly instance: string | null;
}

/** What a joined agent believes; `ca` in PEM. */
export interface Pinned {
  readonly ca: string;
  readonly building: string;
}

export type EpochVerdict =
  | { readonly obey: KeptEpoch }
  | { readonly refuse: 'epoch-lower' | 'epoch-unproven'; readonly why: string };

/**
 * Judges a hub. Pure.
 *
 * @param pinned undefined for an agent on the hub's own machine, which is let in by a password and believes numbers
 */
export function judgeEpoch(heard: HeardEpoch, kept: KeptEpoch, pinned: Pinned | undefined): EpochVerdict {
  const { epoch, certificate } = heard;
  if (epoch < kept.number) {
    return {
      refuse: 'epoch-lower',
      why: `it was replaced: another hub speaks for the building since epoch ${kept.number}, this is ${epoch}`,
    };
  }
  if (!pinned) return { obey: { number: epoch, instance: epoch === kept.number ? kept.instance : null } };
  if (!certificate) {
    // Software before certificates: it may go on as it was, and begin nothing.
    if (epoch === kept.number) return { obey: kept };
    return unproven(`it claims epoch ${epoch} without a certificate; this agent knows ${kept.number}`);
  }
  const claim = readClaim(certificate);
  if (!claim || !isSigned(certificate, pinned.ca)) {
    return unproven(`its certificate for epoch ${epoch} is not signed by this building's CA`);
  }
  if (claim.building !== pinned.building || claim.number !== epoch) {
    return unproven(`its certificate is for epoch ${claim.number} of "${claim.building}"`);
  }
  if (epoch === kept.number && kept.instance !== null && claim.instance !== kept.instance) {
    return unproven(`two hubs bear epoch ${epoch}: this agent obeys the one that it met first`);
  }
  return { obey: { number: epoch, instance: claim.instance } };
}

function unproven(why: string): EpochVerdict {
  return { refuse: 'epoch-unproven', why };
}

function isSigned({ text, signature }: EpochCertificate, ca: string): boolean {
  const { publicKey } = new X509Certificate(ca);
  return verify('sha256', epochBytes(text), publicKey, Buffer.from(signature, 'base64'));
}
