/** What to do at a stuck door, step by step, for staff with a phone in front of it. */
import type { BankView, DoorView, WorkedCase } from '@lockerhub/protocol/http/staff.ts';
import { Alert, Anchor, Badge, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { IconArrowLeft, IconCircleCheck, IconLifebuoy } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { CaseNotes } from '../cases/case-notes.tsx';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { useBuilding, useCase, useMay, useMayWorkOn } from '../link/queries.ts';
import { reportDoor, takeCase } from '../link/requests.ts';
import { useSpeech } from '../log/use-speech.ts';
import { afterSeen, BEGINNING, guideStep } from './guide.ts';
import { StepCard } from './step-card.tsx';

export function GuidePage() {
  const { t } = useReader();
  const params = useParams({ strict: false }) as { bank: string; door: string };
  const { case: subject } = useSearch({ strict: false }) as { case?: string };
  const building = useBuilding();
  const bank = building.data?.banks.find((one) => one.bank === params.bank);
  const door = bank?.doors.find(({ number }) => number === Number(params.door));
  const place = t('door.place', {
    bank: bank?.name ?? params.bank,
    door: t('doors:door', { number: params.door }),
  });
  return (
    <Page title={t('guide.title', { place })} what={t('guide.what')}>
      <Anchor renderRoot={(root) => <Link {...root} to="/cases" />} size="sm">
        <Group gap={4} component="span">
          <IconArrowLeft size={16} aria-hidden /> {t('nav.cases')}
        </Group>
      </Anchor>
      {building.isPending && <Loading rows={2} height={120} />}
      {building.isError && !building.data && <Failed error={building.error} />}
      {building.data && !door && <Alert color="gray">{t('guide.noDoor')}</Alert>}
      {bank &&
        door &&
        (subject ? <OfCase id={subject} bank={bank} door={door} /> : <Begin bank={bank} door={door} />)}
    </Page>
  );
}

interface DoorProps {
  readonly bank: BankView;
  readonly door: DoorView;
}

/** The case about the door is found, or opened, and taken: from then on colleagues see that somebody is at it. */
function Begin({ bank, door }: DoorProps) {
  const { t } = useReader();
  const navigate = useNavigate();
  const may = useMay();
  const beginning = useMutation({
    mutationFn: () => reportDoor({ bank: bank.bank, compartment: door.number }),
    onSuccess: ({ case: id }) =>
      navigate({
        to: '/banks/$bank/doors/$door/guide',
        params: { bank: bank.bank, door: String(door.number) },
        search: { case: id },
        replace: true,
      }),
  });
  return (
    <Paper withBorder p="md">
      <Stack align="flex-start">
        <Text>{t('guide.beginWhat')}</Text>
        {beginning.isError && <Failed error={beginning.error} />}
        <Button disabled={!may('doors')} loading={beginning.isPending} onClick={() => beginning.mutate()}>
          {t('guide.begin')}
        </Button>
      </Stack>
    </Paper>
  );
}

function OfCase({ id, ...where }: DoorProps & { readonly id: string }) {
  const found = useCase(id);
  if (found.isPending) return <Loading rows={2} height={120} />;
  if (found.isError && !found.data) return <Failed error={found.error} again={() => void found.refetch()} />;
  return found.data ? <Guide key={id} subject={found.data} {...where} /> : null;
}

function Guide({ subject, bank, door }: DoorProps & { readonly subject: WorkedCase }) {
  const { t } = useReader();
  const mayWorkOn = useMayWorkOn();
  const speech = useSpeech(undefined);
  const [progress, setProgress] = useState(BEGINNING);
  const taking = useMutation({ mutationFn: () => takeCase(subject.case, null) });
  const { mutate: take } = taking;
  const isFree = subject.state === 'open' && subject.takenBy === null && mayWorkOn(subject.kind);
  const { watching } = progress;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it may have opened before the page knew that it was told to
  useEffect(() => setProgress((before) => afterSeen(before, door.door)), [door.door, watching]);
  // Whoever goes through the steps is at it. Who was faster stays who sees to it.
  useEffect(() => {
    if (isFree) take();
  }, [isFree, take]);
  if (subject.state === 'closed') return <Closed />;
  return (
    <Stack>
      <Group gap="xs">
        <Text>{t('guide.seen')}</Text>
        <Badge size="lg" variant="light" color={door.door === 'closed' ? 'pine' : 'red'}>
          {bank.online ? t(`doors:state.${door.door}`) : t('bank.offline')}
        </Badge>
        {!door.inService && (
          <Badge size="lg" variant="outline" color="gray">
            {t('door.outOfService')}
          </Badge>
        )}
      </Group>
      <StepCard
        step={guideStep(bank, door, progress)}
        progress={progress}
        onProgress={setProgress}
        subject={subject}
        bank={bank}
        door={door}
      />
      <CaseNotes subject={subject} speech={speech} />
      <Alert color="gray" variant="light" icon={<IconLifebuoy />}>
        {t('guide.safety')}
      </Alert>
    </Stack>
  );
}

function Closed() {
  const { t } = useReader();
  return (
    <Alert color="pine" icon={<IconCircleCheck />} title={t('guide.closed')} role="status">
      <Button variant="default" size="sm" component={Link} to="/cases">
        {t('nav.cases')}
      </Button>
    </Alert>
  );
}
