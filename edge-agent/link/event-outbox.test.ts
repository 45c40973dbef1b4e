import { BankEvent, VERSION } from '@lockerhub/protocol/bank/messages.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventOutbox, MAX_EVENTS, RESEND_AFTER_MS } from './event-outbox.ts';

const opened = (compartment: number) => ({
  kind: 'opened' as const,
  compartment,
  grant: null,
  delivery: null,
});
const ack = (session: number, number: number) => ({ v: VERSION, session, number });

describe('the event outbox', () => {
  it('numbers events from 1 within a session and sends each once until it is time again', () => {
    const outbox = new EventOutbox();
    outbox.begin(7);
    outbox.add(opened(1), 0);
    outbox.add(opened(2), 5);
    expect(outbox.due(10)).toMatchObject([
      { session: 7, number: 1, compartment: 1, ageMs: 10 },
      { session: 7, number: 2, compartment: 2, ageMs: 5 },
    ]);
    expect(outbox.due(11)).toEqual([]);
    expect(outbox.due(10 + RESEND_AFTER_MS)).toMatchObject([{ number: 1 }, { number: 2 }]);
    outbox.acknowledge(ack(7, 2));
    expect(outbox.size).toBe(0);
  });

  it('keeps an event’s name across sessions, and forgets none without its acknowledgement', () => {
    const outbox = new EventOutbox();
    outbox.begin(1);
    outbox.add(opened(1), 0);
    outbox.due(0);
    outbox.add(opened(2), 1);
    outbox.begin(2);
    expect(outbox.due(2)).toMatchObject([
      { session: 1, number: 1 },
      { session: 2, number: 1 },
    ]);
    outbox.acknowledge(ack(2, 1));
    expect(outbox.size).toBe(1);
    outbox.acknowledge(ack(1, 1));
    expect(outbox.size).toBe(0);
  });

  it('says so when it is full', () => {
    const outbox = new EventOutbox();
    for (let i = 0; i < MAX_EVENTS; i += 1) expect(outbox.add(opened(1), 0)).toBe(true);
    expect(outbox.add(opened(1), 0)).toBe(false);
    expect(outbox.size).toBe(0);
  });

  it('brings every event to a hub that acknowledges in order, whatever is lost on the way', () => {
    const act = fc.oneof(
      fc.constant({ type: 'add' as const }),
      fc.record({ type: fc.constant('send' as const), delivered: fc.nat(5), acknowledged: fc.boolean() }),
      fc.constant({ type: 'session' as const }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const outbox = new EventOutbox();
        const hub = new Map<string, number>();
        const upTo = new Map<number, number>();
        let session = 1;
        let nowMs = 0;
        let added = 0;
        outbox.begin(session);
        const send = (delivered: number, acknowledged: boolean) => {
          nowMs += RESEND_AFTER_MS;
          for (const event of outbox.due(nowMs).slice(0, delivered)) {
            expect(BankEvent.safeParse(event).success).toBe(true);
            const last = upTo.get(event.session) ?? 0;
            expect(event.number).toBeLessThanOrEqual(last + 1);
            upTo.set(event.session, Math.max(last, event.number));
            const name = `${event.session}/${event.number}`;
            expect(hub.get(name) ?? event.compartment).toBe(event.compartment);
            hub.set(name, event.compartment);
            if (acknowledged) outbox.acknowledge(ack(event.session, event.number));
          }
        };
        for (const next of acts) {
          if (next.type === 'add') outbox.add(opened(++added), nowMs);
          else if (next.type === 'session') outbox.begin(++session);
          else send(next.delivered, next.acknowledged);
        }
        for (let round = 0; round < 3; round += 1) send(1_000, true);
        expect(outbox.size).toBe(0);
        expect([...hub.values()].sort((a, b) => a - b)).toEqual(
          Array.from({ length: added }, (_, i) => i + 1),
        );
      }),
    );
  });
});
