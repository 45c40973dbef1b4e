import { Button, Group, Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useReader } from './reader.tsx';

interface ShownOnceProps {
  readonly title: string;
  /** What is shown, and what it is for. */
  readonly children: ReactNode;
  /** How the one way out is called; absent: "Close". */
  readonly kept?: string;
  /** What else can be done with it: a button. */
  readonly more?: ReactNode;
  readonly onClose: () => void;
}

/** Something that is shown this once: a click beside it does not take it away. */
export function ShownOnce({ title, children, kept, more, onClose }: ShownOnceProps) {
  const { t } = useReader();
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      closeOnClickOutside={false}
      title={title}
      closeButtonProps={{ 'aria-label': t('act.close') }}
    >
      <Stack>
        {children}
        <Group justify="flex-end">
          {more}
          <Button onClick={onClose} data-autofocus>
            {kept ?? t('act.close')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
