import type { FirstStep, FirstStepsView } from '@lockerhub/protocol/http/first-steps.ts';
import { Anchor, Badge, Button, Group, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed } from '../frame/states.tsx';
import { keys } from '../link/keys.ts';
import { useFirstSteps, useMay, useMe } from '../link/queries.ts';
import { putFirstStepsAway } from '../link/requests.ts';
import { StepWays } from './step-ways.tsx';

/** What the building needs before it works; nothing once all is there, or while they are put away. */
export function FirstSteps() {
  const view = useFirstSteps();
  if (view.isError && !view.data) return <Failed error={view.error} again={() => void view.refetch()} />;
  if (!view.data || view.data.putAway || countDone(view.data) === view.data.steps.length) return null;
  return <List view={view.data} />;
}

/** The way back to steps that were put away with something open. */
export function FirstStepsAway() {
  const { t, formats } = useReader();
  const may = useMay()('first-steps');
  const view = useFirstSteps().data;
  const moving = usePutAway();
  if (!may || !view?.putAway || countDone(view) === view.steps.length) return null;
  const done = formats.count(countDone(view));
  return (
    <Anchor component="button" size="sm" onClick={() => moving.mutate(false)} ta="start">
      {t('first.back', { done, all: formats.count(view.steps.length) })}
    </Anchor>
  );
}

function countDone({ steps }: FirstStepsView): number {
  return steps.filter(({ done }) => done).length;
}

function usePutAway() {
  const { t } = useReader();
  const say = useSay();
  const client = useQueryClient();
  return useMutation({
    mutationFn: putFirstStepsAway,
    onSuccess: (view) => {
      client.setQueryData(keys.firstSteps, view);
      say(t(view.putAway ? 'first.isAway' : 'first.isBack'));
    },
  });
}

function List({ view }: { readonly view: FirstStepsView }) {
  const { t, formats } = useReader();
  const may = useMay();
  const moving = usePutAway();
  const next = view.steps.find(({ done }) => !done)?.step;
  return (
    <Paper withBorder p="lg" component="section" aria-label={t('first.title')}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Title order={2} size="h4">
          {t('first.title')}
        </Title>
        <Badge variant="light" flex="none">
          {t('first.progress', {
            done: formats.count(countDone(view)),
            all: formats.count(view.steps.length),
          })}
        </Badge>
      </Group>
      <Text c="dimmed" mb="md">
        {t('first.what')}
      </Text>
      <Stack gap="lg" component="ol" m={0} p={0} style={{ listStyle: 'none' }}>
        {view.steps.map((step, index) => (
          <Step key={step.step} view={view} {...step} number={index + 1} isNext={step.step === next} />
        ))}
      </Stack>
      {may('first-steps') && (
        <Button
          mt="lg"
          size="xs"
          variant="subtle"
          loading={moving.isPending}
          onClick={() => moving.mutate(true)}
        >
          {t('first.putAway')}
        </Button>
      )}
      {moving.isError && <Failed error={moving.error} />}
    </Paper>
  );
}

interface StepProps {
  readonly view: FirstStepsView;
  readonly step: FirstStep;
  readonly done: boolean;
  readonly roles: FirstStepsView['steps'][number]['roles'];
  readonly number: number;
  readonly isNext: boolean;
}

function Step({ view, step, done, roles, number, isNext }: StepProps) {
  const { t, formats } = useReader();
  const role = useMe(true).data?.role;
  const isMine = role !== undefined && roles.includes(role);
  return (
    <Group component="li" gap="sm" wrap="nowrap" align="flex-start">
      <ThemeIcon variant={done ? 'filled' : 'light'} radius="xl" aria-hidden>
        {done ? <IconCheck size={16} /> : <Text size="sm">{formats.count(number)}</Text>}
      </ThemeIcon>
      <Stack gap={6} flex={1} miw={0}>
        <Group gap="xs">
          <Text fw={600}>{t(`first.${step}`)}</Text>
          {done && <Badge variant="light">{t('first.done')}</Badge>}
        </Group>
        <Found step={step} view={view} />
        {!done && (
          <>
            <Text size="sm" c="dimmed">
              {t(`first.${step}What`)}
            </Text>
            {!isMine && (
              <Text size="sm">
                {t('first.who', { roles: formats.list(roles.map((each) => t(`account.role.${each}`))) })}
              </Text>
            )}
            <StepWays step={step} facts={view.facts} isMine={isMine} isNext={isNext} />
          </>
        )}
      </Stack>
    </Group>
  );
}

/** What of it is there already. */
function Found({ step, view: { facts } }: { readonly step: FirstStep; readonly view: FirstStepsView }) {
  const { t, formats } = useReader();
  const text = foundText();
  return text === null ? null : <Text size="sm">{text}</Text>;

  function foundText(): string | null {
    const { residents, units, banks, couriers, channels } = facts;
    switch (step) {
      case 'residents':
        if (residents === 0) return null;
        return `${t('people.residentsCount', { count: residents })} · ${t('people.unitsCount', { count: units })}`;
      case 'banks': {
        const silent = banks.filter(({ answered }) => !answered).map(({ name }) => name);
        if (silent.length > 0) return t('first.silent', { banks: formats.list(silent) });
        return banks.length === 0 ? null : formats.list(banks.map(({ name }) => name));
      }
      case 'layout': {
        const untried = banks.filter((bank) => bank.untried > 0);
        if (untried.length === 0) return null;
        return formats.list(
          untried.map(({ name, untried: count }) => `${name}: ${t('first.untried', { count })}`),
        );
      }
      case 'couriers':
        return couriers === 0 ? null : t('first.couriersCount', { count: couriers });
      case 'messages':
        if (channels.length === 0) return null;
        return formats.list(channels.map((channel) => t(`channels.name.${channel}`)));
      case 'parcel':
        return null;
    }
  }
}
