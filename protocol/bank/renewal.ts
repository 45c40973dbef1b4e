/** How an agent that has joined gets its next certificate, over the session that the present one opened. */
import { z } from 'zod';
import { Versioned } from './messages.ts';

/** A public key or a certificate on P-256 takes under 1 kB. */
const Pem = z.string().startsWith('-----BEGIN ').max(4_096);

/** Hub → agent, QoS 1: your certificate should be renewed. Asked again, and answered alike, until that is done. */
export const RenewRequest = Versioned;
/** Agent → hub, QoS 1: the public key (SPKI) of a pair that was made for this. */
export const Renewal = Versioned.extend({ publicKey: Pem });
/** Hub → agent, QoS 1, after the commit: the next certificate; the present one counts until this one was used. */
export const NextCertificate = Versioned.extend({ certificate: Pem });
