import { AccountMenu } from '@lockerhub/hub/web/frame/account-menu.tsx';
import { Menu } from '@mantine/core';
import { useMe, useMembership } from '../link/queries.ts';
import { signOut } from '../link/requests.ts';
import { useFleetWords } from '../words/words.ts';
import { useChooseOrganisation } from './organisation.ts';

/** The account's menu, with the other organisations that this operator belongs to. */
export function Account() {
  const t = useFleetWords();
  const { role, organisation } = useMembership();
  const me = useMe().data;
  const choose = useChooseOrganisation();
  const others = me?.organisations.filter((each) => each.organisation !== organisation) ?? [];
  return (
    <AccountMenu
      me={me && { name: me.name, role: t(`role.${role}`) }}
      places={others.map((each) => (
        <Menu.Item key={each.organisation} onClick={() => choose(each.organisation)}>
          {each.name}
        </Menu.Item>
      ))}
      signOut={signOut}
    />
  );
}
