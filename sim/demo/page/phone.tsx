import { SegmentedControl } from '@mantine/core';
import { useEffect, useState } from 'react';
import classes from './demo.module.css';
import type { Live } from './live.ts';
import { Mails } from './mails.tsx';
import { Texts } from './texts.tsx';

type Inbox = 'mails' | 'texts';

interface PhoneProps {
  readonly live: Live;
  readonly onSaid: (words: string | null) => void;
}

/** A resident's phone: always that of whoever the message is for. What arrives is looked at. */
export function Phone({ live, onSaid }: PhoneProps) {
  const { mails = [], texts = [] } = live;
  const [inbox, setInbox] = useState<Inbox>('mails');
  const mailAtMs = mails.at(-1)?.atMs ?? 0;
  const textAtMs = texts.at(-1)?.atMs ?? 0;
  useEffect(() => setInbox(textAtMs > mailAtMs ? 'texts' : 'mails'), [mailAtMs, textAtMs]);
  return (
    <section className={classes.phoneArea} aria-label="A resident's phone">
      <div className={classes.phone}>
        <SegmentedControl
          size="xs"
          fullWidth
          value={inbox}
          onChange={(value) => setInbox(value as Inbox)}
          data={[
            { value: 'mails', label: 'Mail' },
            { value: 'texts', label: 'Text messages' },
          ]}
          aria-label="Which messages"
        />
        {inbox === 'mails' ? <Mails live={live} /> : <Texts texts={texts} onSaid={onSaid} />}
      </div>
    </section>
  );
}
