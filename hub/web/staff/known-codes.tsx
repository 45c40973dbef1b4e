import { spaced } from '@lockerhub/protocol/codes/read-code.ts';
import type { AccountView, Rotated } from '@lockerhub/protocol/http/accounts.ts';
import { Alert, Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { failureWords } from '../frame/failure.ts';
import { useReader } from '../frame/reader.tsx';
import { Secret } from '../frame/secret.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { keys } from '../link/keys.ts';
import { useKnownCodes } from '../link/queries.ts';
import { rotateCodes } from '../link/requests.ts';

interface KnownCodesProps {
  readonly account: AccountView;
  readonly onClose: () => void;
}

/** Which living codes somebody takes along, and a way to make all of them others. */
export function KnownCodes({ account, onClose }: KnownCodesProps) {
  const { t, formats } = useReader();
  const client = useQueryClient();
  const list = useKnownCodes(account.staff);
  const [rotated, setRotated] = useState<Rotated | null>(null);
  const rotating = useMutation({
    mutationFn: () => rotateCodes(account.staff),
    onSuccess: (done) => {
      setRotated(done);
      void client.invalidateQueries({ queryKey: keys.knownCodes });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      title={t('staff.codesTitle', { name: account.name })}
      closeButtonProps={{ 'aria-label': t('act.close') }}
    >
      <Stack>
        {list.isPending && <Loading rows={2} />}
        {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
        {list.data?.length === 0 && !rotated && <Text>{t('staff.codesNone')}</Text>}
        {list.data && list.data.length > 0 && (
          <>
            <Text>{t('staff.codesWhat')}</Text>
            <List>
              {list.data.map(({ holder, name, how }) => (
                <List.Item key={`${holder} ${how}`}>
                  {name} · {t(`staff.how.${how}`)}
                </List.Item>
              ))}
            </List>
          </>
        )}
        {rotated && <Told rotated={rotated} />}
        {rotating.isError && (
          <Alert color="red" role="alert" title={t('act.failed')}>
            {failureWords(t, formats, rotating.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          {list.data && list.data.length > 0 && (
            <Button color="red" loading={rotating.isPending} onClick={() => rotating.mutate()}>
              {t('staff.rotate')}
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            {t('act.close')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Told({ rotated }: { readonly rotated: Rotated }) {
  const { t, formats } = useReader();
  return (
    <Alert role="status" title={t('staff.rotated', { number: formats.count(rotated.rotated) })}>
      <Stack gap="xs">
        <Text size="sm">{t('staff.rotatedWhat')}</Text>
        {rotated.couriers.map(({ name, code }) => (
          <Secret key={name} label={name} value={spaced(code)} />
        ))}
        {rotated.pins.map(({ resident, name, pin }) => (
          <Secret key={resident} label={t('pin.given', { name })} value={spaced(pin)} />
        ))}
        {rotated.delegatesOf.length > 0 && (
          <Text size="sm">{t('staff.delegatesEnded', { names: rotated.delegatesOf.join(', ') })}</Text>
        )}
      </Stack>
    </Alert>
  );
}
