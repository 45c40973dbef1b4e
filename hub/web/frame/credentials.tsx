/** The fields by which somebody says who they are. */
import { PasswordInput, type PasswordInputProps, TextInput, type TextInputProps } from '@mantine/core';

/** @param onChange is told what is written */
interface Field {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function LoginField({ value, onChange, ...more }: Field & Omit<TextInputProps, keyof Field>) {
  return (
    <TextInput
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      required
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...more}
    />
  );
}

type PasswordFieldProps = Field & { readonly fresh?: boolean } & Omit<PasswordInputProps, keyof Field>;

/** @param fresh it is chosen now: browsers offer to make one up */
export function PasswordField({ value, onChange, fresh = false, ...more }: PasswordFieldProps) {
  return (
    <PasswordInput
      autoComplete={fresh ? 'new-password' : 'current-password'}
      required
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...more}
    />
  );
}
