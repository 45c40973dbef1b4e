/** What an action did, said once in a corner and to screen readers. */

import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { Notification, Portal, Stack } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';
import classes from './frame.module.css';
import { useReader } from './reader.tsx';

/** Long enough to read a sentence twice. */
const SAID_FOR_MS = 7_000;
/** More at once would cover the page; older ones leave. */
const SAID_AT_ONCE = 3;

interface Saying {
  readonly id: number;
  readonly text: string;
}

const SaidContext = createContext<(text: string) => void>(() => {});

/** Says what an action did. */
export const useSay = () => useContext(SaidContext);

export function Said({ children }: { readonly children: ReactNode }) {
  const { t } = useReader();
  const [sayings, setSayings] = useState<readonly Saying[]>([]);
  const next = useRef(0);
  const forget = useCallback((id: number) => setSayings((all) => all.filter((each) => each.id !== id)), []);
  const say = useCallback(
    (text: string) => {
      next.current += 1;
      const id = next.current;
      setSayings((all) => [...all, { id, text }].slice(-SAID_AT_ONCE));
      systemClock.after(SAID_FOR_MS, () => forget(id));
    },
    [forget],
  );
  return (
    <SaidContext value={say}>
      {children}
      <Portal>
        <Stack className={classes.said} gap="xs" role="status" aria-live="polite">
          {sayings.map(({ id, text }) => (
            <Notification
              key={id}
              icon={<IconCheck size={18} />}
              color="pine"
              withBorder
              onClose={() => forget(id)}
              closeButtonProps={{ 'aria-label': t('act.close') }}
            >
              {text}
            </Notification>
          ))}
        </Stack>
      </Portal>
    </SaidContext>
  );
}
