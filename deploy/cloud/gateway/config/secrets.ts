/** Secrets come from files (Docker's and systemd's way), never from flags, variables or URLs, which others can read. */
import { readFileSync } from 'node:fs';
import { GatewayError } from '../error.ts';

/** Shorter ones can be guessed: 16 characters of base 64 are 96 bits. */
const SHORTEST = 16;
/** What stands in examples and templates. */
const WELL_KNOWN = /^(.)\1*$|secret|password|change.?me|example|default|lockerhub|postgres/i;

/**
 * The secret in a file, without the line's end.
 *
 * @param by the setting that names the file, for messages
 * @throws GatewayError `config-invalid` if the file cannot be read, or holds what anybody would guess
 */
export function readSecret(path: string, by: string): string {
  const text = readText(path, by).trim();
  if (text.length < SHORTEST || WELL_KNOWN.test(text)) {
    throw invalid(
      by,
      `${path} holds less than ${SHORTEST} characters or a well-known word; make one by "openssl rand -base64 32"`,
    );
  }
  return text;
}

/** The text of a file. @throws GatewayError `config-invalid` */
export function readText(path: string, by: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw invalid(by, `cannot read ${path}`, cause);
  }
}

/** A setting that does not hold. */
export function invalid(by: string, what: string, cause?: unknown): GatewayError {
  return new GatewayError('config-invalid', `${by}: ${what}`, {
    where: by,
    ...(cause === undefined ? {} : { cause }),
  });
}
