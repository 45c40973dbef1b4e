/** The way in to a cloud that has no administrator yet, or has lost them all: by whoever runs the gateway. */
import { newId } from '@lockerhub/protocol/time/random.ts';
import type { Gateway } from '../api/api.ts';
import { createOrganisation } from '../buildings/register.ts';
import type { Client } from '../database/database.ts';
import { invite } from './invitations.ts';

/** A one-time link for an administrator of the organisation of this name, which is made if there is none. */
export async function inviteAdmin(
  client: Client,
  makers: Pick<Gateway, 'clock' | 'random'>,
  { organisation, name }: { readonly organisation: string; readonly name: string },
): Promise<{ readonly path: string; readonly organisation: string }> {
  const { rows } = await client.query<{ id: string }>(
    'select id from organisations where name = $1 order by made_at, id limit 1',
    [organisation],
  );
  const id = rows[0]?.id ?? newId(makers.clock, makers.random);
  if (rows.length === 0) {
    await createOrganisation(client, {
      id,
      name: organisation,
      madeAtMs: Math.floor(makers.clock.wallMs()),
    });
  }
  const link = { organisation: id, name, role: 'admin', operator: null, invitedBy: null } as const;
  return { path: (await invite(client, makers, link)).path, organisation: id };
}
