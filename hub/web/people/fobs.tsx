import type { ResidentView } from '@lockerhub/protocol/http/staff.ts';
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { keys } from '../link/keys.ts';
import { useMay } from '../link/queries.ts';
import { endFob, registerFob } from '../link/requests.ts';

/** A resident's fobs: read at a wedge here, then at the kiosk's. */
export function Fobs({ person }: { readonly person: ResidentView }) {
  const { t } = useReader();
  const say = useSay();
  const may = useMay();
  const client = useQueryClient();
  const [reading, setReading] = useState(false);
  const [asked, setAsked] = useState<Question | null>(null);
  const { resident, name, fobs } = person;
  const changed = () => void client.invalidateQueries({ queryKey: keys.residents });
  const end = (fob: string, number: number) =>
    setAsked({
      title: t('fobs.endAsk', { number, name }),
      consequence: t('fobs.endWhat'),
      confirm: t('fobs.end'),
      dangerous: true,
      act: () => endFob(resident, fob),
      done: () => {
        changed();
        say(t('fobs.ended'));
      },
    });
  return (
    <Stack gap="sm" align="flex-start">
      {fobs.length === 0 && <Text c="dimmed">{t('fobs.none')}</Text>}
      {fobs.map((fob, at) => (
        <Group key={fob} justify="space-between" w="100%">
          <Text>{t('fobs.one', { number: at + 1 })}</Text>
          {may('residents') && (
            <Button size="xs" variant="default" onClick={() => end(fob, at + 1)}>
              {t('fobs.lost')}
            </Button>
          )}
        </Group>
      ))}
      {may('residents') && !person.movedOut && (
        <Button
          variant="default"
          leftSection={<IconKey size={18} aria-hidden />}
          onClick={() => setReading(true)}
        >
          {t('fobs.register')}
        </Button>
      )}
      {reading && (
        <ReadFob
          person={person}
          onClose={() => setReading(false)}
          onRead={() => {
            setReading(false);
            changed();
            say(t('fobs.registered', { name }));
          }}
        />
      )}
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </Stack>
  );
}

interface ReadFobProps {
  readonly person: ResidentView;
  readonly onClose: () => void;
  readonly onRead: () => void;
}

/** The reader types the number and Enter; nobody needs to see it. */
function ReadFob({ person, onClose, onRead }: ReadFobProps) {
  const { t } = useReader();
  const [number, setNumber] = useState('');
  const registering = useMutation({
    mutationFn: () => registerFob(person.resident, number),
    onSuccess: onRead,
    onError: () => setNumber(''),
  });
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('fobs.register')}
      what={t('fobs.what', { name: person.name })}
      confirm={t('fobs.register')}
      pending={registering.isPending}
      error={registering.error}
      onSubmit={() => {
        if (number.trim() !== '') registering.mutate();
      }}
    >
      <TextInput
        type="password"
        dir="ltr"
        autoComplete="off"
        label={t('fobs.number')}
        description={t('fobs.numberHint')}
        value={number}
        data-autofocus
        onChange={({ currentTarget: { value } }) => setNumber(value)}
      />
    </FormDialog>
  );
}
