import { TextInput } from '@mantine/core';
import type { Ref } from 'react';
import classes from './field.module.css';

interface FieldProps {
  readonly ref: Ref<HTMLInputElement>;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Big and spaced, for codes. */
  readonly code?: boolean;
  /** `none`: we bring the keys; `text`: a phone brings its own. */
  readonly keys?: 'none' | 'text';
  readonly disabled?: boolean;
  readonly icon?: React.ReactNode;
}

/** The one field of a screen. */
export function Field({
  ref,
  label,
  value,
  onChange,
  code = false,
  keys = 'none',
  icon,
  disabled = false,
}: FieldProps) {
  return (
    <TextInput
      ref={ref}
      classNames={{ input: code ? `${classes.input} ${classes.code}` : (classes.input ?? '') }}
      aria-label={label}
      placeholder={code ? '' : label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      inputMode={keys}
      readOnly={disabled}
      autoComplete="off"
      autoCapitalize="off"
      autoCorrect="off"
      spellCheck={false}
      maxLength={120}
      radius="lg"
      leftSection={icon}
      leftSectionWidth={icon ? 56 : 0}
      dir={code ? 'ltr' : 'auto'}
    />
  );
}
