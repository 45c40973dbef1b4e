import { LANGUAGES } from '@lockerhub/edge-agent/kiosk/words/words.ts';
import { ChangeResident, type ResidentView } from '@lockerhub/protocol/http/staff.ts';
import { Autocomplete, NativeSelect, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { useTried } from '../frame/tried.ts';
import { keys } from '../link/keys.ts';
import { changeResident } from '../link/requests.ts';
import { changeOf, type HomeDraft, homesIn } from './home-draft.ts';

interface EditPersonProps {
  readonly person: ResidentView;
  readonly all: readonly ResidentView[];
  readonly onClose: () => void;
}

/** Name, language, unit and household of a resident. */
export function EditPerson({ person, all, onClose }: EditPersonProps) {
  const { t, formats } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const [draft, setDraft] = useState<HomeDraft>({
    name: person.name,
    language: person.language,
    unitName: person.unitName,
    household: person.household,
  });
  const asked = changeOf(person, draft, all);
  const parsed = ChangeResident.safeParse(asked);
  const saving = useMutation({
    mutationFn: () => changeResident(person.resident, asked),
    onSuccess: ({ name, unitName }) => {
      void client.invalidateQueries({ queryKey: keys.residents });
      void client.invalidateQueries({ queryKey: keys.units });
      say(t('person.saved', { name, unit: unitName }));
      onClose();
    },
  });
  const { isWrong, onSubmit } = useTried(parsed, () => saving.mutate());
  const fault = (field: 'name' | 'unitName') => {
    if (!isWrong(field)) return undefined;
    return t(draft[field].trim() === '' ? 'rule.required' : 'rule.tooLong');
  };
  const homes = homesIn(draft.unitName, person, all);
  const units = [...new Set(all.map(({ unitName }) => unitName))].toSorted((a, b) =>
    a.localeCompare(b, undefined, { numeric: true }),
  );
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('person.editTitle', { name: person.name })}
      confirm={t('person.save')}
      pending={saving.isPending}
      error={saving.error}
      onSubmit={onSubmit}
    >
      <TextInput
        label={t('people.name')}
        required
        data-autofocus
        autoComplete="off"
        value={draft.name}
        error={fault('name')}
        onChange={({ currentTarget: { value } }) => setDraft({ ...draft, name: value })}
      />
      <NativeSelect
        label={t('people.language')}
        value={draft.language}
        data={LANGUAGES.map(({ code, name }) => ({ value: code, label: name }))}
        onChange={({ currentTarget: { value } }) => setDraft({ ...draft, language: value })}
      />
      <Autocomplete
        label={t('people.unit')}
        required
        data={units}
        limit={8}
        value={draft.unitName}
        error={fault('unitName')}
        onChange={(unitName) => setDraft({ ...draft, unitName, household: null })}
      />
      {homes.length > 0 && (
        <NativeSelect
          label={t('person.lease')}
          description={t('person.leaseWhat')}
          value={draft.household ?? ''}
          data={[
            { value: '', label: t('person.own') },
            ...homes.map(({ household, names }) => ({
              value: household,
              label: t('person.leaseWith', { names: formats.list(names) }),
            })),
          ]}
          onChange={({ currentTarget: { value } }) => setDraft({ ...draft, household: value || null })}
        />
      )}
      {(asked.unitName !== undefined || asked.household !== undefined) && (
        <Text size="sm">{t('person.moveWhat')}</Text>
      )}
    </FormDialog>
  );
}
