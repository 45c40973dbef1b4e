import { SegmentedControl, Stack } from '@mantine/core';
import { IconCircleCheck, IconMoodSmile } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { Failed, ListEnd, Loading, Nothing } from '../frame/states.tsx';
import { useCases } from '../link/queries.ts';
import { CaseCard } from './case-card.tsx';
import { CaseShown, FILTER_OF } from './case-shown.ts';
import { ClaimedCodes } from './claimed.tsx';

/** What needs, or needed, a person, and who sees to it. */
export function CasesPage() {
  const { t } = useReader();
  const navigate = useNavigate();
  const { show = 'open' } = useSearch({ strict: false }) as { show?: CaseShown };
  const list = useCases(FILTER_OF[show]);
  return (
    <Page
      title={t('case.title')}
      actions={
        <SegmentedControl
          aria-label={t('delivery.filter')}
          value={show}
          onChange={(chosen) => void navigate({ to: '/cases', search: { show: chosen as CaseShown } })}
          data={CaseShown.options.map((value) => ({ value, label: t(`case.${value}`) }))}
        />
      }
    >
      {list.isPending && <Loading rows={3} height={150} />}
      {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
      {list.rows?.length === 0 && <None show={show} />}
      <ClaimedCodes>
        <Stack gap="md" component="ul" m={0} p={0}>
          {list.rows?.map((each) => (
            <CaseCard key={each.case} subject={each} />
          ))}
        </Stack>
      </ClaimedCodes>
      <ListEnd list={list} />
    </Page>
  );
}

function None({ show }: { readonly show: CaseShown }) {
  const { t } = useReader();
  switch (show) {
    case 'open':
      return <Nothing icon={<IconMoodSmile />} title={t('case.none')} what={t('case.noneWhat')} />;
    case 'mine':
      return <Nothing icon={<IconMoodSmile />} title={t('case.noneOfMine')} />;
    case 'nobodys':
      return <Nothing icon={<IconMoodSmile />} title={t('case.noneOfNobody')} />;
    case 'closed':
      return <Nothing icon={<IconCircleCheck />} title={t('case.noneClosed')} />;
  }
}
