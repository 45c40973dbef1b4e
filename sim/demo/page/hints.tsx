import { spaced } from '@lockerhub/protocol/codes/read-code.ts';
import { CloseButton } from '@mantine/core';
import { useState } from 'react';
import classes from './demo.module.css';
import type { Live } from './live.ts';

const SEEN = 'lockerhub-demo-hints-seen';

/** What to try first; gone for good once it was put away. */
export function Hints({ live }: { readonly live: Live }) {
  const [seen, setSeen] = useState(() => localStorage.getItem(SEEN) !== null);
  const { places } = live;
  if (seen || !places) return null;
  const putAway = () => {
    localStorage.setItem(SEEN, 'yes');
    setSeen(true);
  };
  return (
    <aside className={classes.hints} aria-label="What to try">
      <ol>
        <li>
          Be the courier: type <b>{spaced(places.courierCode)}</b> at the kiosk and bring a parcel, or press{' '}
          <b>A parcel</b>.
        </li>
        <li>A door swings open: click it to close it.</li>
        <li>The message arrives on the phone: type its code at the kiosk to take the parcel out.</li>
        <li>Then break something. Nothing gets lost, and no door opens twice.</li>
      </ol>
      <CloseButton aria-label="Put the hints away" onClick={putAway} />
    </aside>
  );
}
