import type { Register } from '../log/register.ts';
import { contactsOf } from '../people/people.ts';
import { bearsCode, writeLetter } from './letter.ts';
import type { Outbox } from './outbox.ts';
import type { LetterSource } from './waiting.ts';

export interface ResidentLettersOptions {
  readonly outbox: Pick<Outbox, 'queued' | 'facts'>;
  readonly register: Pick<Register, 'get'>;
}

/** Residents' messages: the queue is the table. */
export function residentLetters({ outbox, register }: ResidentLettersOptions): LetterSource {
  return {
    async queued(limit) {
      const rows = await outbox.queued(limit);
      return rows.map((row) => ({
        message: row.message,
        whom: row.resident,
        without: row.without?.split(',') ?? [],
        channel: row.channel,
        reason: row.reason,
        contacts() {
          const resident = register.get('residents', row.resident);
          return resident ? contactsOf(resident) : [];
        },
        async write() {
          const facts = await outbox.facts(row);
          const qr = bearsCode(row.kind) ? facts.qr : undefined;
          return facts.isOver ? null : { letter: writeLetter(facts, false), qr };
        },
      }));
    },
  };
}
