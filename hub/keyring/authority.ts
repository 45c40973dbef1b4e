/**
 * The building's certificate authority. It has one level: the CA's own certificate, and below it what it issues to
 * the hub's MQTT listener and to the banks' agents. The CA's key also signs what agents have to believe offline.
 *
 * Dates: the CA's certificate has no end that means anything (RFC 5280, 4.1.2.5), because a building's keys end by
 * being replaced, and clocks lie. What it issues begins at the epoch of Unix time for the same reason.
 */
import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
  X509Certificate,
} from 'node:crypto';

/** ECDSA on P-256 with SHA-256: 128 bits of security (NIST SP 800-57), and every TLS library knows it. */
const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DIGEST = 'sha256';
/** RFC 5280, 4.1.2.2: a serial number has at most 20 octets; 16 random ones never repeat. */
const SERIAL_BYTES = 16;
/** No clock is before it, however wrong. */
const FIRST_DAY = new Date(0);
/** RFC 5280, 4.1.2.5: no well-defined end. */
const NO_END = new Date('9999-12-31T23:59:59Z');

/** Both as PEM: PKCS#8, X.509. */
export interface AuthorityKeys {
  readonly key: string;
  readonly certificate: string;
}

export interface Issue {
  /** Of the one who will hold the certificate, as SPKI in PEM. */
  readonly publicKey: string;
  readonly commonName: string;
  /** What it proves: a server's name or a client's. */
  readonly use: 'server' | 'client';
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** Without it the certificate has no end. */
  readonly notAfter?: Date;
}

/** Makes a new CA: key pair and certificate. */
export async function createAuthority(serial: Uint8Array): Promise<AuthorityKeys> {
  const x509 = await loadX509();
  const keys = await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(serial),
    name: [{ CN: ['Lockerhub building CA'] }],
    notBefore: FIRST_DAY,
    notAfter: NO_END,
    signingAlgorithm: CURVE,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { key: pem('PRIVATE KEY', key), certificate: certificate.toString('pem') };
}

export class Authority {
  /** The CA's certificate, in PEM. */
  readonly certificate: string;
  readonly #key: KeyObject;
  readonly #publicKey: KeyObject;

  /** @throws Error if the two are no key on P-256 and its own CA certificate. */
  constructor({ key, certificate }: AuthorityKeys) {
    const parsed = new X509Certificate(certificate);
    this.#key = createPrivateKey(key);
    this.#publicKey = createPublicKey(this.#key);
    if (!parsed.ca || !parsed.checkPrivateKey(this.#key) || !parsed.verify(this.#publicKey)) {
      throw new Error('the CA’s certificate does not belong to its key');
    }
    this.certificate = certificate;
  }

  /** ECDSA (P-256, SHA-256, DER) over bytes. Say in the bytes what they are, so that no signature fits two things. */
  sign(bytes: Uint8Array): Uint8Array {
    return signBytes(DIGEST, bytes, this.#key);
  }

  /** Whether this CA's key has signed the bytes. */
  verify(bytes: Uint8Array, signature: Uint8Array): boolean {
    return verifyBytes(DIGEST, bytes, this.#publicKey, signature);
  }

  /** Whether this CA has issued the certificate, whatever its dates say. */
  hasIssued(certificate: X509Certificate): boolean {
    return !certificate.ca && certificate.verify(this.#publicKey);
  }

  /** Issues a certificate, in PEM. @param serial 16 random bytes. */
  async issue(issue: Issue, serial: Uint8Array): Promise<string> {
    const x509 = await loadX509();
    const der = this.#key.export({ format: 'der', type: 'pkcs8' });
    const signingKey = await crypto.subtle.importKey('pkcs8', new Uint8Array(der), CURVE, false, ['sign']);
    const ca = new x509.X509Certificate(this.certificate);
    const names = [
      ...(issue.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
      ...(issue.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
    ];
    const usage = issue.use === 'server' ? 'serverAuth' : 'clientAuth';
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(serial),
      subject: [{ CN: [issue.commonName] }],
      issuer: ca.subject,
      notBefore: FIRST_DAY,
      notAfter: issue.notAfter ?? NO_END,
      signingAlgorithm: CURVE,
      signingKey,
      publicKey: spki(issue.publicKey),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[usage]]),
        await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      ],
    });
    return certificate.toString('pem');
  }
}

/** Loaded where a certificate is made: a hub that makes none keeps the memory. */
async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

function serialNumber(bytes: Uint8Array): string {
  const serial = Buffer.from(bytes.subarray(0, SERIAL_BYTES));
  // A positive number (RFC 5280, 4.1.2.2): the first bit is its sign.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial.toString('hex');
}

function spki(publicKey: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createPublicKey(publicKey).export({ format: 'der', type: 'spki' }));
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
