import type { Layout } from '@lockerhub/protocol/bank/layout.ts';
import { expect, test } from 'vitest';
import type { BuildingLog } from '../log/building-log.ts';
import { Register } from '../log/register.ts';
import type { People } from '../people/people.ts';
import type { SqlValue, Store } from '../store/store.ts';
import { Outbox } from './outbox.ts';

const MESSAGES = 200;
const LAYOUT: Layout = {
  bank: 'hall',
  name: 'Hall',
  depthMm: 500,
  bottomMm: 100,
  columns: [{ widthMm: 400, cells: [1, 2, 3].map((number) => ({ number, size: 'S', heightMm: 200 })) }],
};

/** Message n is about deliveries `n-2` and `n-1`, at doors 2 and 1; door 1 was assigned first. */
function storeOfLetters(): { readonly store: Pick<Store, 'query'>; readonly asked: string[] } {
  const asked: string[] = [];
  const rowsFor = (sql: string, parameters: readonly SqlValue[]): object[] => {
    if (/from messages/.test(sql)) {
      return Array.from({ length: MESSAGES }, (_, n) => ({
        message: `message-${n}`,
        kind: 'parcels-arrived',
        resident: 'mara',
        deliveries: [`${n}-2`, `${n}-1`],
        state: 'sent',
        channel: 'email',
        reason: null,
        without: null,
        queued_at: 1,
        sent_at: 2,
        seq: MESSAGES - n,
      }));
    }
    // Backwards, as a look-up by many keys may answer.
    return (parameters[0] as readonly string[])
      .map((delivery) => ({ delivery, bank: 'hall', compartment: Number(delivery.split('-')[1]) }))
      .map((row) => ({ ...row, state: 'deposited', seq: row.compartment }))
      .reverse();
  };
  const store: Pick<Store, 'query'> = {
    async query<Row extends object>(sql: string, parameters: readonly SqlValue[] = []) {
      asked.push(sql);
      return rowsFor(sql, parameters) as Row[];
    },
  };
  return { store, asked };
}

test('a page of letters is a few short questions to the store, and each letter names its own doors in order', async () => {
  const { store, asked } = storeOfLetters();
  const register = new Register();
  register.apply({
    table: 'banks',
    row: { id: 'hall', layout: LAYOUT, file: '', reach: 'hub', credentialHash: '' },
  });
  const outbox = new Outbox({
    store,
    log: {} as BuildingLog,
    register,
    people: { residentView: () => undefined } as unknown as People,
    buildingName: () => 'Linden Court',
    codes: { codeOf: () => '12345678', qrOf: () => undefined },
  });
  const { views } = await outbox.page(Number.MAX_SAFE_INTEGER, MESSAGES);
  expect(views).toHaveLength(MESSAGES);
  expect(asked.length).toBeLessThanOrEqual(2);
  const { places } = await outbox.facts({
    ...(await outbox.queued(1))[0],
    deliveries: ['7-3', '7-1'],
  } as never);
  expect(places.map(({ words }) => words?.number)).toEqual([1, 3]);
  for (const { text } of views) expect(text).not.toContain('12345678');
});
