import { spaced } from '@lockerhub/protocol/codes/read-code.ts';
import { type CourierView, NewCourier } from '@lockerhub/protocol/http/staff.ts';
import { Badge, Button, Group, Modal, Paper, Stack, Table, Text, TextInput } from '@mantine/core';
import { IconTruckDelivery, IconUserPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { HoursInWords } from '../frame/drop-off-hours.tsx';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Secret } from '../frame/secret.tsx';
import { Failed, Loading, Nothing } from '../frame/states.tsx';
import { keys } from '../link/keys.ts';
import { useCouriers, useMay } from '../link/queries.ts';
import { addCourier, revokeCourier } from '../link/requests.ts';
import { Carriers } from './carriers.tsx';
import { CourierHours } from './courier-hours.tsx';
import { CourierUses } from './courier-uses.tsx';
import classes from './people.module.css';

type Added = CourierView & { readonly code: string };

/** Who may drop off. */
export function Couriers() {
  const { t } = useReader();
  const list = useCouriers();
  const mayChange = useMay()('couriers');
  const [adding, setAdding] = useState(false);
  const [added, setAdded] = useState<Added | null>(null);
  const add = mayChange && (
    <Button leftSection={<IconUserPlus size={18} />} onClick={() => setAdding(true)}>
      {t('people.addCourier')}
    </Button>
  );
  return (
    <Stack>
      {list.isPending && <Loading rows={4} />}
      {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
      {list.data?.length === 0 && (
        <Nothing
          icon={<IconTruckDelivery />}
          title={t('people.noCouriers')}
          what={t('people.noCouriersWhat')}
        >
          {add}
        </Nothing>
      )}
      {list.data && list.data.length > 0 && (
        <>
          <Group justify="flex-end">{add}</Group>
          <CourierRows rows={list.data} mayRevoke={mayChange} />
        </>
      )}
      <Carriers />
      {adding && <AddCourier onClose={() => setAdding(false)} onAdded={setAdded} />}
      <CodeOnce added={added} onClose={() => setAdded(null)} />
    </Stack>
  );
}

/** Of a carrier which was removed the name is gone. */
const nameOf = ({ carrier, name }: CourierView) =>
  name && carrier ? `${name} (${carrier})` : name || carrier || '–';

function CourierRows(props: { readonly rows: readonly CourierView[]; readonly mayRevoke: boolean }) {
  const { t } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Question | null>(null);
  const [looked, setLooked] = useState<{ readonly courier: string; readonly what: 'uses' | 'hours' } | null>(
    null,
  );
  const seen = props.rows.find(({ courier }) => courier === looked?.courier);
  const ask = (courier: CourierView) =>
    setAsked({
      title: t('people.revokeAsk', { who: nameOf(courier) }),
      consequence: t('people.revokeWhat'),
      confirm: t('people.revoke'),
      dangerous: true,
      act: () => revokeCourier(courier.courier),
      done: () => {
        void client.invalidateQueries({ queryKey: keys.couriers });
        say(t('people.revokeDone', { who: nameOf(courier) }));
      },
    });
  return (
    <Paper withBorder className={classes.scroll}>
      <Table verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('people.carrier')}</Table.Th>
            <Table.Th aria-label={t('courierCodes.acts')} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.rows.map((courier) => (
            <Table.Tr key={courier.courier}>
              <Table.Td>
                <Text fw={600} {...(courier.carrier ? {} : { c: 'dimmed' })}>
                  {courier.carrier || t('carriers.gone')}
                </Text>
                {courier.name ?? <Text c="dimmed">{t('people.wholeCarrier')}</Text>}
                <Text size="sm" c="dimmed">
                  <HoursInWords hours={courier.hours} />
                </Text>
              </Table.Td>
              <Table.Td ta="end">
                <CourierActs
                  courier={courier}
                  mayChange={props.mayRevoke}
                  onLook={(what) => setLooked({ courier: courier.courier, what })}
                  onRevoke={() => ask(courier)}
                />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <AskFirst question={asked} onClose={() => setAsked(null)} />
      {seen && looked?.what === 'uses' && (
        <CourierUses courier={seen} name={nameOf(seen)} onClose={() => setLooked(null)} />
      )}
      {seen && looked?.what === 'hours' && (
        <CourierHours courier={seen} name={nameOf(seen)} onClose={() => setLooked(null)} />
      )}
    </Paper>
  );
}

interface CourierActsProps {
  readonly courier: CourierView;
  readonly mayChange: boolean;
  readonly onLook: (what: 'uses' | 'hours') => void;
  readonly onRevoke: () => void;
}

function CourierActs({ courier, mayChange, onLook, onRevoke }: CourierActsProps) {
  const { t } = useReader();
  const button = (label: string, act: () => void) => (
    <Button size="xs" variant="default" aria-label={`${label}: ${nameOf(courier)}`} onClick={act}>
      {label}
    </Button>
  );
  return (
    <Group gap="xs" justify="flex-end">
      {courier.revoked && (
        <Badge color="gray" variant="outline">
          {t('people.revoked')}
        </Badge>
      )}
      {button(t('courierCodes.uses'), () => onLook('uses'))}
      {!courier.revoked && mayChange && (
        <>
          {button(t('courierCodes.hours'), () => onLook('hours'))}
          {button(t('people.revoke'), onRevoke)}
        </>
      )}
    </Group>
  );
}

function AddCourier(props: { readonly onClose: () => void; readonly onAdded: (added: Added) => void }) {
  const { t } = useReader();
  const client = useQueryClient();
  const [tried, setTried] = useState(false);
  const [carrier, setCarrier] = useState('');
  const [name, setName] = useState('');
  const body = { carrier, ...(name.trim() ? { name } : {}) };
  const valid = NewCourier.safeParse(body).success;
  const adding = useMutation({
    mutationFn: () => addCourier(body),
    onSuccess: (courier) => {
      void client.invalidateQueries({ queryKey: keys.couriers });
      props.onClose();
      props.onAdded(courier);
    },
  });
  return (
    <FormDialog
      opened
      onClose={props.onClose}
      title={t('people.addCourier')}
      what={t('people.addCourierWhat')}
      confirm={t('people.addCourier')}
      pending={adding.isPending}
      error={adding.error}
      onSubmit={() => {
        setTried(true);
        if (valid) adding.mutate();
      }}
    >
      <TextInput
        label={t('people.carrier')}
        description={t('people.carrierHint')}
        required
        data-autofocus
        maxLength={80}
        value={carrier}
        error={tried && carrier.trim() === '' ? t('rule.required') : undefined}
        onChange={(event) => setCarrier(event.currentTarget.value)}
      />
      <TextInput
        label={t('people.courierName')}
        description={t('people.courierNameHint')}
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

function CodeOnce({ added, onClose }: { readonly added: Added | null; readonly onClose: () => void }) {
  const { t } = useReader();
  return (
    <Modal
      opened={added !== null}
      onClose={onClose}
      centered
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('act.close') }}
      title={added && t('people.codeTitle', { who: nameOf(added) })}
    >
      {added && (
        <Stack>
          <Secret label={t('people.codeWhat')} value={spaced(added.code)} big />
          <Group justify="flex-end">
            <Button onClick={onClose} data-autofocus>
              {t('act.close')}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
