import { whereInWords } from '@lockerhub/edge-agent/kiosk/words/place.ts';
import { describePlace, placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import type { ReconcileAct } from '@lockerhub/protocol/http/reconciliation.ts';
import type { BankView, DoorView } from '@lockerhub/protocol/http/staff.ts';
import { Badge, Button, Checkbox, Group, Paper, Radio, Stack, Text, Title } from '@mantine/core';
import { IconDoor } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReader } from '../frame/reader.tsx';
import { Failed } from '../frame/states.tsx';
import { hindrance } from '../home/door-actions.ts';
import { OfMissing, SHORTEST_REASON } from './of-missing.tsx';
import { ShouldBe } from './should-be.tsx';
import { useAct } from './use-act.ts';
import { ELSEWHERE, WhichZones, zonesSaid } from './which-zones.tsx';

interface AtDoorProps {
  readonly bank: BankView;
  readonly door: DoorView;
  /** Something was said of this door: the next one. */
  readonly onTold: () => void;
}

type Foreign = Extract<ReconcileAct, { act: 'say' }>['foreign'];

/** One door of the walk: open it, look, say what is inside. */
export function AtDoor({ bank, door, onTold }: AtDoorProps) {
  const { t } = useReader();
  const { t: doorWords } = useTranslation('doors');
  const act = useAct(bank.bank);
  const telling = useAct(bank.bank, onTold);
  const heading = useRef<HTMLHeadingElement>(null);
  const { mutate: go } = act;
  const compartment = door.number;
  // Others see where one stands, and go elsewhere.
  useEffect(() => {
    go({ act: 'go', compartment });
    heading.current?.focus({ preventScroll: true });
  }, [go, compartment]);
  const place = describePlace(bank.layout, compartment);
  const isOpen = door.door === 'open' || door.door === 'forced' || door.door === 'opening';
  const failed = act.error ?? telling.error;
  return (
    <Paper withBorder p="md" component="section">
      <Stack>
        <div>
          <Group gap="xs">
            <Title order={2} size="h3" ref={heading} tabIndex={-1}>
              {t('doors:door', { number: compartment })}
            </Title>
            <Badge size="lg" variant="light" color={isOpen ? 'red' : 'gray'}>
              {t(`doors:state.${door.door}`)}
            </Badge>
            {door.unverified && (
              <Badge size="lg" variant="outline" color="red">
                {t('door.unverified')}
              </Badge>
            )}
          </Group>
          <Text c="dimmed">{place && whereInWords(doorWords, place).join(', ')}</Text>
        </div>
        <Group gap="sm">
          <Button
            leftSection={<IconDoor size={18} aria-hidden />}
            variant="default"
            disabled={hindrance(bank, door) !== null || act.isPending}
            onClick={() => go({ act: 'open', compartment })}
          >
            {t('door.open')}
          </Button>
          <Button
            variant="default"
            disabled={telling.isPending}
            onClick={() => telling.mutate({ act: 'no-opening', compartment })}
          >
            {t('reconcile.noOpening')}
          </Button>
          <Button
            variant="subtle"
            disabled={telling.isPending}
            onClick={() => telling.mutate({ act: 'skip', compartment })}
          >
            {t('reconcile.skip')}
          </Button>
        </Group>
        <Say
          key={idsOf(door).join()}
          door={door}
          zones={zonesBehind(bank, compartment)}
          isOpen={isOpen}
          isPending={telling.isPending}
          onSay={telling.mutate}
        />
        {failed && <Failed error={failed} />}
      </Stack>
    </Paper>
  );
}

function idsOf({ holds }: DoorView): string[] {
  return holds.map(({ delivery }) => delivery);
}

/** The zones of the room behind a door; none where no room is. */
function zonesBehind({ layout }: BankView, compartment: number): string[] {
  const door = placedCompartments(layout).find(({ number }) => number === compartment);
  return (door?.zones ?? []).map(({ zone }) => zone);
}

interface SayProps {
  readonly door: DoorView;
  readonly zones: readonly string[];
  readonly isOpen: boolean;
  readonly isPending: boolean;
  readonly onSay: (act: ReconcileAct) => void;
}

function Say({ door, zones, isOpen, isPending, onSay }: SayProps) {
  const { t } = useReader();
  const [missing, setMissing] = useState<ReadonlySet<string>>(new Set());
  const [foreign, setForeign] = useState<Foreign>('none');
  const [where, setWhere] = useState<readonly string[]>([]);
  const [corrects, setCorrects] = useState(false);
  const [reason, setReason] = useState('');
  const isRight = missing.size === 0 && foreign === 'none';
  const lacksReason = corrects && missing.size > 0 && reason.trim().length < SHORTEST_REASON;
  const lacksWhere = foreign !== 'none' && zones.length > 0 && where.length === 0;
  const closesZonesAlone = where.length > 0 && !where.includes(ELSEWHERE);
  const toggle = (delivery: string, isThere: boolean) => {
    const next = new Set(missing);
    if (isThere) next.delete(delivery);
    else next.add(delivery);
    setMissing(next);
  };
  const say = () =>
    onSay({
      act: 'say',
      compartment: door.number,
      there: idsOf(door).filter((id) => !missing.has(id)),
      missing: [...missing],
      foreign,
      zones: foreign === 'none' ? [] : zonesSaid(where),
      ...(corrects && missing.size > 0 ? { reason: reason.trim() } : {}),
    });
  return (
    <Stack>
      <div>
        <Title order={3} size="h6">
          {t('reconcile.shouldBe')}
        </Title>
        {door.holds.length === 0 && <Text>{t('reconcile.nothing')}</Text>}
        <Stack gap="xs" component="ul" m={0} p={0}>
          {door.holds.map(({ delivery, unitName, zone }) => (
            <ShouldBe
              key={delivery}
              delivery={delivery}
              unitName={zone === null ? unitName : `${unitName} · ${t('doors:zone', { zone })}`}
              isThere={!missing.has(delivery)}
              onThere={(isThere) => toggle(delivery, isThere)}
            />
          ))}
        </Stack>
      </div>
      {missing.size > 0 && (
        <OfMissing corrects={corrects} onCorrects={setCorrects} reason={reason} onReason={setReason} />
      )}
      <Checkbox
        label={t('reconcile.somethingElse')}
        checked={foreign !== 'none'}
        onChange={(event) => setForeign(event.currentTarget.checked ? 'taken-to-desk' : 'none')}
      />
      {foreign !== 'none' && zones.length > 0 && (
        <WhichZones zones={zones} where={where} onWhere={setWhere} />
      )}
      {foreign !== 'none' && (
        <Radio.Group
          label={t('reconcile.whatOfForeign')}
          value={foreign}
          onChange={(value) => setForeign(value as Foreign)}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="taken-to-desk" label={t('reconcile.taken')} />
            <Radio
              value="left-inside"
              label={t('reconcile.left')}
              description={t(closesZonesAlone ? 'reconcile.leftZonesWhat' : 'reconcile.leftWhat')}
            />
          </Stack>
        </Radio.Group>
      )}
      {isOpen && <Text role="status">{t('reconcile.shutFirst')}</Text>}
      <Button disabled={isOpen || lacksReason || lacksWhere} loading={isPending} onClick={say} size="md">
        {isRight ? t('reconcile.asRecorded') : t('reconcile.writeDown')}
      </Button>
    </Stack>
  );
}
