/** What operators did, and what personal things they looked at: written in the transaction that does it. */
import type { AuditAction, AuditView } from '@lockerhub/protocol/http/operators.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import type { Client } from '../database/database.ts';

/** Who asks, and from where. */
export interface Author {
  readonly operator: string;
  readonly address: string;
}

export interface Deed {
  readonly organisation: string;
  readonly action: AuditAction;
  readonly building?: string;
  /** An id of what it was done to. */
  readonly subject?: string;
  /** Ids and words of ours, never names or contacts. */
  readonly detail?: AuditView['detail'];
}

export type Audit = (client: Client, author: Author, deed: Deed) => Promise<void>;

/** Writes down what an operator does. */
export function createAudit(clock: Clock, random: Random): Audit {
  return async (client, { operator, address }, deed) => {
    await client.query(
      `insert into audit (audit, organisation, at, operator, action, building, subject, detail, address)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        newId(clock, random),
        deed.organisation,
        Math.floor(clock.wallMs()),
        operator,
        deed.action,
        deed.building ?? null,
        deed.subject ?? null,
        JSON.stringify(deed.detail ?? {}),
        address,
      ],
    );
  };
}

interface AuditRow {
  audit: string;
  at: number;
  operator: string;
  operator_name: string;
  action: AuditAction;
  building: string | null;
  building_name: string | null;
  subject: string | null;
  detail: AuditView['detail'];
  address: string;
}

/** The newest deeds in an organisation before one of them. */
export async function readAudit(
  client: Client,
  organisation: string,
  page: { readonly before: string | null; readonly limit: number },
): Promise<AuditView[]> {
  const { rows } = await client.query<AuditRow>(
    `select a.audit, a.at, a.operator, o.name as operator_name, a.action, a.building, b.name as building_name,
       a.subject, a.detail, a.address
     from audit a join operators o using (operator) left join buildings b on b.id = a.building
     where a.organisation = $1 and ($2::uuid is null or a.audit < $2) order by a.audit desc limit $3`,
    [organisation, page.before, page.limit],
  );
  return rows.map((row) => ({
    audit: row.audit,
    atMs: row.at,
    operator: row.operator,
    operatorName: row.operator_name,
    action: row.action,
    building: row.building,
    buildingName: row.building_name,
    subject: row.subject,
    detail: row.detail,
    address: row.address,
  }));
}
