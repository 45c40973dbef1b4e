import { LANGUAGES } from '@lockerhub/edge-agent/kiosk/words/words.ts';
import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import {
  IconCheck,
  IconDeviceDesktop,
  IconKey,
  IconLogout,
  IconMoon,
  IconSun,
  IconUserCircle,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keys } from '../link/keys.ts';
import { useMay, useMe } from '../link/queries.ts';
import { signOut } from '../link/requests.ts';
import { RecoveryDialog } from '../recovery/recovery-dialog.tsx';
import { useReader } from './reader.tsx';

const LOOKS: readonly (readonly [MantineColorScheme, typeof IconSun])[] = [
  ['light', IconSun],
  ['dark', IconMoon],
  ['auto', IconDeviceDesktop],
];

/** Who is signed in, the reader's language, light or dark, and the way out. */
export function AccountMenu() {
  const { t, language, choose } = useReader();
  const me = useMe(true).data;
  const may = useMay();
  const [recovering, setRecovering] = useState(false);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const client = useQueryClient();
  const leaving = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      client.clear();
      void client.invalidateQueries({ queryKey: keys.me });
      // Nothing of the building stays in this tab's memory.
      window.location.assign('/');
    },
  });
  const tick = (chosen: boolean) => (chosen ? <IconCheck size={16} /> : null);
  return (
    <>
      <Menu position="bottom-end" width={240} withinPortal>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t('account.label', { name: me?.name ?? '' })}
          >
            <IconUserCircle />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {me && (
            <Menu.Label>
              {me.name} · {t(`account.role.${me.role}`)}
            </Menu.Label>
          )}
          <Menu.Divider />
          <Menu.Label>{t('account.language')}</Menu.Label>
          {LANGUAGES.map(({ code, name }) => (
            <Menu.Item
              key={code}
              lang={code}
              rightSection={tick(code === language)}
              onClick={() => choose(code)}
            >
              {name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Label>{t('account.look')}</Menu.Label>
          {LOOKS.map(([look, Icon]) => (
            <Menu.Item
              key={look}
              leftSection={<Icon size={16} />}
              rightSection={tick(look === colorScheme)}
              onClick={() => setColorScheme(look)}
            >
              {t(`account.${look as 'light' | 'dark' | 'auto'}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          {may('recovery') && (
            <Menu.Item leftSection={<IconKey size={16} />} onClick={() => setRecovering(true)}>
              {t('recovery.menu')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leaving.mutate()}>
            {t('account.signOut')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <RecoveryDialog opened={recovering} onClose={() => setRecovering(false)} />
    </>
  );
}
