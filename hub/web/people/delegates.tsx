import { spaced } from '@lockerhub/protocol/codes/read-code.ts';
import type { DelegateView, NamedDelegate } from '@lockerhub/protocol/http/delegates.ts';
import type { ResidentView } from '@lockerhub/protocol/http/staff.ts';
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconUserShare } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { failureWords } from '../frame/failure.ts';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Secret } from '../frame/secret.tsx';
import { ShownOnce } from '../frame/shown-once.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { keys } from '../link/keys.ts';
import { useDelegates, useMay } from '../link/queries.ts';
import { endDelegate } from '../link/requests.ts';
import { NameDelegate } from './name-delegate.tsx';

/** Who may collect in a resident's stead. */
export function Delegates({ person }: { readonly person: ResidentView }) {
  const { t } = useReader();
  const may = useMay();
  const client = useQueryClient();
  const list = useDelegates(person.resident);
  const [naming, setNaming] = useState(false);
  const [named, setNamed] = useState<NamedDelegate | null>(null);
  const done = (now: NamedDelegate) => {
    setNaming(false);
    setNamed(now);
    void client.invalidateQueries({ queryKey: keys.delegates });
  };
  return (
    <Stack gap="sm" align="flex-start">
      {list.isPending && <Loading rows={1} />}
      {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
      {list.data?.length === 0 && <Text c="dimmed">{t('delegates.none')}</Text>}
      {list.data?.map((delegate) => (
        <Delegate key={delegate.delegate} person={person} delegate={delegate} />
      ))}
      {may('residents') && !person.movedOut && (
        <Button
          variant="default"
          leftSection={<IconUserShare size={18} aria-hidden />}
          onClick={() => setNaming(true)}
        >
          {t('delegates.name')}
        </Button>
      )}
      {naming && <NameDelegate person={person} onClose={() => setNaming(false)} onNamed={done} />}
      {named && <Named named={named} onClose={() => setNamed(null)} />}
    </Stack>
  );
}

interface DelegateProps {
  readonly person: ResidentView;
  readonly delegate: DelegateView;
}

function Delegate({ person, delegate }: DelegateProps) {
  const { t, formats } = useReader();
  const say = useSay();
  const may = useMay();
  const client = useQueryClient();
  const ending = useMutation({
    mutationFn: () => endDelegate(person.resident, delegate.delegate),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.delegates });
      say(t('delegates.ended'));
    },
  });
  const window = { from: formats.exact(delegate.fromMs), until: formats.exact(delegate.untilMs) };
  return (
    <Stack gap={4} w="100%">
      <Group justify="space-between" gap="xs">
        <Text>
          {t(delegate.delivery === null ? 'delegates.all' : 'delegates.one')} ·{' '}
          {t('delegates.window', window)}
        </Text>
        {may('residents') && (
          <Button size="xs" variant="default" loading={ending.isPending} onClick={() => ending.mutate()}>
            {t('delegates.end')}
          </Button>
        )}
      </Group>
      {delegate.blocked > 0 && (
        <Alert color="brass" p="xs">
          {t('delegates.blocked', { count: delegate.blocked })}
        </Alert>
      )}
      {ending.isError && (
        <Alert color="red" role="alert" title={t('act.failed')}>
          {failureWords(t, formats, ending.error)}
        </Alert>
      )}
    </Stack>
  );
}

/** Whether the code went out; where it did not, the code itself, once. */
function Named({ named, onClose }: { readonly named: NamedDelegate; readonly onClose: () => void }) {
  const { t } = useReader();
  return (
    <ShownOnce title={t('delegates.named')} onClose={onClose}>
      {named.sent && <Text>{t('delegates.sent')}</Text>}
      {named.reason !== null && (
        <Alert color="red" role="alert" title={t('delegates.notSent')}>
          {named.reason}
        </Alert>
      )}
      {named.code !== null && <Secret label={t('delegates.code')} value={spaced(named.code)} big />}
      {named.delegate.blocked > 0 && (
        <Alert color="brass">{t('delegates.blocked', { count: named.delegate.blocked })}</Alert>
      )}
    </ShownOnce>
  );
}
