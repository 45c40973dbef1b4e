import { hash } from 'node:crypto';
import type { Sha256 } from '@lockerhub/protocol/log/entry.ts';

/** OpenSSL's: a gateway follows the chains of many buildings. */
export const systemSha256: Sha256 = (bytes) => hash('sha256', bytes, 'hex');
