/** The walk: records and doors compared, place after place, by staff with a phone. */
import type { ReconciliationView } from '@lockerhub/protocol/http/reconciliation.ts';
import type { BankView } from '@lockerhub/protocol/http/staff.ts';
import { Alert, Anchor, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconArrowLeft, IconWalk } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { BankPicture } from '../commissioning/bank-picture.tsx';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { useBuilding, useMay, useMe, useReconciliation } from '../link/queries.ts';
import { AtDoor } from './at-door.tsx';
import { EndWalk } from './end-walk.tsx';
import { nextDoor } from './next-door.ts';
import { useAct } from './use-act.ts';

export function ReconciliationPage() {
  const { t } = useReader();
  const { bank: id } = useParams({ strict: false }) as { bank: string };
  const bank = useBuilding().data?.banks.find((one) => one.bank === id);
  const view = useReconciliation(id);
  return (
    <Page title={t('reconcile.title', { bank: bank?.name ?? id })} what={t('reconcile.what')}>
      <Anchor renderRoot={(root) => <Link {...root} to="/" />} size="sm">
        <Group gap={4} component="span">
          <IconArrowLeft size={16} aria-hidden /> {t('nav.home')}
        </Group>
      </Anchor>
      {view.isPending && <Loading rows={2} height={140} />}
      {view.isError && !view.data && <Failed error={view.error} again={() => void view.refetch()} />}
      {view.data && bank && <Walk bank={bank} view={view.data} />}
    </Page>
  );
}

interface WalkProps {
  readonly bank: BankView;
  readonly view: ReconciliationView;
}

function Walk({ bank, view }: WalkProps) {
  const may = useMay();
  const { t } = useReader();
  if (!may('close-cases')) return <Alert color="gray">{t('reconcile.mayNot')}</Alert>;
  return view.walk ? <Doors bank={bank} walk={view.walk} /> : <Start bank={bank} last={view.last} />;
}

function Start({ bank, last }: { readonly bank: BankView; readonly last: ReconciliationView['last'] }) {
  const { t, formats } = useReader();
  const nowMs = useHubNow();
  const act = useAct(bank.bank);
  return (
    <Paper withBorder p="md">
      <Stack align="flex-start">
        <Text>{t('reconcile.how')}</Text>
        <Text c="dimmed">
          {last
            ? t('reconcile.last', {
                when: formats.moment(last.at, nowMs),
                right: last.asRecorded,
                differs: last.differs,
                unopened: last.noOpening,
                skipped: last.skipped,
              })
            : t('reconcile.never')}
        </Text>
        {act.isError && <Failed error={act.error} />}
        <Button
          leftSection={<IconWalk size={18} aria-hidden />}
          loading={act.isPending}
          onClick={() => act.mutate({ act: 'start' })}
        >
          {t('reconcile.start')}
        </Button>
      </Stack>
    </Paper>
  );
}

type WalkNow = NonNullable<ReconciliationView['walk']>;

function Doors({ bank, walk }: { readonly bank: BankView; readonly walk: WalkNow }) {
  const { t } = useReader();
  const me = useMe(true).data?.staff ?? '';
  const [chosen, setChosen] = useState<number | null>(null);
  const here = nextDoor(walk, me, chosen);
  const door = bank.doors.find(({ number }) => number === here);
  const told = walk.doors.filter(({ finding }) => finding !== null).length;
  const left = walk.doors.filter(({ finding }) => finding === null).map(({ compartment }) => compartment);
  const others = walk.at.filter(({ staff }) => staff !== me).map(({ compartment }) => compartment);
  return (
    <Stack>
      <Text role="status" fw={600}>
        {t('reconcile.progress', { told, all: walk.doors.length })}
      </Text>
      {others.length > 0 && (
        <Text c="dimmed">{t('reconcile.others', { doors: others.join(', '), count: others.length })}</Text>
      )}
      {door && <AtDoor key={door.number} bank={bank} door={door} onTold={() => setChosen(null)} />}
      {door && (
        <section aria-label={t('reconcile.choose')}>
          <Title order={2} size="h6">
            {t('reconcile.choose')}
          </Title>
          <BankPicture
            bank={bank}
            use={[door.number]}
            onDoor={(number) => left.includes(number) && setChosen(number)}
          />
        </section>
      )}
      <EndWalk bank={bank} walk={walk} />
    </Stack>
  );
}
