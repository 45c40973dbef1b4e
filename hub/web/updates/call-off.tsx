import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed } from '../frame/states.tsx';
import { callOff, UPDATES_KEY } from './link.ts';

/** Ends an update that did not begin. */
export function CallOff() {
  const { t } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const calling = useMutation({
    mutationFn: callOff,
    onSuccess: (view) => {
      client.setQueryData(UPDATES_KEY, view);
      say(t('updates.calledOff'));
    },
  });
  return (
    <>
      {calling.isError && <Failed error={calling.error} />}
      <Group mt="sm">
        <Button size="xs" variant="default" loading={calling.isPending} onClick={() => calling.mutate()}>
          {t('updates.callOff')}
        </Button>
      </Group>
    </>
  );
}
