/** The demo's state as it arrives, and the buttons' requests. */
import { useEffect, useState } from 'react';
import type { BankName } from '../bank-names.ts';
import type { Act } from '../stage.ts';
import { type DemoState, PARTS } from '../state.ts';

export type Live = Partial<DemoState> & { readonly connected: boolean };

/** The state of the demo; parts appear as they arrive. The browser reconnects by itself. */
export function useLive(): Live {
  const [live, setLive] = useState<Live>({ connected: false });
  useEffect(() => {
    const source = new EventSource('/demo/state');
    source.onopen = () => setLive((now) => ({ ...now, connected: true }));
    source.onerror = () => setLive((now) => ({ ...now, connected: false }));
    for (const part of PARTS) {
      source.addEventListener(part, ({ data }) => setLive((now) => ({ ...now, [part]: JSON.parse(data) })));
    }
    return () => source.close();
  }, []);
  return live;
}

/** Presses a button. Resolves once the act is over; throws with the words to show. */
export function play(act: Act, bank: BankName): Promise<void> {
  return post(`/demo/acts/${act}`, { bank });
}

/** A hand at a door. */
export function moveDoor(bank: string, door: number, hand: 'open' | 'close'): Promise<void> {
  return post(`/demo/banks/${bank}/doors/${door}`, { hand });
}

/** A phone's provider tells the hub what became of a text message. */
export function tellText(number: number, fate: 'delivered' | 'failed'): Promise<void> {
  return post(`/demo/texts/${number}`, { fate });
}

async function post(path: string, body: object): Promise<void> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
}
