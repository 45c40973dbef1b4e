import { Surround } from '@lockerhub/hub/web/frame/surround.tsx';
import { Badge } from '@mantine/core';
import { IconBell, IconBuildings, IconHistory, IconUsers } from '@tabler/icons-react';
import { useFleet, useMay, useMembership } from '../link/queries.ts';
import { useFleetWords } from '../words/words.ts';
import { Account } from './account.tsx';

const PAGES = [
  ['fleet', '/', IconBuildings, 'viewer'],
  ['alarms', '/alarms', IconBell, 'viewer'],
  ['operators', '/operators', IconUsers, 'admin'],
  ['audit', '/audit', IconHistory, 'admin'],
] as const;

/** What is around every page: name, pages, account. */
export function Shell() {
  const t = useFleetWords();
  const may = useMay();
  const { name } = useMembership();
  const alarms = useFleet('').data?.pages[0]?.counts.openAlarms ?? 0;
  return (
    <Surround
      name={name}
      pages={PAGES.filter(([, , , role]) => may(role)).map(([page, to, icon]) => ({
        to,
        label: t(`nav.${page}`),
        icon,
        ...(page === 'fleet' ? { alsoAt: /^\/buildings\// } : {}),
        ...(page === 'alarms' && alarms > 0 ? { mark: <Badge color="red">{alarms}</Badge> } : {}),
      }))}
      account={<Account />}
    />
  );
}
