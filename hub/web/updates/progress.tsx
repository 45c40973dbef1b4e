import type { UpdatesView } from '@lockerhub/protocol/http/updates.ts';
import { Alert, List, Loader, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useReader } from '../frame/reader.tsx';
import { CallOff } from './call-off.tsx';

const STEPS = ['fetching', 'preparing', 'holding', 'copying', 'trying', 'keeping'] as const;

interface ProgressProps {
  readonly view: UpdatesView;
  /** The hub does not answer just now. */
  readonly isAway: boolean;
  readonly mayCallOff: boolean;
}

/** How far an update is. While the hub is away the last that was heard stays. */
export function Progress({ view, isAway, mayCallOff }: ProgressProps) {
  const { t, formats } = useReader();
  const isFetched = view.wanted?.isFetched === true;
  const now = view.running?.phase ?? (isFetched ? 'fetching' : 'preparing');
  // A release that a manager brought never was fetched.
  const steps = STEPS.filter((step) => step !== 'fetching' || isFetched);
  const { received = 0, bytes = 0 } = view.file ?? {};
  return (
    <Alert title={t('updates.running')} role="status" icon={<Loader size="sm" />}>
      <List spacing="xs" listStyleType="none">
        {steps.map((step) => (
          <List.Item
            key={step}
            icon={STEPS.indexOf(step) < STEPS.indexOf(now) ? <IconCheck size={16} /> : <span>•</span>}
          >
            <Text
              size="sm"
              fw={step === now ? 650 : 400}
              {...(step === now ? { 'aria-current': 'step' as const } : {})}
            >
              {step === 'fetching'
                ? t('updates.step.fetching', {
                    received: formats.bytes(received),
                    bytes: formats.bytes(bytes),
                  })
                : t(`updates.step.${step}`)}
            </Text>
          </List.Item>
        ))}
      </List>
      <Text size="sm" mt="sm">
        {t(isAway ? 'updates.away' : 'updates.stay')}
      </Text>
      {isFetched && mayCallOff && <CallOff />}
    </Alert>
  );
}
