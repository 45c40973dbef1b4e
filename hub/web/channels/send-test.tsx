import type { ChannelName } from '@lockerhub/protocol/http/messages.ts';
import { Button, Group, TextInput } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { failureWords } from '../frame/failure.ts';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { keys } from '../link/keys.ts';
import { testChannel } from '../link/requests.ts';

/** Sends a test by one channel to an address, and says how it went. */
export function SendTest({ channel, name }: { readonly channel: ChannelName; readonly name: string }) {
  const { t, formats } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const [to, setTo] = useState('');
  const testing = useMutation({
    mutationFn: () => testChannel(channel, to.trim()),
    onSuccess: ({ sent }) => {
      void client.invalidateQueries({ queryKey: keys.channels });
      if (sent) say(t('channels.tested'));
    },
  });
  const fault = testing.error
    ? failureWords(t, formats, testing.error)
    : testing.data && !testing.data.sent
      ? testing.data.reason
      : undefined;
  return (
    <form
      style={{ flex: '1 1 18rem' }}
      onSubmit={(event) => {
        event.preventDefault();
        testing.mutate();
      }}
    >
      <Group align="flex-end" gap="sm">
        <TextInput
          flex="1 1 12rem"
          maw={320}
          dir="ltr"
          label={t(`channels.testTo.${channel}`)}
          value={to}
          error={fault}
          onChange={({ currentTarget: { value } }) => setTo(value)}
        />
        <Button
          type="submit"
          variant="light"
          disabled={to.trim() === ''}
          loading={testing.isPending}
          leftSection={<IconSend size={16} />}
          aria-label={`${t('channels.test')}: ${name}`}
        >
          {t('channels.test')}
        </Button>
      </Group>
    </form>
  );
}
