import classes from './demo.module.css';
import type { Live } from './live.ts';

const PROCESS_WORDS = { up: 'running', starting: 'starting', down: 'down', stopped: 'stopped' } as const;

/** What the demo counts, and whether hub and agent run. */
export function Score({ live }: { readonly live: Live }) {
  const { score, processes } = live;
  return (
    <dl className={classes.score}>
      <Count words="acknowledged" count={score?.acknowledged} good />
      <Count words="lost" count={score?.lost} good={score?.lost === 0} />
      <Count words="opened twice" count={score?.openedTwice} good={score?.openedTwice === 0} />
      {processes &&
        (['hub', 'agent'] as const).map((name) => (
          <div key={name} className={classes.process} data-state={processes[name].state}>
            <dt>{name}</dt>
            <dd>{PROCESS_WORDS[processes[name].state]}</dd>
          </div>
        ))}
    </dl>
  );
}

function Count(props: { words: string; count: number | undefined; good: boolean }) {
  return (
    <div className={classes.count} data-good={props.good}>
      <dt>{props.words}</dt>
      <dd>{props.count ?? '–'}</dd>
    </div>
  );
}
