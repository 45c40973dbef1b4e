/**
 * MQTT over TLS for agents on the LAN: decrypts, then hands the connection with the client's certificate to the broker,
 * whose bounds and rights hold as for any other. Certificates are not judged in the handshake, which would look at
 * dates, but by who reads them (`hub/agents`); TLS sees to it that the client holds the certificate's key.
 *
 * The certificate is made at each start and lives in memory alone: nothing of it can be stolen from the disk, and it
 * needs no end, so an agent whose clock is wrong joins like any other.
 */
import { generateKeyPairSync, type X509Certificate } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { HUB_NAME } from '@lockerhub/protocol/bank/hub-name.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Authority } from '../keyring/authority.ts';

/** A client that has not finished its handshake by then is dropped. */
const HANDSHAKE_WITHIN_MS = 5_000;
/** RFC 5280, 4.1.2.2. */
const SERIAL_BYTES = 16;

export interface TlsListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly authority: Pick<Authority, 'issue' | 'certificate'>;
  readonly random: Random;
  /** Connections at once, those in their handshake included; further ones are closed unread. */
  readonly maxConnections: number;
  /** `leaf`: undefined if the client showed none. */
  readonly onConnection: (socket: Socket, leaf: X509Certificate | undefined) => void;
}

export interface TlsListener {
  readonly port: number;
  /** Takes no more connections; those that were handed over are the broker's to end. */
  stop(): Promise<void>;
}

/** Starts to listen. @throws the socket's error, such as EADDRINUSE. */
export async function listenTls(options: TlsListenerOptions): Promise<TlsListener> {
  const server = createServer(
    {
      ...(await ownCertificate(options)),
      // In TLS 1.3 the client's certificate, too, is hidden from listeners.
      minVersion: 'TLSv1.3',
      handshakeTimeout: HANDSHAKE_WITHIN_MS,
      // Tells clients whose certificates are meant.
      ca: options.authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (socket) => options.onConnection(socket, socket.getPeerX509Certificate()),
  );
  server.maxConnections = options.maxConnections;
  /** Also those that have not shown yet who they are: they must not hold up the end. */
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  // A handshake that fails (another protocol, no trust in this CA) ends that connection alone.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  await listening(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function ownCertificate({ authority, random }: TlsListenerOptions) {
  const keys = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const cert = await authority.issue(
    { publicKey: keys.publicKey, commonName: HUB_NAME, dnsNames: [HUB_NAME], use: 'server' },
    random.bytes(SERIAL_BYTES),
  );
  return { key: keys.privateKey, cert };
}

function listening(server: Server, { host, port }: TlsListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
