import { Page } from '@lockerhub/hub/web/frame/page.tsx';
import { TimeZone, useReader } from '@lockerhub/hub/web/frame/reader.tsx';
import { Failed, Loading } from '@lockerhub/hub/web/frame/states.tsx';
import { VersionTable } from '@lockerhub/hub/web/frame/version-table.tsx';
import type { FleetBuilding } from '@lockerhub/protocol/http/fleet.ts';
import { Anchor, Badge, Paper, Text, Title } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { Commands } from '../commands/commands.tsx';
import { policyAddress } from '../frame/addresses.ts';
import classes from '../frame/rows.module.css';
import { useBuildingNow, useMay } from '../link/queries.ts';
import { Couriers } from '../people/couriers.tsx';
import { useFleetWords } from '../words/words.ts';
import { HealthChart } from './health-chart.tsx';
import { HubCode } from './hub-code.tsx';
import { LogCheck } from './log-check.tsx';
import { Needs } from './needs.tsx';
import { Cases, Deliveries } from './records.tsx';

/** One building as it stands. */
export function BuildingPage() {
  const t = useFleetWords();
  const may = useMay();
  const { building: id } = useParams({ strict: false }) as { building: string };
  const building = useBuildingNow(id);
  const { data } = building;
  return (
    <Page
      title={data?.name ?? t('fleet.title')}
      actions={
        data && (
          <Badge variant={data.online ? 'light' : 'outline'} color={data.online ? 'pine' : 'gray'} size="lg">
            {data.online ? t('fleet.online') : t('fleet.offline')}
          </Badge>
        )
      }
    >
      <Anchor renderRoot={(root) => <Link {...root} to="/" />} size="sm">
        {t('building.back')}
      </Anchor>
      {building.isPending && <Loading rows={4} height={90} />}
      {building.isError && <Failed error={building.error} again={() => void building.refetch()} />}
      {data && (
        <TimeZone value={data.timeZone}>
          <Needs needs={data.needs} />
          <Now building={data} />
          <Versions building={data} />
          <HealthChart building={id} />
          <Commands building={data} />
          <LogCheck building={data} />
          <Cases building={id} />
          <Deliveries building={id} nowMs={data.nowMs} />
          {may('support') && <Couriers building={id} />}
          <PolicyLink building={id} />
          {may('admin') && <HubCode building={data} />}
        </TimeZone>
      )}
    </Page>
  );
}

function PolicyLink({ building }: { readonly building: string }) {
  const { t: staff } = useReader();
  return (
    <Paper withBorder p="md" component="section">
      <Title order={2} size="h5">
        <Anchor renderRoot={(root) => <Link {...root} to={policyAddress(building)} />} inherit>
          {staff('policy.title')}
        </Anchor>
      </Title>
      <Text size="sm" c="dimmed">
        {staff('policy.what')}
      </Text>
    </Paper>
  );
}

/** Why what is shown may not be what is; null: its hub was heard just now. */
function missingOf({ hub, online }: FleetBuilding): 'noHub' | 'neverHeard' | 'away' | null {
  if (hub === null) return 'noHub';
  if (hub.heardAtMs === null) return 'neverHeard';
  return online ? null : 'away';
}

function Now({ building }: { readonly building: FleetBuilding }) {
  const t = useFleetWords();
  const missing = missingOf(building);
  const facts = useFacts(building);
  return (
    <Paper withBorder p="md" component="section">
      <Title order={2} size="h5" mb="sm">
        {t('building.now')}
      </Title>
      {missing && (
        <Text c="dimmed" mb="sm">
          {t(`building.${missing}`)}
        </Text>
      )}
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <Text component="dt" size="sm" c="dimmed">
              {name}
            </Text>
            <Text component="dd" m={0} fw={500} style={{ overflowWrap: 'anywhere' }}>
              <bdi>{value}</bdi>
            </Text>
          </div>
        ))}
      </dl>
    </Paper>
  );
}

/** The hub and its agents; where it tells of none, its version stands above. */
function Versions({ building: { hub, online, nowMs } }: { readonly building: FleetBuilding }) {
  const { t } = useReader();
  if (hub === null || hub.agents.length === 0) return null;
  const none = { sinceMs: null, update: null, standing: null };
  const rows = [
    { ...none, id: 'hub', machine: t('versions.hub'), isAway: !online, software: hub.software },
    ...hub.agents.map((agent) => ({
      ...agent,
      id: agent.bank,
      machine: t('versions.agent', { bank: agent.bank }),
      // Which of them are away only their hub knows.
      isAway: false,
    })),
  ];
  return <VersionTable rows={rows} nowMs={nowMs} />;
}

function useFacts({ hub, nowMs, epoch, head, waiting }: FleetBuilding): (readonly [string, string])[] {
  const t = useFleetWords();
  const { formats } = useReader();
  const ofBuilding = [
    [t('building.waiting'), formats.count(waiting)],
    [t('building.epoch'), String(epoch)],
    [t('building.head'), head.seq === 0 ? '–' : `#${head.seq} ${head.hash.slice(0, 8)}`],
  ] as const;
  if (hub === null) return [...ofBuilding];
  const enrolled = [t('building.enrolled'), formats.moment(hub.enrolledAtMs, nowMs)] as const;
  if (hub.heardAtMs === null) {
    const unknown = (['unsent', 'clock', 'disk', 'software'] as const).map(
      (name) => [t(`building.${name}`), t('building.unknown')] as const,
    );
    return [[t('building.heard'), t('fleet.never')], ...unknown, enrolled, ...ofBuilding];
  }
  const off = formats.duration(Math.abs(hub.clockOffMs ?? 0));
  return [
    [t('building.heard'), formats.ago(hub.heardAtMs, nowMs)],
    [
      t('building.unsent'),
      t('building.unsentWhat', {
        entries: formats.count(hub.unsentEntries),
        rows: formats.count(hub.unsentRows),
      }),
    ],
    [
      t('building.clock'),
      hub.clock === 'untrusted' ? t('building.clockBad') : t('building.clockOk', { off }),
    ],
    [t('building.disk'), hub.disk === 'low' ? t('building.diskLow') : t('building.diskOk')],
    [t('building.software'), hub.software ?? '–'],
    enrolled,
    ...ofBuilding,
  ];
}
