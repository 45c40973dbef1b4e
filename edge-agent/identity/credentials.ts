/**
 * What an agent shows its hub, and its renewal. A new certificate is used from the next connection on; until that has
 * opened one, the former is kept, so that neither a lost message nor a hub that was set back locks the agent out.
 */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import type { Logger } from 'pino';
import type { Credentials } from '../link/tls-way.ts';
import { type Identity, keepIdentity, waitingKey } from './identity.ts';

export class AgentCredentials {
  readonly #folder: string;
  readonly #log: Logger;
  #identity: Identity;
  /** The hub did not know the new certificate: show the former, in turn with it. */
  #showsFormer = false;

  constructor(folder: string, identity: Identity, log: Logger) {
    this.#folder = folder;
    this.#identity = identity;
    this.#log = log;
  }

  /** What to dial with now. */
  get shown(): Credentials {
    const { ca, former, privateKey, certificate } = this.#identity;
    return this.#showsFormer && former ? { ca, ...former } : { ca, privateKey, certificate };
  }

  /** The public key of the next certificate; the same until that has opened a connection. */
  offer(): string {
    const { former, privateKey } = this.#identity;
    if (!former) return waitingKey(this.#folder).publicKey;
    return createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'pem' }) as string;
  }

  /** Takes the next certificate, durably. False: it is none for the key that was offered, or is known. */
  take(certificate: string): boolean {
    if (this.#identity.former) return false;
    const { privateKey } = waitingKey(this.#folder);
    const leaf = new X509Certificate(certificate);
    const ca = new X509Certificate(this.#identity.ca);
    if (!leaf.checkPrivateKey(createPrivateKey(privateKey)) || !leaf.verify(ca.publicKey)) {
      this.#log.warn(
        'a certificate was not taken: it is not for this agent’s new key, or not of this building',
      );
      return false;
    }
    const { privateKey: formerKey, certificate: formerCertificate } = this.#identity;
    const former = { privateKey: formerKey, certificate: formerCertificate };
    this.#keep({ ...this.#identity, privateKey, certificate, former });
    this.#log.info('took a new certificate; it is used from the next connection on');
    return true;
  }

  /** The hub let the agent in by what it showed. */
  admitted(): void {
    const { former, ...identity } = this.#identity;
    if (former && !this.#showsFormer) this.#keep(identity);
  }

  /** The hub does not know what the agent showed. */
  unknown(): void {
    this.#showsFormer = this.#identity.former !== undefined && !this.#showsFormer;
  }

  #keep(identity: Identity): void {
    keepIdentity(this.#folder, identity);
    this.#identity = identity;
    this.#showsFormer = false;
  }
}
