import { Menu } from '@mantine/core';
import { IconKey, IconMail } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { AccountMenu } from '../frame/account-menu.tsx';
import { useReader } from '../frame/reader.tsx';
import { useMay, useMe } from '../link/queries.ts';
import { signOut } from '../link/requests.ts';
import { RecoveryDialog } from '../recovery/recovery-dialog.tsx';

/** The account's menu, with the building's recovery key for whoever may have it. */
export function Account() {
  const { t } = useReader();
  const me = useMe(true).data;
  const may = useMay();
  const [recovering, setRecovering] = useState(false);
  return (
    <>
      <AccountMenu
        me={me && { name: me.name, role: t(`account.role.${me.role}`) }}
        places={
          <Menu.Item leftSection={<IconMail size={16} />} component={Link} to="/account">
            {t('told.account')}
          </Menu.Item>
        }
        acts={
          may('recovery') && (
            <Menu.Item leftSection={<IconKey size={16} />} onClick={() => setRecovering(true)}>
              {t('recovery.menu')}
            </Menu.Item>
          )
        }
        signOut={signOut}
      />
      <RecoveryDialog opened={recovering} onClose={() => setRecovering(false)} />
    </>
  );
}
