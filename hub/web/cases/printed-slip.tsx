import type { ClaimSlip } from '@lockerhub/protocol/http/claims.ts';
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { useRef } from 'react';
import { useReader } from '../frame/reader.tsx';
import classes from './printed-slip.module.css';

interface PrintedSlipProps {
  readonly slip: ClaimSlip;
  readonly onClose: () => void;
}

/** The paper as it will be, in the building's language, and the way to the printer. It is shown this once. */
export function PrintedSlip({ slip, onClose }: PrintedSlipProps) {
  const { t } = useReader();
  const paper = useRef<HTMLIFrameElement>(null);
  const { unitName, code, page } = slip;
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      size="lg"
      closeOnClickOutside={false}
      title={t('claim.slipFor', { unit: unitName })}
      closeButtonProps={{ 'aria-label': t('act.close') }}
    >
      <Stack>
        <Text size="sm">{t(code === null ? 'claim.slipToDesk' : 'claim.slipByCode')}</Text>
        <iframe
          ref={paper}
          className={classes.paper}
          title={t('claim.slipFor', { unit: unitName })}
          srcDoc={page}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('act.close')}
          </Button>
          <Button
            data-autofocus
            leftSection={<IconPrinter size={18} aria-hidden />}
            onClick={() => paper.current?.contentWindow?.print()}
          >
            {t('commissioning.print')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
