import { Button, Code, CopyButton, Group, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useReader } from './reader.tsx';

interface SecretProps {
  readonly label: string;
  readonly value: string;
  readonly big?: boolean;
}

/** Something that is shown once: large enough to be typed off, with a way to copy it. */
export function Secret({ label, value, big = false }: SecretProps) {
  const { t } = useReader();
  // Browsers copy only on HTTPS or localhost; elsewhere the value is there to be selected.
  const canCopy = window.isSecureContext;
  return (
    <div>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      {/* A code that is read off stays in one line on a phone: there the button goes below. */}
      <Group gap="sm" wrap={big ? 'wrap' : 'nowrap'}>
        <Code dir="ltr" fz={big ? 32 : 'md'} px="md" py={big ? 'xs' : 4} style={{ overflowWrap: 'anywhere' }}>
          {value}
        </Code>
        {canCopy && (
          <CopyButton value={value}>
            {({ copied, copy }) => (
              <Button
                variant="default"
                size="xs"
                flex="none"
                leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
                onClick={copy}
                aria-label={`${t('act.copy')}: ${label}`}
              >
                {copied ? t('act.copied') : t('act.copy')}
              </Button>
            )}
          </CopyButton>
        )}
      </Group>
    </div>
  );
}
