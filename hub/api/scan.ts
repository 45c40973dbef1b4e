/** Scans of a bank's lines over HTTP: begin, look, stop. */
import { createRoute } from '@hono/zod-openapi';
import { parseBankFile } from '@lockerhub/edge-agent/bank/bank-file.ts';
import { unitsOn } from '@lockerhub/edge-agent/bank/line-devices.ts';
import { NewScan, ScanView } from '@lockerhub/protocol/http/scan.ts';
import { Slug } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { actorOf } from '../sign-in/sign-in.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, takes } from './route.ts';

const tags = ['commissioning'];
const params = z.object({ bank: Slug });
const path = '/api/v1/banks/{bank}/scan';

export function scanRoutes(api: Api, hub: Hub): void {
  const middleware = staff(hub, 'banks');
  const responses = answers(ScanView, 'The lines of the bank, and its newest scan.');
  api.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'What the newest scan of a bank’s lines found, or how far it is',
      middleware,
      request: { params },
      responses,
    }),
    (c) => c.json(view(hub, c.req.valid('param').bank), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'Look which units answer on a line, by reads alone; its doors are unavailable meanwhile',
      middleware,
      request: { params, ...takes(NewScan) },
      responses,
    }),
    async (c) => {
      const { bank } = c.req.valid('param');
      const asked = c.req.valid('json');
      const { lines } = view(hub, bank);
      if (!lines.some(({ line }) => line === asked.line)) {
        throw new HubError('not-found', `the bank "${bank}" has no line "${asked.line}"`);
      }
      await hub.scans.begin(bank, asked);
      const fact = { type: 'commissioning.scanned', data: { bank, line: asked.line } } as const;
      await hub.buildingLog.record(actorOf(c.get('me').staff), [fact]);
      return c.json(view(hub, bank), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/stop`,
      tags,
      summary: 'End the scan of a bank’s line; what it found is kept',
      middleware,
      request: { params },
      responses,
    }),
    async (c) => {
      const { bank } = c.req.valid('param');
      await hub.scans.stop(bank);
      return c.json(view(hub, bank), 200);
    },
  );
}

/** @throws HubError `not-found` */
function view(hub: Hub, bank: string): ScanView {
  const row = hub.register.get('banks', bank);
  if (!row) throw new HubError('not-found', `no bank "${bank}" in this building`);
  const file = parseBankFile(row.file);
  return {
    bank,
    lines: file.lines.map((line) => ({
      line: line.id,
      kind: 'serial' in line && line.serial !== undefined ? 'serial' : 'tcp',
      expected: unitsOn(line, file),
    })),
    scan: hub.scans.view(bank),
  };
}
