import { LANGUAGES } from '@lockerhub/edge-agent/kiosk/words/words.ts';
import { Center, Group, NativeSelect, Paper, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import icon from '../icon.svg';
import { useReader } from './reader.tsx';

interface DoorProps {
  readonly title: string;
  readonly what?: string;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** What somebody sees who is not let in yet: one form in the middle, and the language. */
export function Door({ title, what, wide = false, children }: DoorProps) {
  const { t, language, choose } = useReader();
  useEffect(() => {
    document.title = `${title} · ${t('product')}`;
  }, [title, t]);
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack w="100%" maw={wide ? 560 : 400}>
        <Group justify="space-between">
          <Group gap="xs">
            <img src={icon} alt="" width={32} height={32} />
            <Text fw={650} size="lg">
              {t('product')}
            </Text>
          </Group>
          <NativeSelect
            aria-label={t('account.language')}
            data={LANGUAGES.map(({ code, name }) => ({ value: code, label: name }))}
            value={language}
            onChange={(event) => choose(event.currentTarget.value)}
          />
        </Group>
        <Paper withBorder p="lg" radius="lg" shadow="sm">
          <Stack>
            <div>
              <Title order={1} size="h3">
                {title}
              </Title>
              {what && <Text c="dimmed">{what}</Text>}
            </div>
            {children}
          </Stack>
        </Paper>
      </Stack>
    </Center>
  );
}
