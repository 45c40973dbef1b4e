import type { Introduction } from '@lockerhub/protocol/http/claims.ts';
import {
  type CodeShown,
  NamedDelegate,
  OwnDelegates,
  type OwnNewDelegate,
} from '@lockerhub/protocol/http/delegates.ts';
import { Problem } from '@lockerhub/protocol/http/problem.ts';
import {
  type AddParcel,
  KioskView,
  LabelView,
  type LabelWords,
  type OtherDoor,
  PairReply,
  type PhoneStart,
  PresenceView,
  Recipient,
  type TakeBack,
  VisitView,
} from '@lockerhub/protocol/http/visit.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { z } from 'zod';
import { TerminalError } from './terminal-error.ts';

/** A door answers within 10 s at the latest; a request that takes longer is lost. */
const REQUEST_TIMEOUT_MS = 12_000;

const Recipients = z.array(Recipient);

/** What a terminal asks of the hub; same origin, the agent in between forwards. Every method throws `TerminalError`. */
export interface Hub {
  kiosk(): Promise<KioskView>;
  pair(code: string): Promise<PairReply>;
  /** @param owner the unit or carrier, where the hub has asked for it */
  startVisit(code: string, owner?: string): Promise<VisitView>;
  /** By unit and PIN. */
  startByPin(pin: string, unit: string): Promise<VisitView>;
  /** From a phone that proves by `presence` at which terminal it is. */
  startByPhone(start: PhoneStart): Promise<VisitView>;
  /** From a phone that is anywhere: whose code it is, and whom they let collect. Opens nothing. */
  showCode(shown: CodeShown): Promise<OwnDelegates>;
  ownDelegates(): Promise<OwnDelegates>;
  nameDelegate(named: OwnNewDelegate): Promise<NamedDelegate>;
  endDelegate(delegate: string): Promise<void>;
  /** What this terminal shows a phone. */
  presence(): Promise<PresenceView>;
  visit(visit: string): Promise<VisitView>;
  recipients(visit: string, query: string): Promise<Recipient[]>;
  label(visit: string, text: string): Promise<LabelView>;
  addParcel(visit: string, parcel: z.input<typeof AddParcel>): Promise<VisitView>;
  /** The courier keeps it: on record, with the reason. */
  takeBack(visit: string, parcel: TakeBack): Promise<VisitView>;
  /** The label of a parcel of which nobody knows whose it is, as JPEG. */
  keepPhoto(visit: string, delivery: string, photo: Blob): Promise<void>;
  /** Who came by a claim slip says how to be told next time. */
  introduce(visit: string, of: Introduction): Promise<VisitView>;
  /** The same in words, where there is no camera. */
  keepWords(visit: string, delivery: string, words: LabelWords): Promise<void>;
  /** What a visit or one of its parcels is told, by the last part of the path. */
  tell(visit: string, what: VisitVerb): Promise<VisitView>;
  tellParcel(visit: string, delivery: string, what: ParcelVerb): Promise<VisitView>;
  otherDoor(visit: string, delivery: string, reason: z.infer<typeof OtherDoor>['reason']): Promise<VisitView>;
  confirm(visit: string, delivery: string, inside: boolean): Promise<VisitView>;
  /** Where the live views of a visit come from. */
  streamAddress(visit: string): string;
}

type VisitVerb = 'next' | 'stay' | 'end';
type ParcelVerb = 'undo' | 'open' | 'closed' | 'did-not-open' | 'missing';

