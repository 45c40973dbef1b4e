import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { describe, expect, it } from 'vitest';
import { courier, stop } from '../screens/stage.ts';
import { TerminalError } from './terminal-error.ts';
import { type StreamListener, VisitFollower } from './visit-follower.ts';

const opening = courier([stop(8, 'opening')]);
const open = courier([stop(8, 'open')]);
const closed = courier([stop(8, 'confirm')]);

function follow() {
  const clock = new VirtualClock(0);
  const seen: string[] = [];
  const reachable: boolean[] = [];
  let gone = 0;
  let stream: StreamListener | undefined;
  let closedStreams = 0;
  const hub = { answer: async (): Promise<VisitView> => opening, asked: 0 };
  const follower = new VisitFollower({
    hub: {
      visit: () => {
        hub.asked += 1;
        return hub.answer();
      },
      streamAddress: () => '/stream',
    },
    clock,
    visit: opening,
    openStream: (_address, listener) => {
      stream = listener;
      return { close: () => (closedStreams += 1) };
    },
    onSeen: ({ view }) => seen.push(view.stops[0]?.step ?? '-'),
    onReachable: (now) => reachable.push(now),
    onGone: () => (gone += 1),
  });
  follower.start();
  if (!stream) throw new Error('no stream was opened');
  const says = stream;
  return {
    clock,
    follower,
    hub,
    says,
    seen,
    reachable,
    gone: () => gone,
    closedStreams: () => closedStreams,
  };
}

describe('following a visit', () => {
  it('shows what the stream says', () => {
    const { says, seen } = follow();
    says.onVisit(JSON.stringify(open));
    expect(seen).toEqual(['opening', 'open']);
  });

  it('does not go back to an answer that the stream has overtaken', async () => {
    const { follower, says, seen } = follow();
    let answer = (_view: VisitView) => {};
    const told = follower.tell(() => new Promise((resolve) => (answer = resolve)));
    says.onVisit(JSON.stringify(open));
    answer(opening);
    await told;
    expect(seen).toEqual(['opening', 'open']);
  });

  it('shows an answer when the stream said nothing since', async () => {
    const { follower, says, seen } = follow();
    says.onVisit(JSON.stringify(open));
    await follower.tell(async () => closed);
    expect(seen).toEqual(['opening', 'open', 'confirm']);
  });

  it('asks every second without a stream, and more seldom beside one', async () => {
    const { clock, hub, says } = follow();
    await clock.advance(5_500);
    expect(hub.asked).toBe(5);
    says.onOpen();
    await clock.advance(11_000);
    expect(hub.asked).toBeLessThanOrEqual(8);
    says.onError();
    const before = hub.asked;
    await clock.advance(3_500);
    expect(hub.asked - before).toBe(3);
  });

  it('asks when the stream says what it cannot read', async () => {
    const { clock, hub, says, seen } = follow();
    hub.answer = async () => open;
    says.onVisit('{');
    await clock.advance(1);
    expect(seen).toEqual(['opening', 'open']);
  });

  it('says that the hub is away, and that it is back, and goes on', async () => {
    const { clock, hub, seen, reachable } = follow();
    hub.answer = async () => {
      throw new TerminalError('away', 'nobody there');
    };
    await clock.advance(1_500);
    expect(reachable).toEqual([false]);
    hub.answer = async () => closed;
    await clock.advance(1_500);
    expect(reachable.at(-1)).toBe(true);
    expect(seen.at(-1)).toBe('confirm');
  });

  it('gives up a visit that the hub does not know, but none that it only failed at', async () => {
    const { clock, hub, gone } = follow();
    hub.answer = async () => {
      throw new TerminalError('internal', 'a fault');
    };
    await clock.advance(1_500);
    expect(gone()).toBe(0);
    hub.answer = async () => {
      throw new TerminalError('not-found', 'no such visit');
    };
    await clock.advance(10_000);
    expect(gone()).toBe(1);
  });

  it('leaves nothing behind when it stops', async () => {
    const { clock, follower, hub, says, seen, closedStreams } = follow();
    follower.stop();
    says.onVisit(JSON.stringify(open));
    await clock.advance(10_000);
    expect([hub.asked, closedStreams(), seen]).toEqual([0, 1, ['opening']]);
  });
});
