import { Modal, Text } from '@mantine/core';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { useBuilding } from '../link/queries.ts';
import { RecoveryKey } from './recovery-key.tsx';

interface RecoveryDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** A new recovery key, over the page. */
export function RecoveryDialog({ opened, onClose }: RecoveryDialogProps) {
  const { t } = useReader();
  const say = useSay();
  const building = useBuilding().data;
  const done = () => {
    say(t('recovery.done'));
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      centered
      size="xl"
      closeButtonProps={{ 'aria-label': t('act.close') }}
      title={
        <Text fw={650} size="lg" component="span">
          {t('recovery.title')}
        </Text>
      }
    >
      <RecoveryKey building={building?.name ?? ''} onDone={done} onLater={onClose} />
    </Modal>
  );
}
