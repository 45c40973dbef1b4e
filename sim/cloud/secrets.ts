/** The secrets of a cloud on this machine: made by chance at the first start, readable by their owner only. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '@lockerhub/protocol/time/random.ts';

/** 256 bits. */
const SECRET_BYTES = 32;

/** Files, as the gateway wants them. */
export interface CloudSecrets {
  readonly gatewayPasswordFile: string;
  readonly electricPasswordFile: string;
  readonly electricSecretFile: string;
  readonly signingKeyFile: string;
}

/** Makes what is missing in the folder; what is there stays. */
export async function cloudSecrets(folder: string, random: Random): Promise<CloudSecrets> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keep = async (name: string, make: () => string): Promise<string> => {
    const file = join(folder, name);
    if (!existsSync(file)) await writeFile(file, make(), { mode: 0o600 });
    return file;
  };
  const secret = () => Buffer.from(random.bytes(SECRET_BYTES)).toString('base64url');
  return {
    gatewayPasswordFile: await keep('gateway-password', secret),
    electricPasswordFile: await keep('electric-password', secret),
    electricSecretFile: await keep('electric-secret', secret),
    signingKeyFile: await keep('signing-key.pem', () =>
      generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    ),
  };
}

/** What such a file holds. */
export async function secretIn(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trim();
}
