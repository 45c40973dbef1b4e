import type { BuildingView } from '@lockerhub/protocol/http/staff.ts';
import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type Reader, useReader } from '../frame/reader.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { createNames, type Names } from '../log/names.ts';
import { doorName } from '../log/speech.ts';
import classes from './home.module.css';
import { type Need, needsOf } from './needs.ts';

interface Said {
  readonly title: string;
  readonly what: string;
}

/** A need in words: what it is, and what to do. */
function sayNeed({ t, formats }: Reader, names: Names, nowMs: number, need: Need): Said {
  switch (need.kind) {
    case 'fenced':
      return { title: t('need.fenced'), what: t('need.fencedWhat') };
    case 'forced':
      return {
        title: t('need.forced', { place: doorName({ t, names }, need.bank, need.compartment) }),
        what: t('need.forcedWhat'),
      };
    case 'emergency':
      return { title: t('need.emergency', { bank: need.name }), what: t('need.emergencyWhat') };
    case 'unverified':
      return {
        title: t('need.unverified', { bank: need.name, count: need.count }),
        what: t('need.unverifiedWhat'),
      };
    case 'disk':
      return { title: t('need.disk'), what: t('need.diskWhat') };
    case 'cases':
      return { title: t('need.cases', { count: need.count }), what: t('need.casesWhat') };
    case 'bank-away':
      return {
        title: t('need.bankAway', { bank: need.name }),
        what:
          need.since === null
            ? t('need.bankNever')
            : t('need.bankAwaySince', { since: formats.moment(need.since, nowMs) }),
      };
    case 'line-away':
      return {
        title: t('need.lineAway', { bank: need.name, line: need.line }),
        what: t('need.lineAwayWhat', { reason: need.reason ?? '' }).trim(),
      };
    case 'clock':
      return { title: t('need.clock'), what: t('need.clockWhat', { reason: need.reason }) };
  }
}

function keyOf(need: Need): string {
  return Object.values(need).join(' ');
}

/** First of all: what needs a person. */
export function NeedsPanel({ building }: { readonly building: BuildingView }) {
  const reader = useReader();
  const nowMs = useHubNow();
  const { t } = reader;
  const needs = needsOf(building);
  const names = createNames({ building });
  if (needs.length === 0) {
    return (
      <Paper withBorder p="md" className={classes.calm}>
        <Group gap="sm" wrap="nowrap">
          <IconCircleCheck aria-hidden />
          <div>
            <Title order={2} size="h5">
              {t('home.nothingNeeded')}
            </Title>
            <Text size="sm" c="dimmed">
              {t('home.nothingNeededWhat')}
            </Text>
          </div>
        </Group>
      </Paper>
    );
  }
  return (
    <Paper withBorder p="md" className={classes.need}>
      <Group gap="xs" mb="xs">
        <IconAlertTriangle size={20} aria-hidden />
        <Title order={2} size="h5">
          {t('home.needsYou')}
        </Title>
        <Badge color="red">{needs.length}</Badge>
      </Group>
      <Stack gap="sm" component="ul" m={0} p={0} role="list">
        {needs.map((need) => {
          const { title, what } = sayNeed(reader, names, nowMs, need);
          return (
            <Group key={keyOf(need)} component="li" wrap="nowrap" justify="space-between" gap="md">
              <div>
                <Text fw={600}>{title}</Text>
                <Text size="sm" c="dimmed">
                  {what}
                </Text>
              </div>
              <NeedLink need={need} label={`${t('need.see')}: ${title}`}>
                {t('need.see')}
              </NeedLink>
            </Group>
          );
        })}
      </Stack>
    </Paper>
  );
}

function NeedLink(props: { readonly need: Need; readonly label: string; readonly children: string }) {
  const { need, label, children } = props;
  const look = { size: 'xs', variant: 'default', 'aria-label': label, flex: 'none' } as const;
  switch (need.kind) {
    case 'fenced':
      return (
        <Button {...look} component={Link} to="/cloud">
          {children}
        </Button>
      );
    case 'cases':
      return (
        <Button {...look} component={Link} to="/cases">
          {children}
        </Button>
      );
    case 'forced':
      return (
        <Button
          {...look}
          renderRoot={(root) => (
            <Link {...root} to="/" search={{ bank: need.bank, door: need.compartment }} />
          )}
        >
          {children}
        </Button>
      );
    case 'bank-away':
    case 'line-away':
      return (
        <Button {...look} component={Link} to="/banks">
          {children}
        </Button>
      );
    case 'clock':
    case 'disk':
    // Its bank's own card, on this very page, says what to do, and its drawing leads to each door.
    case 'emergency':
    case 'unverified':
      return null;
  }
}
