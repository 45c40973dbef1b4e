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
  /** It holds for good: who looks on reads dots. */
  readonly secret?: boolean;
  /** `none`: we bring the keys; `text`, `numeric`: a phone brings its own. */
  readonly keys?: 'none' | 'text' | 'numeric';
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
  secret = false,
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
      type={secret ? 'password' : 'text'}
      inputMode={keys}
      readOnly={disabled}
      autoComplete={secret ? 'one-time-code' : 'off'}
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
