/** A parcel of which nobody can be told: paper for the letter box, and who comes for it. */
import type { Claimed, ClaimSlip } from '@lockerhub/protocol/http/claims.ts';
import { Button, Group, Stack, Text } from '@mantine/core';
import { IconPrinter, IconUserCheck } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Secret } from '../frame/secret.tsx';
import { ShownOnce } from '../frame/shown-once.tsx';
import { useDeliveryStory, useMay } from '../link/queries.ts';
import { printSlip } from '../link/requests.ts';
import { ClaimDialog } from './claim-dialog.tsx';
import { PrintedSlip } from './printed-slip.tsx';

/** What staff do about it. */
export function ClaimActs({ delivery }: { readonly delivery: string }) {
  const { t } = useReader();
  const may = useMay();
  const say = useSay();
  const client = useQueryClient();
  const story = useDeliveryStory(delivery).data;
  const [asked, setAsked] = useState<Question | null>(null);
  const [slip, setSlip] = useState<ClaimSlip | null>(null);
  const [claiming, setClaiming] = useState(false);
  const [claimed, setClaimed] = useState<Claimed | null>(null);
  if (!story) return null;
  const unit = story.delivery.unitName;
  // Nothing of this is on the page any more once it has heard that the case is closed.
  const over = () => void client.invalidateQueries();
  const print = () =>
    setAsked({
      title: t('claim.printAsk', { unit }),
      consequence: t('claim.printWhat'),
      confirm: t('claim.print'),
      act: async () => setSlip(await printSlip(delivery)),
      done: () => undefined,
    });
  const took = (done: Claimed) => {
    setClaiming(false);
    say(t(done.told ? 'claim.doneTold' : 'claim.done'));
    if (done.code === null) over();
    else setClaimed(done);
  };
  return (
    <Stack gap="xs" align="flex-start">
      <Text fw={600}>{t('claim.forUnit', { unit })}</Text>
      <Group gap="sm">
        {may('reveal') && (
          <Button size="xs" leftSection={<IconPrinter size={16} aria-hidden />} onClick={print}>
            {t('claim.print')}
          </Button>
        )}
        {may('residents') && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconUserCheck size={16} aria-hidden />}
            onClick={() => setClaiming(true)}
          >
            {t('claim.came')}
          </Button>
        )}
      </Group>
      <AskFirst question={asked} onClose={() => setAsked(null)} />
      {slip && (
        <PrintedSlip
          slip={slip}
          onClose={() => {
            setSlip(null);
            over();
          }}
        />
      )}
      {claiming && <ClaimDialog story={story} onClose={() => setClaiming(false)} onClaimed={took} />}
      {claimed?.code && (
        <ShownOnce title={t('claim.done')} onClose={over}>
          <Secret label={t('claim.ownCode')} value={claimed.code} big />
          <Text size="sm">{t('claim.ownCodeWhat')}</Text>
        </ShownOnce>
      )}
    </Stack>
  );
}
