/** The way to do each of the first steps: a link that leads right there, and the test message at once. */
import type { FirstStep, SetUpFacts } from '@lockerhub/protocol/http/first-steps.ts';
import { Button, Group, Stack, Text } from '@mantine/core';
import { IconCheck, IconCircle } from '@tabler/icons-react';
import { Link, type LinkProps } from '@tanstack/react-router';
import { SendTest } from '../channels/send-test.tsx';
import { useReader } from '../frame/reader.tsx';

interface StepWaysProps {
  readonly step: FirstStep;
  readonly facts: SetUpFacts;
  /** Whether whoever reads may do it. */
  readonly isMine: boolean;
  readonly isNext: boolean;
}

export function StepWays({ step, facts, isMine, isNext }: StepWaysProps) {
  const { t } = useReader();
  const { banks, channels } = facts;
  if (step === 'parcel') return <ParcelWays facts={facts} isMine={isMine} isNext={isNext} />;
  if (!isMine) return null;
  switch (step) {
    case 'residents':
      return <Way to="/people" text={t('first.go.residents')} isNext={isNext} />;
    case 'banks':
      return <Way to="/banks" text={t('first.go.banks')} isNext={isNext} />;
    case 'layout': {
      const bank = banks.find(({ untried }) => untried > 0);
      if (!bank) return <Text size="sm">{t('first.after.banks')}</Text>;
      const params = { bank: bank.bank };
      return (
        <Group gap="sm">
          <Way
            to="/banks/$bank/commissioning"
            params={params}
            text={t('first.go.walk', { bank: bank.name })}
            isNext={isNext}
          />
          <Way to="/banks/$bank/layout" params={params} text={t('first.go.layout', { bank: bank.name })} />
        </Group>
      );
    }
    case 'couriers':
      return <Way to="/people" search={{ tab: 'couriers' }} text={t('first.go.couriers')} isNext={isNext} />;
    case 'messages': {
      const [channel] = channels;
      if (!channel) return <Way to="/channels" text={t('first.go.channels')} isNext={isNext} />;
      return (
        <Group>
          <SendTest channel={channel} name={t(`channels.name.${channel}`)} />
        </Group>
      );
    }
  }
}

interface WayProps extends Pick<LinkProps, 'to' | 'params' | 'search'> {
  readonly text: string;
  readonly isNext?: boolean;
}

function Way({ text, isNext = false, ...link }: WayProps) {
  return (
    <Button
      size="xs"
      variant={isNext ? 'filled' : 'default'}
      style={{ alignSelf: 'flex-start' }}
      renderRoot={(root) => <Link {...root} {...link} />}
    >
      {text}
    </Button>
  );
}

/** A parcel's whole way, each part seen by the hub itself. */
function ParcelWays({ facts, isMine, isNext }: Omit<StepWaysProps, 'step'>) {
  const { t } = useReader();
  const { terminals, brought, collected } = facts;
  const parts = [
    ['screen', terminals > 0],
    ['brought', brought],
    ['collected', collected],
  ] as const;
  return (
    <Stack gap={6}>
      {parts.map(([part, done]) => (
        <Group key={part} gap="xs" wrap="nowrap" align="flex-start">
          {done ? <IconCheck size={18} aria-hidden /> : <IconCircle size={18} aria-hidden />}
          <Text size="sm" flex={1}>
            {t(`first.part.${part}`)}
            {done && ` (${t('first.done')})`}
          </Text>
        </Group>
      ))}
      {terminals === 0 && isMine && <Way to="/terminals" text={t('first.go.terminals')} isNext={isNext} />}
    </Stack>
  );
}
