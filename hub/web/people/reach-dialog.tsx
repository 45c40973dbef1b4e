import { type Contact, Contacts, MAX_CONTACTS } from '@lockerhub/protocol/http/messages.ts';
import { ChangeResident, type ResidentView } from '@lockerhub/protocol/http/staff.ts';
import { ActionIcon, Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { keys } from '../link/keys.ts';
import { usePhoneCountry } from '../link/queries.ts';
import { changeResident } from '../link/requests.ts';
import { asContact } from './as-contact.ts';

type Draft = { readonly key: number; readonly channel: Contact['channel']; readonly to: string };

/** How a resident is reached, in which order, and when they are not reminded. */
export function ReachDialog({
  resident,
  onClose,
}: {
  readonly resident: ResidentView;
  readonly onClose: () => void;
}) {
  const { t } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const [drafts, setDrafts] = useState<readonly Draft[]>(
    resident.contacts.map((contact, key) => ({ key, ...contact })),
  );
  const [from, setFrom] = useState(resident.away?.from ?? '');
  const [until, setUntil] = useState(resident.away?.until ?? '');
  const [tried, setTried] = useState(false);
  const country = usePhoneCountry();
  const contacts = drafts.map((draft) => asContact(draft, country));
  const away = from === '' && until === '' ? null : { from, until };
  const parsed = ChangeResident.safeParse({ contacts, away });
  const isAwayWrong = tried && !parsed.success && parsed.error.issues.some(({ path }) => path[0] === 'away');
  const saving = useMutation({
    mutationFn: () => changeResident(resident.resident, { contacts: Contacts.parse(contacts), away }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.residents });
      say(t('reach.saved', { name: resident.name }));
      onClose();
    },
  });
  const change = (key: number, part: Partial<Draft>) =>
    setDrafts(drafts.map((draft) => (draft.key === key ? { ...draft, ...part } : draft)));
  const isWrong = (at: number) => tried && !Contacts.element.safeParse(contacts[at]).success;
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('reach.title', { name: resident.name })}
      what={t('reach.what')}
      confirm={t('reach.save')}
      pending={saving.isPending}
      error={saving.error}
      onSubmit={() => {
        setTried(true);
        if (parsed.success) saving.mutate();
      }}
    >
      <Stack gap="xs" component="ol" m={0} p={0} style={{ listStyle: 'none' }}>
        {drafts.map((draft, at) => (
          <Group key={draft.key} component="li" gap="xs" align="flex-end" wrap="nowrap">
            <NativeSelect
              w={150}
              label={t('reach.way', { number: at + 1 })}
              value={draft.channel}
              data={(['email', 'sms', 'webhook'] as const).map((value) => ({
                value,
                label: t(`channels.name.${value}`),
              }))}
              onChange={({ currentTarget: { value } }) =>
                change(draft.key, { channel: value as Draft['channel'] })
              }
            />
            <TextInput
              flex={1}
              dir="ltr"
              label={t(`reach.to.${draft.channel}`)}
              value={draft.to}
              error={isWrong(at) ? t(`reach.wrong.${draft.channel}`) : undefined}
              onChange={({ currentTarget: { value } }) => change(draft.key, { to: value })}
            />
            <ActionIcon
              variant="default"
              size={36}
              disabled={at === 0}
              aria-label={t('reach.up', { number: at + 1 })}
              onClick={() => setDrafts(drafts.toSpliced(at - 1, 2, draft, ...drafts.slice(at - 1, at)))}
            >
              <IconArrowUp size={18} />
            </ActionIcon>
            <ActionIcon
              variant="default"
              size={36}
              aria-label={t('reach.remove', { number: at + 1 })}
              onClick={() => setDrafts(drafts.filter(({ key }) => key !== draft.key))}
            >
              <IconTrash size={18} />
            </ActionIcon>
          </Group>
        ))}
      </Stack>
      {drafts.length === 0 && <Text c="dimmed">{t('reach.none')}</Text>}
      {drafts.length < MAX_CONTACTS && (
        <Button
          variant="light"
          leftSection={<IconPlus size={16} />}
          onClick={() => {
            const key = Math.max(-1, ...drafts.map((draft) => draft.key)) + 1;
            setDrafts([...drafts, { key, channel: 'sms', to: '' }]);
          }}
        >
          {t('reach.add')}
        </Button>
      )}
      <Group grow align="flex-start">
        <TextInput
          type="date"
          label={t('reach.awayFrom')}
          value={from}
          onChange={({ currentTarget: { value } }) => setFrom(value)}
        />
        <TextInput
          type="date"
          label={t('reach.awayUntil')}
          value={until}
          error={isAwayWrong ? t('reach.awayWrong') : undefined}
          onChange={({ currentTarget: { value } }) => setUntil(value)}
        />
      </Group>
      <Text size="sm" c="dimmed">
        {t('reach.awayWhat')}
      </Text>
    </FormDialog>
  );
}
