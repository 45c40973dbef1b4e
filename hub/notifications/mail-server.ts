/** RFC 8314, 3.3 and RFC 6409: submission with TLS from the first byte on, and without. */
const PORTS: Readonly<Record<string, number>> = { 'smtps:': 465, 'smtp:': 587 };

/** `host:port` of a mail server's address, without user and password. Ports as nodemailer takes them. */
export function mailServerOf(address: string): string {
  const { protocol, hostname, port } = new URL(address);
  return `${hostname}:${port || PORTS[protocol]}`;
}
