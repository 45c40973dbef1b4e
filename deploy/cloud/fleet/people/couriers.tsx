import { AskFirst, type Question } from '@lockerhub/hub/web/frame/ask-first.tsx';
import { HoursInWords } from '@lockerhub/hub/web/frame/drop-off-hours.tsx';
import { useReader } from '@lockerhub/hub/web/frame/reader.tsx';
import { useSay } from '@lockerhub/hub/web/frame/said.tsx';
import { Failed, Loading } from '@lockerhub/hub/web/frame/states.tsx';
import type { FleetCourier } from '@lockerhub/protocol/http/fleet.ts';
import { Badge, Button, Group, Paper, Text, Title } from '@mantine/core';
import { useState } from 'react';
import classes from '../frame/rows.module.css';
import { usePeople } from '../link/queries.ts';
import { revokeCourier } from '../link/requests.ts';
import { useFleetWords } from '../words/words.ts';
import { Carriers } from './carriers.tsx';
import { CourierDialog, nameOf } from './courier-dialog.tsx';

/** Who may drop off there, and when. Shown to who asks, for looking at people is written down. */
export function Couriers({ building }: { readonly building: string }) {
  const t = useFleetWords();
  const { t: staff } = useReader();
  const [isShown, setShown] = useState(false);
  const [edited, setEdited] = useState<FleetCourier | 'new' | null>(null);
  const people = usePeople(building, isShown);
  return (
    <Paper withBorder component="section">
      <Group justify="space-between" p="md">
        <Title order={2} size="h5">
          {staff('people.couriers')}
        </Title>
        {isShown ? (
          <Button variant="default" onClick={() => setEdited('new')}>
            {staff('people.addCourier')}
          </Button>
        ) : (
          <Button variant="default" onClick={() => setShown(true)}>
            {t('people.show')}
          </Button>
        )}
      </Group>
      {!isShown && (
        <Text c="dimmed" size="sm" px="md" pb="md">
          {t('people.showWhat')}
        </Text>
      )}
      {people.isLoading && <Loading rows={2} />}
      {people.isError && <Failed error={people.error} again={() => void people.refetch()} />}
      {people.data?.couriers.length === 0 && (
        <Text c="dimmed" px="md" pb="md">
          {staff('people.noCouriers')}
        </Text>
      )}
      <Rows building={building} couriers={people.data?.couriers ?? []} onHours={setEdited} />
      {people.data && <Carriers building={building} carriers={people.data.carriers} />}
      {edited && (
        <CourierDialog
          building={building}
          courier={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
    </Paper>
  );
}

interface RowsProps {
  readonly building: string;
  readonly couriers: readonly FleetCourier[];
  readonly onHours: (courier: FleetCourier) => void;
}

function Rows({ building, couriers, onHours }: RowsProps) {
  const { t: staff } = useReader();
  const say = useSay();
  const [asked, setAsked] = useState<Question | null>(null);
  const revoke = (courier: FleetCourier) =>
    setAsked({
      title: staff('people.revokeAsk', { who: nameOf(courier) }),
      consequence: staff('people.revokeWhat'),
      confirm: staff('people.revoke'),
      dangerous: true,
      act: () => revokeCourier(building, courier.courier),
      done: () => say(staff('people.revokeDone', { who: nameOf(courier) })),
    });
  return (
    <>
      <ul className={classes.rows}>
        {couriers.map((courier) => (
          <li key={courier.courier} className={classes.row}>
            <Text fw={500}>{nameOf(courier)}</Text>
            <Text size="sm" c="dimmed">
              <HoursInWords hours={courier.hours} />
            </Text>
            {courier.revoked ? (
              <Badge color="gray" variant="outline">
                {staff('people.revoked')}
              </Badge>
            ) : (
              <Group gap="xs">
                <Act label={staff('courierCodes.hours')} of={courier} act={() => onHours(courier)} />
                <Act label={staff('people.revoke')} of={courier} act={() => revoke(courier)} />
              </Group>
            )}
          </li>
        ))}
      </ul>
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </>
  );
}

interface ActProps {
  readonly label: string;
  readonly of: FleetCourier;
  readonly act: () => void;
}

function Act({ label, of, act }: ActProps) {
  return (
    <Button size="xs" variant="default" aria-label={`${label}: ${nameOf(of)}`} onClick={act}>
      {label}
    </Button>
  );
}
