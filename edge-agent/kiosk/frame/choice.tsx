import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './frame.module.css';

interface ChoiceProps {
  readonly children: ReactNode;
  readonly onChoose: () => void;
  /** `main`: what most people want here, also by Enter. `back`: one step back, also by Escape. */
  readonly as?: 'main' | 'other' | 'back' | 'quiet';
  readonly small?: boolean;
  readonly disabled?: boolean;
  readonly icon?: ReactNode;
}

const VARIANT = { main: 'filled', other: 'default', back: 'subtle', quiet: 'subtle' } as const;

/** A button that one hits with a thumb and a parcel under the arm: 64 px and more. Also a digit on a keyboard. */
export function Choice({
  children,
  onChoose,
  as = 'other',
  small = false,
  disabled = false,
  icon,
}: ChoiceProps) {
  return (
    <Button
      className={small ? `${classes.choice} ${classes.choiceSmall}` : classes.choice}
      variant={VARIANT[as]}
      color={as === 'back' || as === 'quiet' ? 'gray' : 'pine'}
      radius="lg"
      disabled={disabled}
      leftSection={icon}
      onClick={onChoose}
      data-choice={as}
    >
      {children}
    </Button>
  );
}
