import { Button } from '@mantine/core';
import { IconArrowRight, IconBackspace } from '@tabler/icons-react';
import type { PointerEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './keypad.module.css';

interface PadKeyProps {
  readonly label: string;
  readonly children?: ReactNode;
  readonly main?: boolean;
  readonly disabled?: boolean;
  /** Leads to other keys. */
  readonly layer?: boolean;
  /** A letter: a phone has it on a keyboard of its own. */
  readonly letter?: boolean;
  readonly onPress: () => void;
}

/** One key. It never takes the focus: the field keeps it. */
export function PadKey({
  label,
  children,
  main = false,
  disabled = false,
  layer,
  letter,
  onPress,
}: PadKeyProps) {
  return (
    <Button
      className={classes.key}
      variant={main ? 'filled' : 'default'}
      radius="lg"
      aria-label={label}
      disabled={disabled}
      tabIndex={-1}
      data-layer={layer}
      data-letter={letter}
      onPointerDown={(event: PointerEvent) => event.preventDefault()}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onPress}
    >
      {children ?? label}
    </Button>
  );
}

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

interface KeypadProps {
  readonly onDigit: (digit: string) => void;
  readonly onErase: () => void;
  readonly disabled?: boolean;
  /** What stands at the right of the 0. */
  readonly last: ReactNode;
}

/** Ten digits to tap, as on a telephone. */
export function Keypad({ onDigit, onErase, disabled = false, last }: KeypadProps) {
  const { t } = useTranslation('kiosk');
  const digit = (each: string) => (
    <PadKey key={each} label={each} disabled={disabled} onPress={() => onDigit(each)} />
  );
  return (
    <div className={`${classes.pad} ${classes.digits}`}>
      {DIGITS.map(digit)}
      <PadKey label={t('keys.erase')} disabled={disabled} onPress={onErase}>
        <IconBackspace size={32} />
      </PadKey>
      {digit('0')}
      {last}
    </div>
  );
}

export function GoKey({
  label,
  disabled,
  onPress,
}: Pick<PadKeyProps, 'label' | 'onPress'> & { disabled: boolean }) {
  return (
    <PadKey label={label} main disabled={disabled} onPress={onPress}>
      <IconArrowRight size={34} />
    </PadKey>
  );
}

interface LetterKeysProps {
  /** Rows of letters, separated by spaces. */
  readonly rows: string;
  readonly onLetter: (letter: string) => void;
  /** What ends the last row. */
  readonly children: ReactNode;
}

/** A keyboard to tap for those who search by name; the language says which letters. */
export function LetterKeys({ rows, onLetter, children }: LetterKeysProps) {
  const all = rows.split(' ');
  return (
    <div className={`${classes.pad} ${classes.letters}`}>
      {all.map((row, at) => (
        <div className={classes.row} key={row}>
          {[...row].map((letter) => (
            <PadKey key={letter} label={letter} letter onPress={() => onLetter(letter)}>
              {letter.toUpperCase()}
            </PadKey>
          ))}
          {at === all.length - 1 && children}
        </div>
      ))}
    </div>
  );
}
