import { whereInWords } from '@lockerhub/edge-agent/kiosk/words/place.ts';
import { describePlace, placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import type { BankView, DoorView } from '@lockerhub/protocol/http/staff.ts';
import { Anchor, Badge, Button, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { IconDoor, IconEye, IconKey, IconListCheck, IconPackage, IconTool } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { StateBadge } from '../deliveries/state-badge.tsx';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { type Reader, useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { HAPPENINGS_KEPT } from '../link/patch.ts';
import { useHappenings, useMay } from '../link/queries.ts';
import { declareKey, openDoor, retireDoor, returnDoor, verifyDoor } from '../link/requests.ts';
import { useSpeech } from '../log/use-speech.ts';
import { entriesOfDoor, hindrance } from './door-actions.ts';
import { HappeningsList } from './happenings.tsx';
import { LockFacts } from './lock-facts.tsx';

/** Entries that the drawer shows. */
const EVENTS_SHOWN = 12;

/** For how long a key is declared from here; a longer round goes by the API. */
const KEY_MINUTES = 30;

interface DoorDrawerProps {
  readonly bank: BankView | undefined;
  readonly door: DoorView | undefined;
  readonly onClose: () => void;
}

/** One door: what it does, what it holds, what happened there, and what staff can do. */
export function DoorDrawer({ bank, door, onClose }: DoorDrawerProps) {
  const { t } = useReader();
  return (
    <Drawer
      opened={bank !== undefined && door !== undefined}
      onClose={onClose}
      position="right"
      size="md"
      closeButtonProps={{ 'aria-label': t('act.close') }}
      title={
        bank &&
        door && (
          <Text fw={650} size="lg" component="span">
            {t('door.place', { bank: bank.name, door: t('doors:door', { number: door.number }) })}
          </Text>
        )
      }
    >
      {bank && door && <DoorStory bank={bank} door={door} />}
    </Drawer>
  );
}

function DoorStory({ bank, door }: { readonly bank: BankView; readonly door: DoorView }) {
  const { t, formats } = useReader();
  const { t: doorWords } = useTranslation('doors');
  const place = describePlace(bank.layout, door.number);
  const built = placedCompartments(bank.layout).find(({ number }) => number === door.number);
  const zones = built?.zones?.map(({ zone }) => zone);
  const where = zones
    ? t('door.room', { zones: formats.list(zones) })
    : place && `${whereInWords(doorWords, place).join(', ')}.`;
  return (
    <Stack gap="lg">
      <div>
        <Group gap="xs">
          <Badge variant="light" size="lg" color={isTrouble(door) ? 'red' : 'gray'}>
            {t(`doors:state.${door.door}`)}
          </Badge>
          {!door.inService && (
            <Badge variant="outline" size="lg" color="gray" leftSection={<IconTool size={14} />}>
              {t('door.outOfService')}
            </Badge>
          )}
          {door.unverified && (
            <Badge variant="outline" size="lg" color="red" leftSection={<IconEye size={14} />}>
              {t('door.unverified')}
            </Badge>
          )}
          {built && !zones && (
            <Badge variant="outline" size="lg" color="gray">
              {t('door.size')} {built.size}
            </Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed" mt="xs">
          {where} {t(`door.stateWhat.${door.door}`)}
        </Text>
        {door.unverified && (
          <Text size="sm" mt="xs">
            {t('door.unverifiedWhat')}
          </Text>
        )}
      </div>
      <Holds door={door} />
      <LockFacts bank={bank.bank} door={door.number} />
      <Acts bank={bank} door={door} />
      <Events bank={bank} door={door} />
    </Stack>
  );
}

function isTrouble({ door }: DoorView): boolean {
  return door === 'forced' || door === 'jammed' || door === 'unknown' || door === 'unavailable';
}

function Holds({ door }: { readonly door: DoorView }) {
  const { t, formats } = useReader();
  const { closedZones } = door;
  return (
    <section>
      <Title order={3} size="h6" mb={4}>
        {t('door.holds')}
      </Title>
      {door.holds.length === 0 && <Text c="dimmed">{t('door.empty')}</Text>}
      <Stack gap="xs">
        {door.holds.map(({ delivery, unitName, state, zone }) => (
          <Group key={delivery} justify="space-between" wrap="nowrap">
            <Group gap="xs" wrap="nowrap">
              <IconPackage size={18} aria-hidden />
              <Anchor
                renderRoot={(root) => <Link {...root} to="/deliveries/$delivery" params={{ delivery }} />}
              >
                {t('door.holdsFor', { unit: unitName })}
                {zone !== null && ` · ${t('doors:zone', { zone })}`}
              </Anchor>
            </Group>
            <StateBadge state={state} />
          </Group>
        ))}
      </Stack>
      {closedZones.length > 0 && (
        <Text size="sm" mt="xs">
          {t('door.closedZones', { count: closedZones.length, zones: formats.list(closedZones) })}{' '}
          <Anchor renderRoot={(root) => <Link {...root} to="/cases" />}>{t('reconcile.toCases')}</Anchor>
        </Text>
      )}
    </section>
  );
}

/** The questions that are asked before something is done at a door. */
function questions(reader: Reader, say: (text: string) => void, bank: BankView, door: DoorView) {
  const { t } = reader;
  const where = { bank: bank.bank, compartment: door.number };
  const place = t('door.place', { bank: bank.name, door: t('doors:door', { number: door.number }) });
  const field = {
    label: t('act.reason'),
    hint: t('act.reasonHint'),
    minLength: 3,
    maxLength: 200,
    tooShort: t('act.reasonShort'),
  };
  const question = (
    verb: 'open' | 'retire' | 'return' | 'key',
    consequence: string,
    act: (reason: string) => Promise<unknown>,
  ): Question => ({
    title: t(`door.${verb}Ask`, { place }),
    consequence,
    confirm: t(`door.${verb}`),
    field,
    act,
    done: () => say(t(`door.${verb}Done`, { place })),
  });
  const held = door.holds.length;
  return {
    open: {
      ...question('open', held === 0 ? t('door.openEmpty') : t('door.openHolds', { count: held }), (reason) =>
        openDoor(where, reason),
      ),
      dangerous: held > 0,
    },
    retire: question('retire', t('door.retireWhat'), (reason) => retireDoor(where, reason)),
    key: question('key', t('door.keyWhat', { minutes: KEY_MINUTES }), (reason) =>
      declareKey(where, KEY_MINUTES, reason),
    ),
    verify: {
      title: t('door.verifyAsk', { place }),
      consequence: t('door.verifyWhat'),
      confirm: t('door.verify'),
      act: () => verifyDoor(where),
      done: () => say(t('door.verifyDone', { place })),
    },
    return: question('return', t('door.returnWhat'), (reason) => returnDoor(where, reason)),
  };
}

function Acts({ bank, door }: { readonly bank: BankView; readonly door: DoorView }) {
  const reader = useReader();
  const { t } = reader;
  const say = useSay();
  const may = useMay();
  const [asked, setAsked] = useState<Question | null>(null);
  if (!may('doors')) return null;
  const why = hindrance(bank, door);
  const ask = questions(reader, say, bank, door);
  return (
    <section>
      <Group gap="sm">
        <Button
          leftSection={<IconDoor size={18} />}
          disabled={why !== null}
          onClick={() => setAsked(ask.open)}
        >
          {t('door.open')}
        </Button>
        {door.unverified && (
          <Button variant="default" leftSection={<IconEye size={18} />} onClick={() => setAsked(ask.verify)}>
            {t('door.verify')}
          </Button>
        )}
        <Button variant="default" onClick={() => setAsked(door.inService ? ask.retire : ask.return)}>
          {door.inService ? t('door.retire') : t('door.return')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconListCheck size={18} />}
          renderRoot={(root) => (
            <Link
              {...root}
              to="/banks/$bank/doors/$door/guide"
              params={{ bank: bank.bank, door: String(door.number) }}
            />
          )}
        >
          {t('guide.link')}
        </Button>
        <Button variant="default" leftSection={<IconKey size={18} />} onClick={() => setAsked(ask.key)}>
          {t('door.key')}
        </Button>
      </Group>
      {why !== null && (
        <Text size="sm" c="dimmed" mt="xs">
          {t('door.cannotOpen', {
            why: why === 'bank-away' ? t('need.bankAway', { bank: bank.name }) : t(`doors:state.${why}`),
          })}
        </Text>
      )}
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </section>
  );
}

function Events({ bank, door }: { readonly bank: BankView; readonly door: DoorView }) {
  const { t } = useReader();
  const { data: entries = [] } = useHappenings();
  const speech = useSpeech(entries);
  const own = entriesOfDoor(entries, speech.names, bank.bank, door.number).slice(0, EVENTS_SHOWN);
  return (
    <section>
      <Title order={3} size="h6" mb={4}>
        {t('door.events')}
      </Title>
      {own.length === 0 && (
        <Text c="dimmed">{t('door.eventsNone', { count: Math.min(HAPPENINGS_KEPT, entries.length) })}</Text>
      )}
      <HappeningsList entries={own} speech={speech} />
    </section>
  );
}
