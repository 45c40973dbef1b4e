import type { z } from 'zod';
import { HubLink, HubRefusal } from '../walk/hub-link.ts';

/** The cookie that a sign-in sets; its value is the bearer (protocol/http/staff.ts). */
const COOKIE = /(?:^|,\s*)lockerhub_staff=([^;,]+)/;

/** A signed-in member of staff: signs in at first use, and again when the session has ended. */
export class StaffLink {
  readonly #hub: HubLink;
  readonly #staff: { readonly login: string; readonly password: string };
  #session: Promise<HubLink> | undefined;

  constructor(address: string, staff: { readonly login: string; readonly password: string }) {
    this.#hub = new HubLink(address);
    this.#staff = staff;
  }

  /** As `HubLink.ask`. */
  async ask<Schema extends z.ZodType>(
    method: 'GET' | 'POST',
    path: string,
    schema: Schema,
    body?: unknown,
  ): Promise<z.infer<Schema>> {
    return this.#signedIn((session) => session.ask(method, path, schema, body));
  }

  /** As `HubLink.send`, for an act that answers with nothing. */
  async act(path: string, body: unknown): Promise<void> {
    await this.#signedIn((session) => session.send('POST', path, body));
  }

  async #signedIn<T>(act: (session: HubLink) => Promise<T>): Promise<T> {
    this.#session ??= this.#signIn();
    const session = this.#session;
    try {
      return await act(await session);
    } catch (error) {
      if (this.#session === session && isOver(error)) this.#session = undefined;
      if (!(error instanceof HubRefusal) || error.status !== 401) throw error;
      this.#session ??= this.#signIn();
      return act(await this.#session);
    }
  }

  async #signIn(): Promise<HubLink> {
    const response = await this.#hub.send('POST', '/api/v1/sign-in', this.#staff);
    const token = COOKIE.exec(response.headers.get('set-cookie') ?? '')?.[1];
    if (!token) throw new HubRefusal('answer-invalid', response.status, 'the sign-in set no session cookie');
    return this.#hub.as(token);
  }
}

/** Whether an error says that the session is of no use any more, or never began. */
function isOver(error: unknown): boolean {
  return error instanceof HubRefusal && (error.status === 401 || error.status === 0);
}
