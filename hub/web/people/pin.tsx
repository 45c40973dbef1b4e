import { spaced } from '@lockerhub/protocol/codes/read-code.ts';
import type { ResidentView } from '@lockerhub/protocol/http/staff.ts';
import { Button, Group, Stack, Text } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Secret } from '../frame/secret.tsx';
import { ShownOnce } from '../frame/shown-once.tsx';
import { keys } from '../link/keys.ts';
import { useMay } from '../link/queries.ts';
import { endPin, givePin } from '../link/requests.ts';

/** Collecting without a phone: a PIN that staff hand over, good with the unit alone. */
export function Pin({ person }: { readonly person: ResidentView }) {
  const { t } = useReader();
  const say = useSay();
  const may = useMay();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Question | null>(null);
  const [pin, setPin] = useState<string | null>(null);
  const { resident, name, hasPin } = person;
  const changed = () => client.invalidateQueries({ queryKey: keys.residents });
  const give = () =>
    setAsked({
      title: t(hasPin ? 'pin.renewAsk' : 'pin.giveAsk', { name }),
      consequence: t(hasPin ? 'pin.renewWhat' : 'pin.giveWhat'),
      confirm: t(hasPin ? 'pin.renew' : 'pin.give'),
      act: async () => setPin((await givePin(resident)).pin),
      done: () => void changed(),
    });
  const end = () =>
    setAsked({
      title: t('pin.endAsk', { name }),
      consequence: t('pin.endWhat'),
      confirm: t('pin.end'),
      dangerous: true,
      act: () => endPin(resident),
      done: () => {
        void changed();
        say(t('pin.ended', { name }));
      },
    });
  return (
    <Stack gap="sm" align="flex-start">
      <Text>{t(hasPin ? 'pin.has' : 'pin.none')}</Text>
      {may('residents') && !person.movedOut && (
        <Group gap="sm">
          <Button variant="default" onClick={give}>
            {t(hasPin ? 'pin.renew' : 'pin.give')}
          </Button>
          {hasPin && (
            <Button variant="light" color="red" onClick={end}>
              {t('pin.end')}
            </Button>
          )}
        </Group>
      )}
      <AskFirst question={asked} onClose={() => setAsked(null)} />
      {pin !== null && <Given person={person} pin={pin} onClose={() => setPin(null)} />}
    </Stack>
  );
}

interface GivenProps {
  readonly person: ResidentView;
  readonly pin: string;
  readonly onClose: () => void;
}

/** Once, to be printed or written down. */
function Given({ person, pin, onClose }: GivenProps) {
  const { t } = useReader();
  return (
    <ShownOnce
      title={t('pin.given', { name: person.name })}
      onClose={onClose}
      more={
        <Button variant="default" leftSection={<IconPrinter size={18} />} onClick={() => window.print()}>
          {t('commissioning.print')}
        </Button>
      }
    >
      <Secret label={t('pin.withUnit', { unit: person.unitName })} value={spaced(pin)} big />
      <Text size="sm">{t('pin.once')}</Text>
    </ShownOnce>
  );
}
