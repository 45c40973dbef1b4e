import { readFileSync } from 'node:fs';
import { z } from 'zod';

const PackageFile = z.object({ version: z.string() });

/** Name and version of this hub, as it stands in the log and at `/version`. */
export const SOFTWARE = `lockerhub ${
  PackageFile.parse(JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'))).version
}`;
