/** Parcels of which nobody can be told: a slip for the letter box, and who comes for them. */
import { createRoute } from '@hono/zod-openapi';
import { Claim, Claimed, ClaimSlip, Introduction } from '@lockerhub/protocol/http/claims.ts';
import { type Contact, MAX_CONTACTS } from '@lockerhub/protocol/http/messages.ts';
import { VisitView } from '@lockerhub/protocol/http/visit.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { toDataURL } from 'qrcode';
import { z } from 'zod';
import { slipPage } from '../claims/slip-page.ts';
import type { Claimant } from '../deliveries/command.ts';
import { untoldOf } from '../deliveries/untold.ts';
import { isNewcomer } from '../deliveries/view.ts';
import { HubError } from '../error.ts';
import { contactsOf } from '../people/people.ts';
import { staff, terminal } from './access.ts';
import { contactIn } from './contact-in.ts';
import type { Api, Hub } from './hub.ts';
import { answers, takes } from './route.ts';

const tags = ['deliveries'];
const params = z.object({ delivery: Id });

export function claimRoutes(api: Api, hub: Hub): void {
  deskClaims(api, hub);
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/visits/{visit}/introduction',
      tags: ['kiosk'],
      summary: 'Who came by a claim slip says their name and how to tell them next time',
      middleware: terminal(hub),
      request: { params: z.object({ visit: Id }), ...takes(Introduction) },
      responses: answers(VisitView, 'The visit as it then is.'),
    }),
    async (c) => {
      const { visit } = c.req.valid('param');
      const view = await introduce(hub, c.get('terminal').id, visit, c.req.valid('json'));
      return c.json(view, 200);
    },
  );
}

function deskClaims(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/deliveries/{delivery}/slip',
      tags,
      summary:
        'A claim slip for the letter box of a unit of which nobody can be told; its former one is void',
      // It shows a code.
      middleware: staff(hub, 'reveal'),
      request: { params },
      responses: answers(ClaimSlip, 'The slip, with the page to print.'),
    }),
    async (c) => c.json(await printSlip(hub, c.get('me').staff, c.req.valid('param').delivery), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/deliveries/{delivery}/claim',
      tags,
      summary:
        'Somebody came to the desk for a parcel of which nobody could be told: they are bound to its unit',
      middleware: staff(hub, 'residents'),
      request: { params, ...takes(Claim) },
      responses: answers(Claimed, 'Who they are; their code only if no message goes out.'),
    }),
    async (c) => {
      const { delivery } = c.req.valid('param');
      const { claimant, contact, how } = c.req.valid('json');
      // In turn with other changes of people: it may write a whole row of somebody who is known.
      const { resident, code } = await hub.peopleChanges.inTurn(() =>
        hub.building.execute({
          type: 'claim',
          staff: c.get('me').staff,
          delivery,
          claimant: claimantOf(hub, claimant, contact),
          how,
        }),
      );
      const row = hub.register.get('residents', resident);
      const told = row !== undefined && hub.people.canTell(contactsOf(row));
      return c.json({ resident, told, code: told ? null : code }, 200);
    },
  );
}

/** In this visit alone, and once: whoever stands here later changes nothing of anybody. */
async function introduce(hub: Hub, at: string, id: string, { to, name }: Introduction): Promise<VisitView> {
  const sign = { type: 'stay', terminal: at, visit: id } as const;
  // Refuses a visit of another terminal, and one that is over.
  await hub.building.execute(sign);
  const visit = hub.building.model.visits.get(id);
  if (!visit || !isNewcomer(hub.people, visit)) {
    throw new HubError('not-found', 'nobody is asked for a name in this visit');
  }
  const by = { kind: 'resident', id: visit.holder } as const;
  await hub.peopleChanges.changeResident(by, visit.holder, {
    name,
    contacts: [contactIn(hub, to, 'body.to')],
  });
  return hub.building.execute(sign);
}

function claimantOf(hub: Hub, claimant: Claim['claimant'], contact: Contact | null): Claimant {
  const said = contact === null ? [] : [contact];
  if (!('resident' in claimant)) return { ...claimant, contacts: said };
  const { resident } = claimant;
  const row = hub.register.get('residents', resident);
  if (!row) throw new HubError('not-found', 'no such resident; reload the page');
  if (contact === null) return { resident, row: null };
  return { resident, row: { ...row, contacts: [contact, ...contactsOf(row)].slice(0, MAX_CONTACTS) } };
}

async function printSlip(hub: Hub, by: string, delivery: string): Promise<ClaimSlip> {
  const { building, people, register, settings, clock } = hub;
  const { slip, code, untilMs } = await building.execute({ type: 'issue-slip', staff: by, delivery });
  const unit = building.model.deliveries.get(delivery)?.unit ?? '';
  const unitName = people.unit(unit)?.name ?? '';
  const qr = code === null ? undefined : building.qrOf(slip);
  const { name, language, timeZone } = settings.require();
  const page = slipPage({
    language,
    timeZone,
    building: name,
    unitName,
    parcels: untoldOf(building.model, people, unit).map(({ carrier, depositedAtMs, bank }) => ({
      carrier: carrier && (register.get('carriers', carrier)?.name ?? null),
      arrivedAtMs: depositedAtMs,
      bankName: bank && (register.get('banks', bank)?.layout.name ?? bank),
    })),
    code: code !== null && qr ? { digits: code, qr: await toDataURL(qr, { margin: 1, scale: 6 }) } : null,
    issuedAtMs: clock.wallMs(),
    untilMs,
  });
  return { slip, unitName, untilMs, code, page };
}
