/** The walk through a bank's doors, for an installer with a phone in front of it. */
import type { CommissioningView } from '@lockerhub/protocol/http/commissioning.ts';
import type { BankView } from '@lockerhub/protocol/http/staff.ts';
import { Alert, Anchor, Group, Stack } from '@mantine/core';
import { IconArrowLeft, IconLifebuoy, IconPrinter } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { useBuilding, useCommissioning } from '../link/queries.ts';
import { AgentFile } from './agent-file.tsx';
import { Begin } from './begin.tsx';
import { Checking } from './checking.tsx';
import { EndWalk } from './end-walk.tsx';
import { FireDoor } from './fire-door.tsx';
import { FoundList } from './found-list.tsx';
import { Mistake } from './mistake.tsx';
import { Review } from './review.tsx';
import type { StepProps } from './step-props.ts';
import { WhichDoor } from './which-door.tsx';

export function CommissioningPage() {
  const { t } = useReader();
  const { bank: id } = useParams({ strict: false }) as { bank: string };
  const bank = useBuilding().data?.banks.find((one) => one.bank === id);
  const view = useCommissioning(id);
  return (
    <Page title={t('commissioning.title', { bank: bank?.name ?? id })} what={t('commissioning.what')}>
      <Group gap="lg">
        <Anchor renderRoot={(root) => <Link {...root} to="/banks" />} size="sm">
          <Group gap={4} component="span">
            <IconArrowLeft size={16} aria-hidden /> {t('nav.banks')}
          </Group>
        </Anchor>
        <Anchor
          renderRoot={(root) => <Link {...root} to="/banks/$bank/labels" params={{ bank: id }} />}
          size="sm"
        >
          <Group gap={4} component="span">
            <IconPrinter size={16} aria-hidden /> {t('commissioning.labels')}
          </Group>
        </Anchor>
      </Group>
      {view.isPending && <Loading rows={3} height={90} />}
      {view.isError && !view.data && <Failed error={view.error} again={() => void view.refetch()} />}
      {view.data && bank && <Steps view={view.data} bank={bank} />}
      <Alert color="gray" variant="light" icon={<IconLifebuoy />}>
        {t('commissioning.safety')}
      </Alert>
    </Page>
  );
}

function Steps({ view, bank }: { readonly view: CommissioningView; readonly bank: BankView }) {
  const { walk } = view;
  if (!walk) return <Begin bank={bank} lastMap={view.lastMap} />;
  return (
    <Stack>
      <Step bank={bank} walk={walk} />
      {bank.reach === 'agent' && <AgentFile bank={bank.bank} />}
      {walk.found.length > 0 && <FoundList bank={bank} walk={walk} />}
      <EndWalk bank={bank.bank} />
    </Stack>
  );
}

const isMisfire = (end: string | null) =>
  end === 'refused' || end === 'expired' || end === 'burned' || end === 'unknown';

function Step({ bank, walk }: StepProps) {
  if (walk.state === 'checking') return <Checking bank={bank} walk={walk} />;
  const { firing } = walk;
  if (firing && !isMisfire(firing.end)) return <WhichDoor bank={bank} walk={walk} firing={firing} />;
  // The doors behind a mistake are tried again once it is mended, so it comes first.
  const mistake = walk.found.find(
    ({ compartment, finding }) =>
      // One that was taken out of service does not hold up the others.
      walk.unsettled.includes(compartment) && (finding === 'says-open' || finding.endsWith('-crossed')),
  );
  if (mistake) return <Mistake bank={bank} walk={walk} found={mistake} />;
  if (walk.next === null) return <Review bank={bank} walk={walk} />;
  return <FireDoor bank={bank} walk={walk} door={walk.next} misfired={firing !== null} />;
}
