import type { CaseView } from '@lockerhub/protocol/http/staff.ts';
import { Alert, Button, Group, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconMoodSmile, IconTool } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { Page } from '../frame/page.tsx';
import { useHubNow, useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed, ListEnd, Loading, Nothing } from '../frame/states.tsx';
import { useBuilding, useCases, useMay } from '../link/queries.ts';
import { closeCase } from '../link/requests.ts';
import { createNames } from '../log/names.ts';
import { doorName } from '../log/speech.ts';

type State = CaseView['state'];

/** What needs, or needed, a person. */
export function CasesPage() {
  const { t } = useReader();
  const navigate = useNavigate();
  const { state = 'open' } = useSearch({ strict: false }) as { state?: State };
  const list = useCases(state);
  return (
    <Page
      title={t('case.title')}
      actions={
        <SegmentedControl
          aria-label={t('delivery.filter')}
          value={state}
          onChange={(chosen) => void navigate({ to: '/cases', search: { state: chosen as State } })}
          data={[
            { value: 'open', label: t('case.open') },
            { value: 'closed', label: t('case.closed') },
          ]}
        />
      }
    >
      {list.isPending && <Loading rows={3} height={150} />}
      {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
      {list.rows?.length === 0 &&
        (state === 'open' ? (
          <Nothing icon={<IconMoodSmile />} title={t('case.none')} what={t('case.noneWhat')} />
        ) : (
          <Nothing icon={<IconCircleCheck />} title={t('case.noneClosed')} />
        ))}
      <Stack gap="md" component="ul" m={0} p={0}>
        {list.rows?.map((each) => (
          <Case key={each.case} subject={each} />
        ))}
      </Stack>
      <ListEnd list={list} />
    </Page>
  );
}

function Case({ subject }: { readonly subject: CaseView }) {
  const { t, formats } = useReader();
  const nowMs = useHubNow();
  const isOpen = subject.state === 'open';
  const at = isOpen ? subject.openedAt : (subject.closedAt ?? subject.openedAt);
  return (
    <Paper withBorder p="md" component="li" style={{ listStyle: 'none' }}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        {isOpen ? <IconAlertTriangle aria-hidden /> : <IconCircleCheck aria-hidden />}
        <Stack gap="xs" flex={1} miw={0}>
          <div>
            <Title order={2} size="h5">
              {t(`case.kind.${subject.kind}.title`)}
            </Title>
            <Text size="sm" c="dimmed">
              <CasePlace subject={subject} />
              <time dateTime={new Date(at).toISOString()} title={formats.exact(at)}>
                {isOpen
                  ? t('case.opened', { when: formats.ago(at, nowMs) })
                  : t('case.closedAt', { when: formats.moment(at, nowMs) })}
              </time>
            </Text>
          </div>
          <Text>{t(`case.kind.${subject.kind}.what`)}</Text>
          {subject.detail && <Text c="dimmed">{subject.detail}</Text>}
          {isOpen ? (
            <Alert variant="light" color="blue" icon={<IconTool />} title={t('case.whatToDo')}>
              {t(`case.kind.${subject.kind}.todo`)}
            </Alert>
          ) : (
            <Text>
              <b>{t('case.resolution')}:</b> {subject.resolution}
            </Text>
          )}
          <CaseActs subject={subject} />
        </Stack>
      </Group>
    </Paper>
  );
}

function CasePlace({ subject: { bank, compartment } }: { readonly subject: CaseView }) {
  const { t } = useReader();
  const names = createNames({ building: useBuilding().data });
  if (bank === null) return null;
  const place = compartment === null ? (names.bank(bank) ?? bank) : doorName({ t, names }, bank, compartment);
  return <>{place} · </>;
}

function CaseActs({ subject }: { readonly subject: CaseView }) {
  const { t } = useReader();
  const say = useSay();
  const may = useMay();
  const [asked, setAsked] = useState<Question | null>(null);
  const { bank, compartment, delivery } = subject;
  const ask = () =>
    setAsked({
      title: t('case.closeAsk'),
      consequence: t('case.closeWhat'),
      confirm: t('case.close'),
      field: {
        label: t('case.resolution'),
        hint: t('case.resolutionHint'),
        minLength: 1,
        maxLength: 500,
        tooShort: t('rule.required'),
      },
      act: (resolution) => closeCase(subject.case, resolution),
      done: () => say(t('case.closeDone')),
    });
  return (
    <Group gap="sm">
      {bank !== null && compartment !== null && (
        <Button
          variant="default"
          size="xs"
          renderRoot={(root) => <Link {...root} to="/" search={{ bank, door: compartment }} />}
        >
          {t('case.toDoor')}
        </Button>
      )}
      {delivery !== null && (
        <Button
          variant="default"
          size="xs"
          renderRoot={(root) => <Link {...root} to="/deliveries/$delivery" params={{ delivery }} />}
        >
          {t('case.toDelivery')}
        </Button>
      )}
      {subject.state === 'open' && may('close-cases') && (
        <Button size="xs" onClick={ask}>
          {t('case.close')}
        </Button>
      )}
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </Group>
  );
}
