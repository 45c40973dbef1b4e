/** A parcel of which nobody can be told: paper for the letter box, and who comes for it. */
import type { Claimed, ClaimSlip } from '@lockerhub/protocol/http/claims.ts';
import { Button, Group, Stack, Text } from '@mantine/core';
import { IconPrinter, IconUserCheck } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { useReader } from '../frame/reader.tsx';
import { useDeliveryStory, useMay } from '../link/queries.ts';
import { printSlip } from '../link/requests.ts';
import { ClaimDialog } from './claim-dialog.tsx';
import { useClaimed } from './claimed.tsx';
import { PrintedSlip } from './printed-slip.tsx';

/** What staff do about it. */
export function ClaimActs({ delivery }: { readonly delivery: string }) {
  const { t } = useReader();
  const may = useMay();
  const claimed = useClaimed();
  const client = useQueryClient();
  const story = useDeliveryStory(delivery).data;
  const [asked, setAsked] = useState<Question | null>(null);
  const [slip, setSlip] = useState<ClaimSlip | null>(null);
  const [claiming, setClaiming] = useState(false);
  if (!story) return null;
  const unit = story.delivery.unitName;
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
    claimed(done);
    over();
  };
  return (
    <Stack gap="xs" align="flex-start">
      <Text fw={600}>{t('claim.forUnit', { unit })}</Text>
      {story.untoldWhy && <Text>{t(`claim.why.${story.untoldWhy}`)}</Text>}
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
    </Stack>
  );
}
