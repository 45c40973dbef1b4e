import type { BuildingView } from '@lockerhub/protocol/http/staff.ts';
import { Group, Stack, Text, Title } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { useBuilding } from '../link/queries.ts';
import { RecoveryNotice } from '../recovery/recovery-notice.tsx';
import { BankCard } from './bank-card.tsx';
import { DeskCard } from './desk-card.tsx';
import { DoorDrawer } from './door-drawer.tsx';
import { FirstSteps, FirstStepsAway } from './first-steps.tsx';
import { Happenings } from './happenings.tsx';
import classes from './home.module.css';
import { countDoors } from './needs.ts';
import { NeedsPanel } from './needs-panel.tsx';

/** The building as it stands now. */
export function HomePage() {
  const { t } = useReader();
  const building = useBuilding();
  return (
    <Page title={t('home.title')} wide actions={building.data && <Numbers building={building.data} />}>
      {building.isPending && <Loading rows={3} height={160} />}
      {building.isError && !building.data && (
        <Failed error={building.error} again={() => void building.refetch()} />
      )}
      {building.data && <Board building={building.data} />}
    </Page>
  );
}

function Numbers({ building }: { readonly building: BuildingView }) {
  const { t } = useReader();
  const free = building.banks.reduce((sum, bank) => sum + countDoors(bank).free, 0);
  return (
    <Group gap="md">
      <Text fw={600}>
        {building.waiting === 0 ? t('home.waitingNone') : t('home.waiting', { count: building.waiting })}
      </Text>
      {building.banks.length > 0 && <Text c="dimmed">{t('home.free', { count: free })}</Text>}
    </Group>
  );
}

function Board({ building }: { readonly building: BuildingView }) {
  const { t } = useReader();
  const navigate = useNavigate();
  const chosen = useSearch({ strict: false }) as { bank?: string; door?: number };
  const bank = building.banks.find((each) => each.bank === chosen.bank);
  const door = bank?.doors.find((each) => each.number === chosen.door);
  return (
    <div className={classes.board}>
      <Stack gap="lg">
        <NeedsPanel building={building} />
        <RecoveryNotice />
        <FirstSteps />
        {building.banks.length > 0 && (
          <section aria-label={t('home.banks')}>
            <Title order={2} size="h4" mb="xs">
              {t('home.banks')}
            </Title>
            <div className={classes.banks}>
              {building.banks.map((each) => (
                <BankCard
                  key={each.bank}
                  bank={each}
                  chosen={each === bank ? door?.number : undefined}
                  onDoor={(number) => void navigate({ to: '/', search: { bank: each.bank, door: number } })}
                />
              ))}
            </div>
          </section>
        )}
        <DeskCard />
        <FirstStepsAway />
      </Stack>
      <Happenings />
      <DoorDrawer bank={bank} door={door} onClose={() => void navigate({ to: '/', search: {} })} />
    </div>
  );
}
