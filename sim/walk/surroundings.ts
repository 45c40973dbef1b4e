/** What the walk needs besides the hub: somebody at the door, and the resident's phone. */
import { z } from 'zod';
import { codeIn } from './code-in-message.ts';
import type { Hands } from './people.ts';

const ANSWER_WITHIN_MS = 5_000;
const DoorNow = z.object({ open: z.boolean() });
const Mails = z.array(z.object({ number: z.int(), text: z.string() }));

/** The demo's control server as the walk uses it. */
export class Surroundings implements Hands {
  readonly #control: string;
  readonly #key: string | null;

  constructor(control: string, key: string | null) {
    this.#control = control;
    this.#key = key;
  }

  /** Whether the door really stands open, whatever the hub says. */
  async isOpen(bank: string, compartment: number): Promise<boolean> {
    return DoorNow.parse(await this.#ask('GET', doorPath(bank, compartment))).open;
  }

  async close(bank: string, compartment: number): Promise<void> {
    await this.#ask('POST', doorPath(bank, compartment), { hand: 'close' });
  }

  /** The number of the last mail to an address; 0 if there is none. */
  async lastMail(to: string): Promise<number> {
    return (await this.#mails(to, 0)).at(-1)?.number ?? 0;
  }

  /** The code in a mail that came after the mail `number`, or undefined. */
  async codeAfter(to: string, number: number): Promise<string | undefined> {
    const mail = (await this.#mails(to, number)).at(-1);
    return mail && codeIn(mail.text);
  }

  async #mails(to: string, after: number): Promise<z.infer<typeof Mails>> {
    return Mails.parse(await this.#ask('GET', `/demo/mails?to=${encodeURIComponent(to)}&after=${after}`));
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.#control + path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(this.#key === null ? {} : { 'x-demo-key': this.#key }),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 200)}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

function doorPath(bank: string, compartment: number): string {
  return `/demo/banks/${bank}/doors/${compartment}`;
}
