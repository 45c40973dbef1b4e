import { AskFirst, type Question } from '@lockerhub/hub/web/frame/ask-first.tsx';
import { useReader } from '@lockerhub/hub/web/frame/reader.tsx';
import { useSay } from '@lockerhub/hub/web/frame/said.tsx';
import type { FleetCarrier } from '@lockerhub/protocol/http/fleet.ts';
import { Button, Text, Title } from '@mantine/core';
import { useState } from 'react';
import classes from '../frame/rows.module.css';
import { removeCarrier } from '../link/requests.ts';
import { useFleetWords } from '../words/words.ts';

interface CarriersProps {
  readonly building: string;
  readonly carriers: readonly FleetCarrier[];
}

/** Who sends couriers there. One that is removed takes the codes of its couriers along. */
export function Carriers({ building, carriers }: CarriersProps) {
  const t = useFleetWords();
  const { formats } = useReader();
  const say = useSay();
  const [asked, setAsked] = useState<Question | null>(null);
  const nameOf = (carrier: FleetCarrier) => carrier.name ?? '–';
  const remove = (carrier: FleetCarrier) =>
    setAsked({
      title: t('people.removeCarrierAsk', { name: nameOf(carrier) }),
      consequence: t('people.removeCarrierWhat'),
      confirm: t('people.removeCarrier'),
      dangerous: true,
      act: () => removeCarrier(building, carrier.carrier),
      done: () => say(t('people.carrierRemoved', { name: nameOf(carrier) })),
    });
  return (
    <>
      <Title order={3} size="h6" px="md" pt="md">
        {t('people.carriers')}
      </Title>
      {carriers.length === 0 && (
        <Text c="dimmed" px="md" pb="md">
          {t('people.noCarriers')}
        </Text>
      )}
      <ul className={classes.rows}>
        {carriers.map((carrier) => (
          <li key={carrier.carrier} className={classes.row}>
            <Text fw={500}>{nameOf(carrier)}</Text>
            <Text size="sm" c="dimmed">
              {t('people.codes', { couriers: formats.count(carrier.couriers) })}
            </Text>
            <Button
              size="xs"
              variant="default"
              aria-label={`${t('people.removeCarrier')}: ${nameOf(carrier)}`}
              onClick={() => remove(carrier)}
            >
              {t('people.removeCarrier')}
            </Button>
          </li>
        ))}
      </ul>
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </>
  );
}
