import { FormDialog } from '@lockerhub/hub/web/frame/form-dialog.tsx';
import { useSay } from '@lockerhub/hub/web/frame/said.tsx';
import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { buildingAddress } from '../frame/addresses.ts';
import { useMembership } from '../link/queries.ts';
import { addBuilding } from '../link/requests.ts';
import { useFleetWords } from '../words/words.ts';

interface AddBuildingProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** A building that the cloud is to know; its hub comes by a code. */
export function AddBuilding({ opened, onClose }: AddBuildingProps) {
  const t = useFleetWords();
  const say = useSay();
  const navigate = useNavigate();
  const { organisation } = useMembership();
  const [name, setName] = useState('');
  const [slug, setSlug] = useState('');
  const [timeZone, setTimeZone] = useState(new Intl.DateTimeFormat().resolvedOptions().timeZone);
  const adding = useMutation({
    mutationFn: () => addBuilding(organisation, { name, slug, timeZone }),
    onSuccess: ({ building }) => {
      onClose();
      say(t('fleet.added'));
      void navigate({ to: buildingAddress(building) });
    },
  });
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={t('fleet.add')}
      confirm={t('fleet.add')}
      pending={adding.isPending}
      error={adding.error}
      onSubmit={() => adding.mutate()}
    >
      <TextInput
        label={t('fleet.name')}
        required
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label={t('fleet.slug')}
        description={t('fleet.slugWhat')}
        required
        value={slug}
        onChange={(event) => setSlug(event.currentTarget.value)}
      />
      <TextInput
        label={t('fleet.zone')}
        required
        value={timeZone}
        onChange={(event) => setTimeZone(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