interface HubOptions {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

/** The hub by HTTP, as `protocol/http/visit.ts` says. */
export function createHub({ fetch, clock }: HubOptions): Hub {
  async function send(path: string, request: RequestInit): Promise<string> {
    const abort = new AbortController();
    const timeout = clock.after(REQUEST_TIMEOUT_MS, () => abort.abort());
    try {
      const response = await fetch(`/api/v1${path}`, { ...request, signal: abort.signal, cache: 'no-store' });
      const text = await response.text();
      if (!response.ok) throw problemOf(response.status, text);
      return text;
    } catch (cause) {
      if (cause instanceof TerminalError) throw cause;
      throw noAnswer(path, cause);
    } finally {
      timeout.cancel();
    }
  }

  async function ask<Answer extends z.ZodType>(
    answer: Answer,
    path: string,
    body?: object,
  ): Promise<z.infer<Answer>> {
    const text = await send(path, {
      method: body ? 'POST' : 'GET',
      headers: body ? { 'content-type': 'application/json' } : {},
      body: body ? JSON.stringify(body) : null,
    });
    try {
      return answer.parse(JSON.parse(text));
    } catch (cause) {
      throw noAnswer(path, cause);
    }
  }

  const visitPath = (visit: string) => `/visits/${encodeURIComponent(visit)}`;
  const parcelPath = (visit: string, delivery: string) =>
    `${visitPath(visit)}/parcels/${encodeURIComponent(delivery)}`;

  return {
    kiosk: () => ask(KioskView, '/kiosk'),
    pair: (code) => ask(PairReply, '/terminals/pair', { code }),
    startVisit: (code, owner) => ask(VisitView, '/visits', { code, owner }),
    startByPin: (pin, unit) => ask(VisitView, '/visits', { code: pin, owner: unit, pin: true }),
    startByPhone: (start) => ask(VisitView, '/phone/visits', start),
    showCode: (shown) => ask(OwnDelegates, '/phone/residents', shown),
    ownDelegates: () => ask(OwnDelegates, '/phone/delegates'),
    nameDelegate: (named) => ask(NamedDelegate, '/phone/delegates', named),
    endDelegate: async (delegate) => {
      await send(`/phone/delegates/${encodeURIComponent(delegate)}/end`, { method: 'POST' });
    },
    presence: () => ask(PresenceView, '/kiosk/presence'),
    visit: (visit) => ask(VisitView, visitPath(visit)),
    recipients: (visit, query) =>
      ask(Recipients, `${visitPath(visit)}/recipients?q=${encodeURIComponent(query)}`),
    label: (visit, text) => ask(LabelView, `${visitPath(visit)}/label?text=${encodeURIComponent(text)}`),
    addParcel: (visit, parcel) => ask(VisitView, `${visitPath(visit)}/parcels`, parcel),
    takeBack: (visit, parcel) => ask(VisitView, `${visitPath(visit)}/taken-back`, parcel),
    keepPhoto: async (visit, delivery, photo) => {
      const headers = { 'content-type': 'image/jpeg' };
      await send(`${parcelPath(visit, delivery)}/photo`, { method: 'POST', headers, body: photo });
    },
    introduce: (visit, of) => ask(VisitView, `${visitPath(visit)}/introduction`, of),
    keepWords: async (visit, delivery, words) => {
      const headers = { 'content-type': 'application/json' };
      await send(`${parcelPath(visit, delivery)}/words`, {
        method: 'POST',
        headers,
        body: JSON.stringify(words),
      });
    },
    tell: (visit, what) => ask(VisitView, `${visitPath(visit)}/${what}`, {}),
    tellParcel: (visit, delivery, what) => ask(VisitView, `${parcelPath(visit, delivery)}/${what}`, {}),
    otherDoor: (visit, delivery, reason) =>
      ask(VisitView, `${parcelPath(visit, delivery)}/other-door`, { reason }),
    confirm: (visit, delivery, inside) =>
      ask(VisitView, `${parcelPath(visit, delivery)}/confirm`, { inside }),
    streamAddress: (visit) => `/api/v1${visitPath(visit)}/stream`,
  };
}

/** What the hub says is wrong; from anything else in its place (a proxy's page) only that nobody is there. */
function problemOf(status: number, text: string): TerminalError {
  try {
    const problem = Problem.parse(JSON.parse(text));
    return new TerminalError(problem.code, problem.detail, { retryAfterMs: problem.retryAfterMs });
  } catch (cause) {
    return new TerminalError('away', `status ${status} without problem details`, { cause });
  }
}

function noAnswer(path: string, cause: unknown): TerminalError {
  return new TerminalError('away', `${path}: no answer that can be read; is the hub there?`, { cause });
}
