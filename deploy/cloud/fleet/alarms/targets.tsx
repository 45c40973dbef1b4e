import { AskFirst, type Question } from '@lockerhub/hub/web/frame/ask-first.tsx';
import { failureWords } from '@lockerhub/hub/web/frame/failure.ts';
import { useReader } from '@lockerhub/hub/web/frame/reader.tsx';
import { useSay } from '@lockerhub/hub/web/frame/said.tsx';
import { Secret } from '@lockerhub/hub/web/frame/secret.tsx';
import { Failed, Loading } from '@lockerhub/hub/web/frame/states.tsx';
import { type AlarmTargetView, NewAlarmTarget } from '@lockerhub/protocol/http/alarms.ts';
import { Alert, Button, Group, Paper, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import classes from '../frame/rows.module.css';
import { useAlarmTargets, useMembership } from '../link/queries.ts';
import { addAlarmTarget, changeAlarmTarget } from '../link/requests.ts';
import { useFleetWords } from '../words/words.ts';

const CHANNELS = ['mail', 'webhook'] as const;
type Channel = (typeof CHANNELS)[number];

/** Who is told of alarms outside this page. */
export function Targets() {
  const t = useFleetWords();
  const targets = useAlarmTargets();
  return (
    <Paper withBorder component="section">
      <Title order={2} size="h5" p="md">
        {t('alarm.targets')}
      </Title>
      {targets.isPending && <Loading rows={2} />}
      {targets.isError && <Failed error={targets.error} again={() => void targets.refetch()} />}
      {targets.data?.length === 0 && (
        <Text c="dimmed" px="md">
          {t('alarm.noTargets')}
        </Text>
      )}
      <ul className={classes.rows}>
        {targets.data?.map((target) => (
          <li key={target.target}>
            <Target target={target} />
          </li>
        ))}
      </ul>
      <AddTarget />
    </Paper>
  );
}

function Target({ target }: { readonly target: AlarmTargetView }) {
  const t = useFleetWords();
  const { formats } = useReader();
  const say = useSay();
  const { organisation } = useMembership();
  const [asked, setAsked] = useState<Question | null>(null);
  const trying = useMutation({
    mutationFn: () => changeAlarmTarget(organisation, target.target, 'try'),
    onSuccess: () => say(t('alarm.tried')),
  });
  const remove = () =>
    setAsked({
      title: t('alarm.removeAsk', { address: target.address }),
      consequence: t('alarm.removeWhat'),
      confirm: t('alarm.remove'),
      act: () => changeAlarmTarget(organisation, target.target, 'remove'),
      done: () => say(t('operator.done')),
    });
  return (
    <div className={classes.row}>
      <div>
        <Text fw={500} style={{ overflowWrap: 'anywhere' }}>
          {t(`alarm.${target.channel}`)}: <bdi dir="ltr">{target.address}</bdi>
        </Text>
        {target.failed !== null && (
          <Text size="sm" c="red">
            {t('alarm.failed', { why: target.failed })}
          </Text>
        )}
        {target.sentAtMs !== null && (
          <Text size="sm" c="dimmed">
            {t('alarm.lastSent', { when: formats.exact(target.sentAtMs) })}
          </Text>
        )}
      </div>
      <Group gap="xs">
        <Button size="xs" variant="default" loading={trying.isPending} onClick={() => trying.mutate()}>
          {t('alarm.try')}
        </Button>
        <Button size="xs" variant="default" onClick={remove}>
          {t('alarm.remove')}
        </Button>
      </Group>
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </div>
  );
}

function AddTarget() {
  const t = useFleetWords();
  const { organisation } = useMembership();
  const [channel, setChannel] = useState<Channel>('mail');
  const [address, setAddress] = useState('');
  const [tried, setTried] = useState(false);
  const { t: staff, formats } = useReader();
  const target = NewAlarmTarget.safeParse({ channel, address: address.trim() });
  const adding = useMutation({
    mutationFn: (what: NewAlarmTarget) => addAlarmTarget(organisation, what),
    onSuccess: () => {
      setAddress('');
      setTried(false);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (target.success) adding.mutate(target.data);
  };
  return (
    <Stack p="md" gap="sm">
      <form onSubmit={submit} noValidate>
        <Group align="flex-end" gap="sm">
          <Select
            aria-label={t('alarm.targets')}
            allowDeselect={false}
            w={130}
            value={channel}
            onChange={(chosen) => setChannel(CHANNELS.find((each) => each === chosen) ?? 'mail')}
            data={CHANNELS.map((each) => ({ value: each, label: t(`alarm.${each}`) }))}
          />
          <TextInput
            label={t('alarm.address')}
            required
            flex="1 1 220px"
            value={address}
            error={tried && !target.success ? t(`alarm.wrong.${channel}`) : undefined}
            inputWrapperOrder={['label', 'error', 'input']}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={adding.isPending}>
            {t('alarm.addTarget')}
          </Button>
        </Group>
      </form>
      {adding.data?.secret && <Secret label={t('alarm.secret')} value={adding.data.secret} />}
      {adding.isError && (
        <Alert color="red" role="alert" title={staff('act.failed')}>
          {failureWords(staff, formats, adding.error)}
        </Alert>
      )}
    </Stack>
  );
}
