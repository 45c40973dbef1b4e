import type { ChangeResident, ResidentView } from '@lockerhub/protocol/http/staff.ts';
import { Alert, Stack, Switch } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { failureWords } from '../frame/failure.ts';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { keys } from '../link/keys.ts';
import { useMay } from '../link/queries.ts';
import { changeResident } from '../link/requests.ts';

const WISHES = ['onlyMe', 'accessible'] as const;

/** What a resident asks of the building; it holds from the next parcel or visit on. */
export function Wishes({ person }: { readonly person: ResidentView }) {
  const { t, formats } = useReader();
  const say = useSay();
  const may = useMay();
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: (change: ChangeResident) => changeResident(person.resident, change),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.residents });
      say(t('person.wishSaved', { name: person.name }));
    },
  });
  return (
    <Stack>
      {WISHES.map((wish) => (
        <Switch
          key={wish}
          label={t(`person.wish.${wish}`)}
          description={t(`person.wish.${wish}What`)}
          checked={person[wish]}
          disabled={!may('residents') || saving.isPending}
          onChange={({ currentTarget: { checked } }) => saving.mutate({ [wish]: checked })}
        />
      ))}
      {saving.isError && (
        <Alert color="red" title={t('act.failed')} role="alert">
          {failureWords(t, formats, saving.error)}
        </Alert>
      )}
    </Stack>
  );
}
