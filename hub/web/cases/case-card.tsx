import type { WorkedCase } from '@lockerhub/protocol/http/staff.ts';
import { Alert, Badge, Group, Paper, Stack, Text, Title } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconTool,
  IconUserCheck,
  IconUserQuestion,
} from '@tabler/icons-react';
import { useReader } from '../frame/reader.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { useBuilding } from '../link/queries.ts';
import { createNames } from '../log/names.ts';
import { doorName, type Speech, staffName } from '../log/speech.ts';
import { useSpeech } from '../log/use-speech.ts';
import { CaseActs } from './case-acts.tsx';
import { CaseNotes } from './case-notes.tsx';
import { DeskCaseActs } from './desk-acts.tsx';

/** One case: what it is, who sees to it, what was found so far, and what to do next. */
export function CaseCard({ subject }: { readonly subject: WorkedCase }) {
  const { t, formats } = useReader();
  const nowMs = useHubNow();
  const speech = useSpeech(undefined);
  const isOpen = subject.state === 'open';
  const at = isOpen ? subject.openedAt : (subject.closedAt ?? subject.openedAt);
  const title = t(`case.kind.${subject.kind}.title`);
  return (
    <Paper withBorder p="md" component="li" style={{ listStyle: 'none' }} aria-label={title}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        {isOpen ? <IconAlertTriangle aria-hidden /> : <IconCircleCheck aria-hidden />}
        <Stack gap="xs" flex={1} miw={0}>
          <div>
            <Title order={2} size="h5">
              {title}
            </Title>
            <Text size="sm" c="dimmed">
              <CasePlace subject={subject} />
              <time dateTime={new Date(at).toISOString()} title={formats.exact(at)}>
                {isOpen
                  ? t('case.opened', { when: formats.ago(at, nowMs) })
                  : t('case.closedAt', { when: formats.moment(at, nowMs) })}
              </time>
            </Text>
            <Owner subject={subject} speech={speech} />
          </div>
          <Text>{t(`case.kind.${subject.kind}.what`)}</Text>
          {subject.detail && <Text c="dimmed">{subject.detail}</Text>}
          {isOpen && (
            <Alert variant="light" color="blue" icon={<IconTool />} title={t('case.whatToDo')}>
              {t(`case.kind.${subject.kind}.todo`)}
            </Alert>
          )}
          <CaseNotes subject={subject} speech={speech} />
          {!isOpen && (
            <Text>
              <b>{t('case.resolution')}:</b> <bdi>{subject.resolution}</bdi>
            </Text>
          )}
          <DeskCaseActs subject={subject} />
          <CaseActs subject={subject} speech={speech} />
        </Stack>
      </Group>
    </Paper>
  );
}

interface PartProps {
  readonly subject: WorkedCase;
  readonly speech: Speech;
}

function Owner({ subject: { state, takenBy }, speech }: PartProps) {
  const { t } = useReader();
  if (state === 'closed') {
    if (takenBy === null) return null;
    return (
      <Text size="sm" c="dimmed">
        {t('case.wasTakenBy', { who: staffName(speech, takenBy) })}
      </Text>
    );
  }
  const isMine = takenBy !== null && takenBy === speech.names.me;
  return (
    <Badge
      mt={6}
      size="lg"
      maw="100%"
      tt="none"
      variant={takenBy === null ? 'outline' : 'light'}
      color={takenBy === null ? 'gray' : 'pine'}
      leftSection={
        takenBy === null ? (
          <IconUserQuestion size={14} aria-hidden />
        ) : (
          <IconUserCheck size={14} aria-hidden />
        )
      }
    >
      {takenBy === null
        ? t('case.free')
        : isMine
          ? t('case.takenByMe')
          : t('case.takenBy', { who: staffName(speech, takenBy) })}
    </Badge>
  );
}

function CasePlace({ subject: { bank, compartment, delivery } }: { readonly subject: WorkedCase }) {
  const { t } = useReader();
  const building = useBuilding().data;
  const names = createNames({ building });
  if (bank === null) return null;
  // In a room one looks at the zone of the parcel.
  const held = building?.banks.flatMap(({ doors }) => doors).flatMap(({ holds }) => holds);
  const zone = held?.find((each) => each.delivery === delivery)?.zone ?? null;
  const place =
    compartment === null ? (names.bank(bank) ?? bank) : doorName({ t, names }, bank, compartment, zone);
  return <>{place} · </>;
}
