/** The bill of materials: what of others is in a release (CycloneDX 1.5, as npm writes it). */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { run } from './run.ts';

const Component = z.looseObject({ name: z.string(), version: z.string() });
const Bill = z.looseObject({
  metadata: z.looseObject({ component: z.looseObject({}) }),
  components: z.array(Component),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()).optional() })),
});

/** npm's record of what it installed. */
const Installed = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({ version: z.string().optional(), name: z.string().optional() }),
  ),
});

/**
 * The bill of what is installed in a folder. npm's own lists every machine's binaries and says when it was made; here
 * are only those of this machine, and the same commit gives the same bytes.
 *
 * @param atS seconds since 1970: the commit's
 */
export async function billOf(folder: string, workspaces: readonly string[], atS: number): Promise<string> {
  const asked = ['sbom', '--sbom-format=cyclonedx', '--omit=dev', '--package-lock-only'];
  const chosen = workspaces.map((name) => `--workspace=${name}`);
  const bill = Bill.parse(JSON.parse(await run('npm', [...asked, ...chosen], { cwd: folder })));
  const installed = await installedIn(folder);
  const components = bill.components.filter(({ name, version }) => installed.has(`${name}@${version}`));
  const refs = new Set(components.map((component) => component['bom-ref']));
  const metadata = {
    ...bill.metadata,
    timestamp: new Date(atS * 1_000).toISOString(),
    component: { ...bill.metadata.component, name: 'lockerhub' },
  };
  const dependencies = bill.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) }));
  const content = { ...bill, serialNumber: undefined, metadata, components, dependencies };
  return `${JSON.stringify({ ...content, serialNumber: serialOf(content) }, null, 1)}\n`;
}

/** `name@version` of each package that is there. */
async function installedIn(folder: string): Promise<ReadonlySet<string>> {
  const record = await readFile(join(folder, 'node_modules', '.package-lock.json'), 'utf8');
  const { packages } = Installed.parse(JSON.parse(record));
  return new Set(
    Object.entries(packages).map(
      ([path, { name, version }]) => `${name ?? path.replace(/^.*node_modules\//, '')}@${version}`,
    ),
  );
}

/** A UUID out of the content: version 8, "vendor specific" (RFC 9562, section 5.8). */
function serialOf(content: unknown): string {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
