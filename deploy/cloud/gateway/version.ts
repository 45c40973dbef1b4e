import { readFileSync } from 'node:fs';
import { z } from 'zod';

const PackageFile = z.object({ version: z.string() });

/** Version of this gateway, as `/version` and the OpenAPI document say it. */
export const VERSION = PackageFile.parse(
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')),
).version;
