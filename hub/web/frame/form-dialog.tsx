import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { failureWords } from './failure.ts';
import { useReader } from './reader.tsx';

interface FormDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly what?: string;
  readonly confirm: string;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onSubmit: () => void;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** A form over the page: what it is for, its fields, what went wrong, and its two ways out. */
export function FormDialog(props: FormDialogProps) {
  const { t, formats } = useReader();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onSubmit();
  };
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      centered
      size={props.wide ? 'xl' : 'md'}
      closeButtonProps={{ 'aria-label': t('act.close') }}
      title={
        <Text fw={650} size="lg" component="span">
          {props.title}
        </Text>
      }
    >
      <form onSubmit={submit} noValidate>
        <Stack>
          {props.what && <Text c="dimmed">{props.what}</Text>}
          {props.children}
          {props.error !== null && (
            <Alert color="red" role="alert" title={t('act.failed')}>
              {failureWords(t, formats, props.error)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose}>
              {t('act.cancel')}
            </Button>
            <Button type="submit" loading={props.pending}>
              {props.confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
