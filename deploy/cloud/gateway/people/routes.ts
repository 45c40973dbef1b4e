import { createRoute } from '@hono/zod-openapi';
import { ChangeResident, PeopleView } from '@lockerhub/protocol/http/fleet.ts';
import type { AuditAction } from '@lockerhub/protocol/http/operators.ts';
import { ChangeCourier, NewCourier, NewResident } from '@lockerhub/protocol/http/staff.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Gateway } from '../api/api.ts';
import { answers, answersNothing, takes } from '../api/route.ts';
import type { Client } from '../database/database.ts';
import { type OperatorEnv, ofBuilding } from '../operators/access.ts';
import { createAudit } from '../operators/audit.ts';
import type { OperatorApi } from '../operators/routes.ts';
import {
  addCourier,
  addResident,
  changeCourier,
  changeResident,
  eraseResident,
  readPeople,
  removeCarrier,
  revokeCourier,
} from './people.ts';

const tags = ['people'];
const OfBuilding = z.object({ building: Id });
const OfResident = OfBuilding.extend({ resident: Id });
const OfCourier = OfBuilding.extend({ courier: Id });
const OfCarrier = OfBuilding.extend({ carrier: Id });

export function peopleRoutes(api: OperatorApi, gateway: Gateway): void {
  const { database, clock, random } = gateway;
  const audit = createAudit(clock, random);
  /** Does something about people and writes down that it was done, or neither. */
  const audited = <Result>(
    c: Context<OperatorEnv>,
    action: AuditAction,
    work: (
      client: Client,
      building: string,
    ) => Promise<{ result: Result; subject?: string; fields?: string[] }>,
  ): Promise<Result> => {
    const building = c.get('building');
    return database.asBuilding(building, async (client) => {
      const { result, subject, fields } = await work(client, building);
      await audit(client, c.get('author'), {
        organisation: c.get('organisation'),
        action,
        building,
        ...(subject === undefined ? {} : { subject }),
        ...(fields === undefined ? {} : { detail: { fields } }),
      });
      return result;
    });
  };
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/buildings/{building}/people',
      tags,
      summary: 'Residents and couriers; that it was looked at is written down',
      middleware: ofBuilding(gateway, 'see-people'),
      request: { params: OfBuilding },
      responses: answers(PeopleView, 'All of them.'),
    }),
    async (c) => {
      const people = await audited(c, 'people.seen', async (client) => ({
        result: await readPeople(client),
      }));
      return c.json(people, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/buildings/{building}/residents',
      tags,
      summary: 'Add a resident',
      middleware: ofBuilding(gateway, 'edit-people'),
      request: { params: OfBuilding, ...takes(NewResident) },
      responses: answers(z.object({ resident: Id }), 'Their id.'),
    }),
    async (c) => {
      const person = c.req.valid('json');
      const resident = await audited(c, 'resident.added', async (client, building) => {
        const subject = await addResident(client, building, { clock, random }, person);
        return { result: subject, subject };
      });
      return c.json({ resident }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/buildings/{building}/residents/{resident}',
      tags,
      summary: 'Change a resident',
      middleware: ofBuilding(gateway, 'edit-people'),
      request: { params: OfResident, ...takes(ChangeResident) },
      responses: answersNothing,
    }),
    async (c) => {
      const { resident } = c.req.valid('param');
      const changes = c.req.valid('json');
      await audited(c, 'resident.changed', async (client, building) => {
        await changeResident(client, building, resident, changes, clock.wallMs());
        return { result: undefined, subject: resident, fields: Object.keys(changes) };
      });
      return c.body(null, 204);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/buildings/{building}/residents/{resident}/erase',
      tags,
      summary: 'Erase a resident’s name and contacts, for good',
      middleware: ofBuilding(gateway, 'erase-people'),
      request: { params: OfResident },
      responses: answersNothing,
    }),
    async (c) => {
      const { resident } = c.req.valid('param');
      await audited(c, 'resident.erased', async (client, building) => {
        await eraseResident(client, building, resident, clock.wallMs());
        return { result: undefined, subject: resident };
      });
      return c.body(null, 204);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/buildings/{building}/couriers',
      tags,
      summary: 'Add a courier; their code is made, and shown, in the building',
      middleware: ofBuilding(gateway, 'edit-people'),
      request: { params: OfBuilding, ...takes(NewCourier) },
      responses: answers(z.object({ courier: Id }), 'Their id.'),
    }),
    async (c) => {
      const person = c.req.valid('json');
      const courier = await audited(c, 'courier.added', async (client, building) => {
        const subject = await addCourier(client, building, { clock, random }, person);
        return { result: subject, subject };
      });
      return c.json({ courier }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/buildings/{building}/couriers/{courier}',
      tags,
      summary: 'Change when a courier’s code begins a visit',
      middleware: ofBuilding(gateway, 'edit-people'),
      request: { params: OfCourier, ...takes(ChangeCourier) },
      responses: answersNothing,
    }),
    async (c) => {
      const { courier } = c.req.valid('param');
      const changes = c.req.valid('json');
      await audited(c, 'courier.changed', async (client, building) => {
        await changeCourier(client, building, courier, changes, clock.wallMs());
        return { result: undefined, subject: courier, fields: Object.keys(changes) };
      });
      return c.body(null, 204);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/buildings/{building}/couriers/{courier}/revoke',
      tags,
      summary: 'Revoke a courier’s code',
      middleware: ofBuilding(gateway, 'edit-people'),
      request: { params: OfCourier },
      responses: answersNothing,
    }),
    async (c) => {
      const { courier } = c.req.valid('param');
      await audited(c, 'courier.revoked', async (client, building) => {
        await revokeCourier(client, building, courier, clock.wallMs());
        return { result: undefined, subject: courier };
      });
      return c.body(null, 204);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/buildings/{building}/carriers/{carrier}/remove',
      tags,
      summary: 'Remove a carrier, and end the codes of all its couriers',
      middleware: ofBuilding(gateway, 'edit-people'),
      request: { params: OfCarrier },
      responses: answersNothing,
    }),
    async (c) => {
      const { carrier } = c.req.valid('param');
      await audited(c, 'carrier.removed', async (client, building) => {
        await removeCarrier(client, building, carrier, clock.wallMs());
        return { result: undefined, subject: carrier };
      });
      return c.body(null, 204);
    },
  );
}
