import { Badge, Button, Group, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useReader } from '../frame/reader.tsx';
import { useBuilding, useCouriers, useResidents, useTerminals } from '../link/queries.ts';
import { FIRST_STEPS, type FirstStep, firstSteps } from './needs.ts';

const WHERE: Record<FirstStep, '/banks' | '/people' | '/terminals'> = {
  bank: '/banks',
  resident: '/people',
  courier: '/people',
  terminal: '/terminals',
};

/** What an empty building needs before its first parcel; nothing once all is there. */
export function FirstSteps() {
  const { t } = useReader();
  const steps = firstSteps({
    banks: useBuilding().data?.banks.length,
    residents: useResidents().data?.length,
    couriers: useCouriers().data?.length,
    terminals: useTerminals().data?.length,
  });
  if (!steps || [...steps.values()].every(Boolean)) return null;
  const next = FIRST_STEPS.find((step) => !steps.get(step));
  return (
    <Paper withBorder p="lg">
      <Title order={2} size="h4">
        {t('first.title')}
      </Title>
      <Text c="dimmed" mb="md">
        {t('first.what')}
      </Text>
      <Stack gap="sm" component="ol" m={0} p={0}>
        {FIRST_STEPS.map((step, index) => {
          const done = steps.get(step) === true;
          return (
            <Group key={step} component="li" justify="space-between" wrap="nowrap">
              <Group gap="sm" wrap="nowrap">
                <ThemeIcon variant={done ? 'filled' : 'light'} radius="xl" aria-hidden>
                  {done ? <IconCheck size={16} /> : <Text size="sm">{index + 1}</Text>}
                </ThemeIcon>
                <div>
                  <Text fw={600}>{t(`first.${step}`)}</Text>
                  <Text size="sm" c="dimmed">
                    {t(`first.${step}What`)}
                  </Text>
                </div>
              </Group>
              {done ? (
                <Badge variant="light" flex="none">
                  {t('first.done')}
                </Badge>
              ) : (
                <Button
                  component={Link}
                  to={WHERE[step]}
                  size="xs"
                  flex="none"
                  variant={step === next ? 'filled' : 'default'}
                  aria-label={t(`first.${step}`)}
                >
                  {t('first.next')}
                </Button>
              )}
            </Group>
          );
        })}
      </Stack>
    </Paper>
  );
}
