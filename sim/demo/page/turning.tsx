import { ActionIcon } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import classes from './demo.module.css';

interface TurningProps {
  /** What is turned over: "mail". */
  readonly what: string;
  /** Which one is shown, from 0; negative: none. */
  readonly at: number;
  readonly of: number;
  readonly onTurn: (to: number) => void;
}

/** To older ones and back. */
export function Turning({ what, at, of, onTurn }: TurningProps) {
  return (
    <nav className={classes.mails} aria-label={`Each ${what}`}>
      <ActionIcon
        variant="subtle"
        aria-label={`Older ${what}`}
        disabled={at <= 0}
        onClick={() => onTurn(at - 1)}
      >
        <IconChevronLeft />
      </ActionIcon>
      <span>{at >= 0 ? `${at + 1} of ${of}` : ''}</span>
      <ActionIcon
        variant="subtle"
        aria-label={`Newer ${what}`}
        disabled={at < 0 || at === of - 1}
        onClick={() => onTurn(at + 1)}
      >
        <IconChevronRight />
      </ActionIcon>
    </nav>
  );
}
