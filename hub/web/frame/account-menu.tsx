import { LANGUAGES } from '@lockerhub/edge-agent/kiosk/words/words.ts';
import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import {
  IconCheck,
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconSun,
  IconUserCircle,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useReader } from './reader.tsx';

const LOOKS = [
  ['light', IconSun],
  ['dark', IconMoon],
  ['auto', IconDeviceDesktop],
] as const satisfies readonly (readonly [MantineColorScheme, typeof IconSun])[];

interface AccountMenuProps {
  /** Whoever is signed in; absent while that is asked. */
  readonly me?: { readonly name: string; readonly role: string } | undefined;
  /** Where else they may go, above all else. */
  readonly places?: ReactNode;
  /** What else they may do, above the way out. */
  readonly acts?: ReactNode;
  signOut(): Promise<void>;
}

/** Who is signed in, the reader's language, light or dark, and the way out. */
export function AccountMenu({ me, places, acts, signOut }: AccountMenuProps) {
  const { t, language, choose } = useReader();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const client = useQueryClient();
  const leaving = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      // Nothing of what was seen stays in this tab's memory.
      client.clear();
      window.location.assign('/');
    },
  });
  const tick = (chosen: boolean) => (chosen ? <IconCheck size={16} /> : null);
  return (
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
            {me.name} · {me.role}
          </Menu.Label>
        )}
        {places}
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
            {t(`account.${look}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {acts}
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leaving.mutate()}>
          {t('account.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
