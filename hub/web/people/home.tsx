/** Where a resident lives and with whom; how that changes. */
import { LANGUAGES } from '@lockerhub/edge-agent/kiosk/words/words.ts';
import type { ResidentView } from '@lockerhub/protocol/http/staff.ts';
import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconDoorExit, IconPencil } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment, useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { keys } from '../link/keys.ts';
import { useMay, usePolicy, useStored } from '../link/queries.ts';
import { changeResident } from '../link/requests.ts';
import { EditPerson } from './edit-person.tsx';

interface HomeProps {
  readonly person: ResidentView;
  /** All residents. */
  readonly all: readonly ResidentView[];
}

export function Home({ person, all }: HomeProps) {
  const { t } = useReader();
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const mates = all.filter(
    ({ resident, household, movedOut }) =>
      household === person.household && resident !== person.resident && !movedOut,
  );
  return (
    <Stack gap="xs">
      <Text>
        {mates.length === 0 ? t('person.alone') : `${t('person.with')} `}
        {mates.map(({ resident, name }, index) => (
          <Fragment key={resident}>
            {index > 0 && ', '}
            <Anchor renderRoot={(root) => <Link {...root} to="/people/$resident" params={{ resident }} />}>
              {name}
            </Anchor>
          </Fragment>
        ))}
      </Text>
      <Text size="sm" c="dimmed">
        {LANGUAGES.find(({ code }) => code === person.language)?.name ?? person.language}
      </Text>
      {may('residents') && (
        <Group gap="sm">
          <Button
            variant="default"
            leftSection={<IconPencil size={18} aria-hidden />}
            onClick={() => setEditing(true)}
          >
            {t('person.edit')}
          </Button>
          <MoveOut person={person} />
        </Group>
      )}
      {editing && <EditPerson person={person} all={all} onClose={() => setEditing(false)} />}
    </Stack>
  );
}

/** Moving out, with what waits in the question; and back. */
function MoveOut({ person }: Pick<HomeProps, 'person'>) {
  const { t, formats } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Question | null>(null);
  const stored = useStored(person.resident).data;
  const formerMs = usePolicy().data?.find(({ name }) => name === 'formerMs')?.value;
  const { resident, name, movedOut } = person;
  const waiting = stored?.deliveries.filter(({ state }) => state === 'deposited').length ?? 0;
  const time = typeof formerMs === 'number' ? formats.duration(formerMs) : '';
  const ask = () =>
    setAsked({
      title: t(movedOut ? 'person.backAsk' : 'person.outAsk', { name }),
      consequence: movedOut
        ? t('person.backWhat')
        : waiting === 0
          ? t('person.outNothing')
          : t('person.outWaits', { count: waiting, time }),
      confirm: t(movedOut ? 'person.moveBack' : 'person.moveOut'),
      dangerous: !movedOut,
      act: () => changeResident(resident, { movedOut: !movedOut }),
      done: () => {
        void client.invalidateQueries({ queryKey: keys.residents });
        say(t(movedOut ? 'person.isBack' : 'person.isOut', { name }));
      },
    });
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconDoorExit size={18} aria-hidden />}
        disabled={stored === undefined}
        onClick={ask}
      >
        {t(movedOut ? 'person.moveBack' : 'person.moveOut')}
      </Button>
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </>
  );
}
