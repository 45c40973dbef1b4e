import { AskFirst, type Question } from '@lockerhub/hub/web/frame/ask-first.tsx';
import { useReader } from '@lockerhub/hub/web/frame/reader.tsx';
import { useSay } from '@lockerhub/hub/web/frame/said.tsx';
import { Secret } from '@lockerhub/hub/web/frame/secret.tsx';
import { Failed } from '@lockerhub/hub/web/frame/states.tsx';
import type { FleetBuilding } from '@lockerhub/protocol/http/fleet.ts';
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { makeCode, revokeHub } from '../link/requests.ts';
import { useFleetWords } from '../words/words.ts';

/** How a hub comes to speak for the building, and how a stolen one is cut off. */
export function HubCode({ building }: { readonly building: FleetBuilding }) {
  const t = useFleetWords();
  const { formats } = useReader();
  const say = useSay();
  const [asked, setAsked] = useState<Question | null>(null);
  const purpose = building.hub === null ? 'first' : 'replacement';
  const making = useMutation({ mutationFn: () => makeCode(building.building, purpose) });
  const revoke = () =>
    setAsked({
      title: t('building.revokeAsk'),
      consequence: t('building.revokeWhat'),
      confirm: t('building.revoke'),
      dangerous: true,
      act: () => revokeHub(building.building),
      done: () => say(t('building.revoked')),
    });
  return (
    <Paper withBorder p="md" component="section">
      <Stack gap="sm">
        <Title order={2} size="h5">
          {t('building.code')}
        </Title>
        {making.data && (
          <>
            <Secret label={t('building.code')} value={making.data.code} big />
            <Text size="sm" c="dimmed">
              {t('building.codeWhat', { until: formats.exact(making.data.expiresAtMs) })}
            </Text>
          </>
        )}
        {purpose === 'replacement' && (
          <Text size="sm" c="dimmed">
            {t('building.codeOld')}
          </Text>
        )}
        {making.isError && <Failed error={making.error} />}
        <Group>
          <Button variant="default" loading={making.isPending} onClick={() => making.mutate()}>
            {purpose === 'first' ? t('building.codeFirst') : t('building.codeReplacement')}
          </Button>
          {building.hub && (
            <Button color="red" variant="light" onClick={revoke}>
              {t('building.revoke')}
            </Button>
          )}
        </Group>
        <AskFirst question={asked} onClose={() => setAsked(null)} />
      </Stack>
    </Paper>
  );
}
