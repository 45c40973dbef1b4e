import type { StoredView } from '@lockerhub/protocol/http/privacy.ts';
import type { ResidentView } from '@lockerhub/protocol/http/staff.ts';
import { Anchor, Badge, Button, Group, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { IconArrowLeft, IconEraser, IconPrinter } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { StateBadge } from '../deliveries/state-badge.tsx';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { keys } from '../link/keys.ts';
import { useMay, useResidents, useStored } from '../link/queries.ts';
import { eraseResident, storedPageAddress } from '../link/requests.ts';
import { Delegates } from './delegates.tsx';
import { Fobs } from './fobs.tsx';
import { Home } from './home.tsx';
import classes from './people.module.css';
import { Pin } from './pin.tsx';
import { Ways } from './ways.tsx';
import { Wishes } from './wishes.tsx';

/** One resident: how they are reached, what they wish, what waits for them, and what is stored. */
export function PersonPage() {
  const { t } = useReader();
  const { resident } = useParams({ strict: false }) as { resident: string };
  const list = useResidents();
  const stored = useStored(resident);
  const person = list.data?.find((one) => one.resident === resident);
  return (
    <Page
      title={person?.name ?? t('person.one')}
      what={person && t('person.lives', { unit: person.unitName })}
      actions={person && <StoredActs person={person} />}
    >
      <Anchor renderRoot={(root) => <Link {...root} to="/people" />} size="sm">
        <Group gap={4} component="span">
          <IconArrowLeft size={16} aria-hidden /> {t('person.back')}
        </Group>
      </Anchor>
      {list.isPending && <Loading rows={3} height={90} />}
      {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
      {list.data && !person && <Text>{t('person.none')}</Text>}
      {person && (
        <>
          {person.movedOut && (
            <Badge variant="outline" size="lg">
              {t('roster.movedOut')}
            </Badge>
          )}
          <Section title={t('person.home')}>
            <Home person={person} all={list.data ?? []} />
          </Section>
          <Section title={t('reach.column')}>
            <Ways resident={person} />
          </Section>
          <Section title={t('person.wishes')}>
            <Wishes person={person} />
          </Section>
          <Section title={t('pin.title')}>
            <Pin person={person} />
          </Section>
          <Section title={t('fobs.title')}>
            <Fobs person={person} />
          </Section>
          <Section title={t('delegates.title')}>
            <Delegates person={person} />
          </Section>
          <Section title={t('person.parcels')}>
            {stored.isPending && <Loading rows={2} />}
            {stored.isError && <Failed error={stored.error} again={() => void stored.refetch()} />}
            {stored.data && <Parcels stored={stored.data} />}
          </Section>
        </>
      )}
    </Page>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Title order={2} size="h5" mb="sm">
        {title}
      </Title>
      {children}
    </Paper>
  );
}

/** A page to print and hand over, and the way to have it all gone. */
function StoredActs({ person }: { readonly person: ResidentView }) {
  const { t } = useReader();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<Question | null>(null);
  const { resident, name } = person;
  const erase = () =>
    setAsked({
      title: t('person.eraseAsk', { name }),
      consequence: t('person.eraseWhat'),
      confirm: t('person.erase'),
      dangerous: true,
      act: () => eraseResident(resident),
      done: () => {
        void client.invalidateQueries({ queryKey: keys.residents });
        say(t('person.erased', { name }));
        void navigate({ to: '/people' });
      },
    });
  return (
    <>
      <Button
        component="a"
        href={storedPageAddress(resident)}
        target="_blank"
        rel="noreferrer"
        variant="default"
        leftSection={<IconPrinter size={18} aria-hidden />}
      >
        {t('person.stored')}
      </Button>
      {may('erase') && (
        <Button
          color="red"
          variant="light"
          leftSection={<IconEraser size={18} aria-hidden />}
          onClick={erase}
        >
          {t('person.erase')}
        </Button>
      )}
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </>
  );
}

function Parcels({ stored }: { readonly stored: StoredView }) {
  const { t, formats } = useReader();
  const days = Math.round(stored.keptMs / 86_400_000);
  const goes =
    stored.goesAt === null
      ? t('person.stays', { count: days })
      : t('person.goesOn', { day: formats.exact(stored.goesAt) });
  return (
    <Stack gap="sm">
      {stored.deliveries.length === 0 && <Text c="dimmed">{t('person.noParcels')}</Text>}
      {stored.deliveries.length > 0 && (
        <div className={classes.scroll}>
          <Table verticalSpacing="xs" horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('person.arrived')}</Table.Th>
                <Table.Th>{t('delivery.column.state')}</Table.Th>
                <Table.Th visibleFrom="xs">{t('delivery.column.for')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {stored.deliveries.map(({ delivery, arrivedAt, state, isForHousehold }) => (
                <Table.Tr key={delivery}>
                  <Table.Td>
                    <Anchor
                      renderRoot={(root) => (
                        <Link {...root} to="/deliveries/$delivery" params={{ delivery }} />
                      )}
                    >
                      {formats.exact(arrivedAt)}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>
                    <StateBadge state={state} />
                  </Table.Td>
                  <Table.Td visibleFrom="xs">
                    {isForHousehold ? t('delivery.household') : stored.name}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      <Text size="sm" c="dimmed">
        {goes}
      </Text>
    </Stack>
  );
}
