import type { Side } from '../state.ts';
import classes from './demo.module.css';
import type { Live } from './live.ts';

const NAMES = { hub: 'Hub', cloud: 'Cloud', old: 'Old box' } as const;
/** Enough of a hash to see that two are the same. */
const HASH_CHARACTERS = 8;

const ROWS: readonly { readonly words: string; readonly of: (side: Side) => string | number }[] = [
  { words: 'epoch', of: ({ epoch }) => epoch },
  { words: 'entries', of: ({ entries }) => entries },
  { words: 'newest entry', of: ({ head }) => head.slice(0, HASH_CHARACTERS) },
  { words: 'people', of: ({ people }) => people },
  { words: 'not in the cloud yet', of: ({ who, waiting }) => (who === 'cloud' ? '–' : waiting) },
  { words: 'says of the cloud', of: ({ state }) => state ?? '–' },
];

/** What each side of the internet holds, and what is done while the hub's box is swapped. */
export function Sides({ live }: { readonly live: Live }) {
  const { cloud, swap } = live;
  if (!cloud) return null;
  return (
    <section className={classes.sides} aria-label="What each side holds">
      <table>
        <thead>
          <tr>
            <td />
            {cloud.sides.map(({ who }) => (
              <th key={who} scope="col">
                {who === 'old' && swap?.oldPort ? (
                  <a
                    href={`${location.protocol}//${location.hostname}:${swap.oldPort}/`}
                    target="_blank"
                    rel="noreferrer"
                  >
                    {NAMES[who]}
                  </a>
                ) : (
                  NAMES[who]
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ROWS.map(({ words, of }) => (
            <tr key={words}>
              <th scope="row">{words}</th>
              {cloud.sides.map((side) => (
                <td key={side.who}>{of(side)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {swap && swap.steps.length > 0 && (
        <ol className={classes.steps} aria-label="The box is swapped" aria-live="polite">
          {swap.steps.map((words, index) => (
            <li key={words} data-now={swap.isUnderWay && index === swap.steps.length - 1}>
              {words}
            </li>
          ))}
          {swap.tookMs !== null && (
            <li className={classes.took}>Done in {(swap.tookMs / 1000).toFixed(0)} s</li>
          )}
        </ol>
      )}
    </section>
  );
}
