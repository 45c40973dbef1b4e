/**
 * The way to the hub by TLS: each candidate address has to prove by the building's CA that it is the hub before
 * anything is said to it. What counts is the CA and the hub's name in the certificate, never the address: a hub that
 * moved is still itself. No date in the hub's certificate can fail (hub/broker/tls-listener.ts).
 */
import { connect, type TLSSocket } from 'node:tls';
import { HUB_NAME } from '@lockerhub/protocol/bank/hub-name.ts';

/** From dialling to the proof. */
export const PROVE_WITHIN_MS = 3_000;

export interface HubAddress {
  readonly host: string;
  /** Of MQTT over TLS. */
  readonly port: number;
  /** Of the hub's pages. */
  readonly httpPort: number;
}

/** What an agent shows and whom it believes; all in PEM. */
export interface Credentials {
  readonly privateKey: string;
  readonly certificate: string;
  readonly ca: string;
}

/** Somebody answers, and is not the hub that was looked for. */
export class ForeignHub extends Error {}

/**
 * Dials one address. Resolves with a connection to the building's hub, and rejects with the reason in plain words;
 * then nothing was sent but the agent's certificate, which is no secret.
 */
export function dialHub(
  { host, port }: Pick<HubAddress, 'host' | 'port'>,
  { privateKey, certificate, ca }: Credentials,
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      ca,
      key: privateKey,
      cert: certificate,
      servername: HUB_NAME,
      minVersion: 'TLSv1.3',
    });
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (why: string, Fault: new (why: string) => Error = Error) => {
      settle();
      socket.on('error', () => {});
      socket.destroy();
      reject(new Fault(`${host}:${port}: ${why}`));
    };
    const onAbort = () => fail('given up');
    const timer = setTimeout(() => fail(`no answer in ${PROVE_WITHIN_MS} ms`), PROVE_WITHIN_MS);
    signal.addEventListener('abort', onAbort);
    socket.once('error', (error: NodeJS.ErrnoException) =>
      fail(inWords(error), FOREIGN.has(error.code ?? '') ? ForeignHub : Error),
    );
    socket.once('secureConnect', () => {
      settle();
      socket.removeAllListeners('error');
      // mqtt.js dials with Nagle's algorithm on, which adds 40 ms to each message behind another one (measured).
      resolve(socket.setNoDelay(true));
    });
    if (signal.aborted) onAbort();
  });
}

/** OpenSSL's verdicts on a certificate that this building's CA did not issue (X509_verify_cert_error_string(3)). */
const FOREIGN = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
  'CERT_SIGNATURE_FAILURE',
]);

function inWords({ code = '', message }: NodeJS.ErrnoException): string {
  if (FOREIGN.has(code)) return 'another hub: this building’s CA does not know it';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'INVALID_PURPOSE')
    return 'no hub: its certificate is for something else';
  return message;
}
