/** Buildings of a cloud on this machine, and the one-time codes for their hubs, as an operator would make them. */
import { createBuilding, createOrganisation } from '@lockerhub/deploy/cloud/gateway/buildings/register.ts';
import { type CodeKind, makeCode } from '@lockerhub/deploy/cloud/gateway/enrolment/codes.ts';
import { inviteAdmin } from '@lockerhub/deploy/cloud/gateway/operators/first-admin.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { Client } from 'pg';

/** Who owns the buildings here. */
const ORGANISATION = 'On this machine';

export interface TenantOptions {
  /** As the database's owner. */
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** A code for a hub of the building of this slug, which is made if it is not there yet. */
export function codeFor(
  { databaseUrl, clock, random }: TenantOptions,
  { slug, name, kind }: { readonly slug: string; readonly name: string; readonly kind: CodeKind },
): Promise<{ readonly building: string; readonly code: string }> {
  return asOwner(databaseUrl, async (client) => {
    const madeAtMs = Math.floor(clock.wallMs());
    const [known] = (await client.query('select id from buildings where slug = $1', [slug])).rows;
    const building = known?.id ?? newId(clock, random);
    if (!known) {
      const [organisation] = (await client.query('select id from organisations limit 1')).rows;
      const id = organisation?.id ?? newId(clock, random);
      if (!organisation) await createOrganisation(client, { id, name: ORGANISATION, madeAtMs });
      await createBuilding(client, { id: building, organisation: id, name, slug, madeAtMs });
    }
    const { code } = await makeCode(client, { building, kind, nowMs: clock.wallMs(), random });
    return { building, code };
  });
}

/** A one-time link to the operators' page, below the cloud's address. */
export function operatorLink({ databaseUrl, clock, random }: TenantOptions): Promise<string> {
  return asOwner(databaseUrl, async (client) => {
    const admin = { organisation: ORGANISATION, name: 'Operator' };
    return (await inviteAdmin(client, { clock, random }, admin)).path;
  });
}

async function asOwner<Result>(
  databaseUrl: string,
  act: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}
