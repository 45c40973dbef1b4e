/** Whether an epoch certificate holds, and what adopting it would mean. */
import { verify, X509Certificate } from 'node:crypto';
import {
  type EpochCertificate,
  type EpochClaim,
  epochBytes,
  readClaim,
} from '@lockerhub/protocol/sync/epoch.ts';
import { GatewayError } from '../error.ts';

/** ECDSA on P-256, as OpenSSL names the curve. */
const CURVE = 'prime256v1';

/**
 * What a certificate claims, if the building's key has signed it.
 *
 * @param authority the building's CA certificate in PEM
 * @throws GatewayError `key-foreign`
 */
export function provenClaim(certificate: EpochCertificate, authority: string): EpochClaim {
  const key = authorityKey(authority);
  const claim = readClaim(certificate);
  const signature = Buffer.from(certificate.signature, 'base64');
  if (!claim || !verify('sha256', epochBytes(certificate.text), key, signature)) {
    throw new GatewayError(
      'key-foreign',
      'the epoch certificate is not signed by the building’s key: open the sealed keyring with the recovery key first',
    );
  }
  return claim;
}

/** Whether two CA certificates hold one key, however they are written. */
export function isSameKey(a: string, b: string): boolean {
  return authorityKey(a).equals(authorityKey(b));
}

/** The key of a building's CA certificate in PEM. @throws GatewayError `request-invalid` */
export function authorityKey(pem: string) {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (cause) {
    throw new GatewayError('request-invalid', 'body.authority: is no certificate in PEM', {
      where: 'body.authority',
      cause,
    });
  }
  const { publicKey } = certificate;
  if (publicKey.asymmetricKeyDetails?.namedCurve !== CURVE || !certificate.ca) {
    throw new GatewayError('request-invalid', 'body.authority: is no CA on P-256', {
      where: 'body.authority',
    });
  }
  return publicKey;
}

/** What the cloud has adopted; `instance` is null before the first enrolment. */
export interface Adopted {
  readonly epoch: number;
  readonly instance: string | null;
}

/**
 * What a claim is beside what was adopted. `lower`: its hub is fenced. `clash`: two hubs bear one number. `same`: it says
 * again what is known. `higher`: it is to be adopted.
 */
export function compareClaim(
  claim: Pick<EpochClaim, 'number' | 'instance'>,
  adopted: Adopted,
): 'lower' | 'clash' | 'same' | 'higher' {
  if (claim.number !== adopted.epoch) return claim.number < adopted.epoch ? 'lower' : 'higher';
  return claim.instance === adopted.instance ? 'same' : 'clash';
}

/** The refusal of a hub that another one has replaced. */
export function fenced(epoch: number): GatewayError {
  return new GatewayError(
    'epoch-fenced',
    `another hub speaks for the building since epoch ${epoch}: this one is fenced`,
    { epoch },
  );
}

/** The refusal of a second hub of one epoch. */
export function clash(epoch: number): GatewayError {
  return new GatewayError(
    'epoch-clash',
    `another hub bears epoch ${epoch} of this building; opening from afar is frozen. Mint a higher epoch on the hub that stays`,
    { epoch },
  );
}
