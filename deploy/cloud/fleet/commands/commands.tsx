import { AskFirst, type Question } from '@lockerhub/hub/web/frame/ask-first.tsx';
import { useReader } from '@lockerhub/hub/web/frame/reader.tsx';
import { useSay } from '@lockerhub/hub/web/frame/said.tsx';
import { Failed, Loading } from '@lockerhub/hub/web/frame/states.tsx';
import type { CommandView } from '@lockerhub/protocol/http/cloud-commands.ts';
import type { FleetBuilding } from '@lockerhub/protocol/http/fleet.ts';
import { Alert, Badge, Button, Group, Paper, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import classes from '../frame/rows.module.css';
import { useCommands, useMay, useMe } from '../link/queries.ts';
import { decideCommand } from '../link/requests.ts';
import { useFleetWords } from '../words/words.ts';
import { AskCommand } from './ask-command.tsx';
import { useRefusal } from './refusal.ts';
import { useSecondsLeft } from './seconds-left.ts';

/** What operators asked of a building, and what became of it. */
export function Commands({ building }: { readonly building: FleetBuilding }) {
  const t = useFleetWords();
  const may = useMay();
  const [asking, setAsking] = useState(false);
  const commands = useCommands(building.building);
  const nowMs = commands.data?.nowMs ?? 0;
  return (
    <Paper withBorder component="section">
      <Group justify="space-between" p="md">
        <div>
          <Title order={2} size="h5">
            {t('command.title')}
          </Title>
          <Text size="sm" c="dimmed" maw={640}>
            {t('command.what')}
          </Text>
        </div>
        {may('support') && (
          <Button variant="default" onClick={() => setAsking(true)}>
            {t('command.ask')}
          </Button>
        )}
      </Group>
      {commands.isPending && <Loading rows={2} />}
      {commands.isError && <Failed error={commands.error} again={() => void commands.refetch()} />}
      {commands.data?.items.length === 0 && (
        <Text c="dimmed" px="md" pb="md">
          {t('command.none')}
        </Text>
      )}
      <ul className={classes.rows}>
        {commands.data?.items.map((command) => (
          <li key={command.command}>
            <Row command={command} building={building.building} nowMs={nowMs} />
          </li>
        ))}
      </ul>
      <AskCommand building={building} opened={asking} onClose={() => setAsking(false)} />
    </Paper>
  );
}

interface RowProps {
  readonly command: CommandView;
  readonly building: string;
  /** The gateway's clock when it told of this command. */
  readonly nowMs: number;
}

function Row({ command, building, nowMs }: RowProps) {
  const t = useFleetWords();
  const { argument, state, outcome, reason } = command;
  const isLive = state === 'waiting' || state === 'sent';
  const left = useSecondsLeft(isLive ? command.expiresAtMs - nowMs : 0, nowMs);
  const steps = useSteps(command, nowMs);
  const place =
    argument.kind === 'update-hub'
      ? argument.version
      : argument.kind === 'close-case'
        ? ''
        : t('building.place', { bank: argument.bank, door: argument.compartment });
  return (
    <div className={classes.row}>
      <div>
        <Text fw={500}>
          {t(`command.kinds.${argument.kind}`)} {place}
        </Text>
        <Text size="sm">{reasonOf(command)}</Text>
        <ol className={classes.steps}>
          {steps.map((step) => (
            <Text key={step} component="li" size="sm" c="dimmed">
              {step}
            </Text>
          ))}
        </ol>
        {reason && <Text size="sm">{reason}</Text>}
      </div>
      <Group gap="xs">
        <Badge variant="light" tt="none" color={outcome === 'done' ? 'pine' : isLive ? 'yellow' : 'gray'}>
          {outcome ? t(`command.outcomes.${outcome}`) : t(`command.states.${state}`)}
        </Badge>
        {isLive && left > 0 && (
          <Text size="sm" c="dimmed" role="timer">
            {t('command.left', { seconds: left })}
          </Text>
        )}
      </Group>
      {state === 'waiting' && <Decide command={command} building={building} />}
    </div>
  );
}

const reasonOf = ({ argument }: CommandView) =>
  argument.kind === 'close-case' ? argument.resolution : argument.reason;

/** Who did what about a command, and what the hub did, in order. */
function useSteps(command: CommandView, nowMs: number): string[] {
  const t = useFleetWords();
  const { formats } = useReader();
  const { operatorName, deciderName, askedAtMs, approvedAtMs, takenAtMs, endedAtMs, state } = command;
  const at = (atMs: number) => formats.moment(atMs, nowMs);
  const steps = [t('command.by', { name: operatorName, when: at(askedAtMs) })];
  if (approvedAtMs !== null) {
    steps.push(t('command.approved', { name: deciderName ?? '', when: at(approvedAtMs) }));
  }
  if (state === 'refused') steps.push(t('command.refusedBy', { name: deciderName ?? '' }));
  if (takenAtMs !== null) steps.push(t('command.taken', { when: at(takenAtMs) }));
  if (endedAtMs !== null) steps.push(t('command.ended', { when: at(endedAtMs) }));
  return steps;
}

/** By another than who asked; whoever asked may take it back. */
function Decide({ command, building }: Omit<RowProps, 'nowMs'>) {
  const t = useFleetWords();
  const say = useSay();
  const may = useMay();
  const refusal = useRefusal();
  const me = useMe().data;
  const [asked, setAsked] = useState<Question | null>(null);
  const decide = (how: 'approve' | 'refuse' | 'withdraw') =>
    decideCommand(building, command.command, how).catch((error: unknown) => {
      throw refusal(error);
    });
  const deciding = useMutation({ mutationFn: decide, onSuccess: () => say(t('command.done')) });
  if (!may('support')) return null;
  if (command.operator === me?.operator) {
    return (
      <Button
        size="xs"
        variant="default"
        loading={deciding.isPending}
        onClick={() => deciding.mutate('withdraw')}
      >
        {t('command.withdraw')}
      </Button>
    );
  }
  const { argument } = command;
  const reason = reasonOf(command);
  const question =
    argument.kind === 'update-hub'
      ? {
          title: t('command.approveUpdateAsk'),
          consequence: t('command.approveUpdateWhat', { version: argument.version, reason }),
        }
      : { title: t('command.approveAsk'), consequence: t('command.approveWhat', { reason }) };
  const approve = () =>
    setAsked({
      ...question,
      confirm: t('command.approve'),
      dangerous: true,
      act: () => decide('approve'),
      done: () => say(t('command.sent')),
    });
  return (
    <Group gap="xs">
      <Button size="xs" onClick={approve}>
        {t('command.approve')}
      </Button>
      <Button
        size="xs"
        variant="default"
        loading={deciding.isPending}
        onClick={() => deciding.mutate('refuse')}
      >
        {t('command.refuse')}
      </Button>
      {deciding.isError && <Alert color="red" role="alert" title={deciding.error.message} />}
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </Group>
  );
}
