/** A hub whose API is asked: who asks, what its refusals look like, what its streams tell. */
import { Problem } from '@lockerhub/protocol/http/problem.ts';
import { expect } from 'vitest';
import { type Answer, type AskOptions, type HubRig, smallPlan, startHubRig } from './hub-rig.ts';
import { waitFor } from './wait-for.ts';

const DEADLINE_MS = 10_000;
/** An id of nothing. */
export const NOBODY = '01890000-0000-7000-8000-000000000000';

type Rest<Of> = Of extends (rig: HubRig, ...rest: infer Arguments) => infer Result
  ? (...rest: Arguments) => Result
  : never;

export interface ApiRig {
  readonly rig: HubRig;
  /** A manager's session. */
  readonly manager: string;
  /** The token of the small plan's kiosk. */
  readonly kiosk: string;
  readonly courierCode: string;
  readonly expectProblem: Rest<typeof expectProblemOf>;
  readonly listen: Rest<typeof listenTo>;
  readonly endVisit: (visit: string) => Promise<Answer>;
}

/** The small plan's hub; nothing is undone there, so that messages go out at once. The caller ends `rig`. */
export async function startApiRig(): Promise<ApiRig> {
  const rig = await startHubRig({ ...smallPlan(), policy: { undoMs: 0 } });
  const kiosk = rig.made?.terminals[0]?.token ?? '';
  return {
    rig,
    manager: await rig.signIn('manager'),
    kiosk,
    courierCode: rig.made?.couriers[0]?.code ?? '',
    expectProblem: (...asked) => expectProblemOf(rig, ...asked),
    listen: (...asked) => listenTo(rig, ...asked),
    endVisit: (visit) => rig.ask(`/api/v1/visits/${visit}/end`, { token: kiosk, body: {} }),
  };
}

/** Checks that an answer is problem details with this code, and shows nothing of the hub's inside. */
async function expectProblemOf(rig: HubRig, path: string, options: AskOptions, status: number, code: string) {
  const answer = await rig.ask(path, options);
  expect([answer.status, answer.json?.code]).toEqual([status, code]);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(Problem.parse(answer.json).detail.length).toBeGreaterThan(5);
  expect(answer.text).not.toMatch(/node_modules|\.ts:|at .*\(|select |Error:/);
  return answer.json;
}

async function listenTo(
  rig: HubRig,
  token: string,
  headers: Record<string, string> = {},
  path = '/api/v1/stream',
) {
  const stop = new AbortController();
  const response = await fetch(rig.httpUrl + path, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: stop.signal,
  });
  const events: string[] = [];
  const reading = (async () => {
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += new TextDecoder().decode(chunk);
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      events.push(...parts);
    }
  })().catch(() => {
    // The test hung up.
  });
  return {
    next: (wanted: (event: string) => boolean) => waitFor(() => events.find(wanted), DEADLINE_MS, 'an event'),
    /** Waits for the hub to end the stream; all that it told. */
    over: async () => {
      await reading;
      return events;
    },
    end: () => {
      stop.abort();
      return reading;
    },
  };
}
