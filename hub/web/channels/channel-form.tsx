import {
  type ChannelSettings,
  type ChannelView,
  KINDS_OF_CHANNEL,
  NewChannel,
} from '@lockerhub/protocol/http/messages.ts';
import {
  Button,
  NumberInput,
  PasswordInput,
  SegmentedControl,
  Stack,
  Switch,
  TextInput,
} from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Secret } from '../frame/secret.tsx';
import { keys } from '../link/keys.ts';
import { removeChannel, setChannel } from '../link/requests.ts';

/** IANA's port for mail submission. */
const SUBMISSION_PORT = 587;
const EMPTY: Record<ChannelSettings['kind'], ChannelSettings> = {
  smtp: { kind: 'smtp', host: '', port: SUBMISSION_PORT, tls: false, user: '', from: '' },
  twilio: { kind: 'twilio', apiUrl: 'https://api.twilio.com', account: '', from: '' },
  generic: { kind: 'generic', url: '', from: '' },
};

interface ChannelFormProps {
  readonly view: ChannelView;
  readonly name: string;
  readonly onClose: () => void;
}

/** The settings of one channel. A secret that is there is kept unless another is typed; it is never shown. */
export function ChannelForm({ view, name, onClose }: ChannelFormProps) {
  const { t } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const kinds = KINDS_OF_CHANNEL[view.channel];
  const [settings, setSettings] = useState<ChannelSettings>(view.settings ?? EMPTY[kinds[0]]);
  const [secret, setSecret] = useState('');
  const [tried, setTried] = useState(false);
  const [made, setMade] = useState<string>();
  const asked = { settings, secret: secret === '' ? undefined : secret };
  const parsed = NewChannel.safeParse(asked);
  const wrong = new Set(parsed.success ? [] : parsed.error.issues.map(({ path }) => String(path.at(-1))));
  const done = () => void client.invalidateQueries({ queryKey: keys.channels });
  const saving = useMutation({
    mutationFn: () => setChannel(view.channel, asked),
    onSuccess: ({ newSecret }) => {
      done();
      say(t('channels.saved', { channel: name }));
      if (newSecret === undefined) onClose();
      else setMade(newSecret);
    },
  });
  const removing = useMutation({
    mutationFn: () => removeChannel(view.channel),
    onSuccess: () => {
      done();
      say(t('channels.removed', { channel: name }));
      onClose();
    },
  });
  const field = (key: string, label: string, type = 'text') => (
    <TextInput
      key={key}
      dir="ltr"
      type={type}
      label={label}
      value={String((settings as Readonly<Record<string, unknown>>)[key] ?? '')}
      error={tried && wrong.has(key) ? t('channels.wrong') : undefined}
      onChange={({ currentTarget: { value } }) =>
        setSettings((before) => ({ ...before, [key]: value }) as ChannelSettings)
      }
    />
  );
  const isKept = view.settings?.kind === settings.kind && view.state === 'ready';
  if (made !== undefined) {
    return (
      <FormDialog
        opened
        onClose={onClose}
        title={name}
        what={t('channels.madeWhat')}
        confirm={t('act.close')}
        pending={false}
        error={null}
        onSubmit={onClose}
      >
        <Secret label={t('channels.secret.generic')} value={made} />
      </FormDialog>
    );
  }
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={name}
      what={t(`channels.about.${view.channel}`)}
      confirm={t('channels.save')}
      pending={saving.isPending}
      error={saving.error ?? removing.error}
      onSubmit={() => {
        setTried(true);
        if (parsed.success) saving.mutate();
      }}
    >
      <Stack gap="sm">
        {kinds.length > 1 && (
          <SegmentedControl
            aria-label={t('channels.kindLabel')}
            value={settings.kind}
            onChange={(kind) => setSettings(EMPTY[kind as ChannelSettings['kind']])}
            data={kinds.map((kind) => ({ value: kind, label: t(`channels.kind.${kind}`) }))}
          />
        )}
        {settings.kind === 'smtp' && field('host', t('channels.host'))}
        {settings.kind === 'smtp' && (
          <NumberInput
            label={t('channels.port')}
            min={1}
            max={65_535}
            value={settings.port}
            onChange={(port) => setSettings({ ...settings, port: Number(port) })}
          />
        )}
        {settings.kind === 'smtp' && (
          <Switch
            label={t('channels.tls')}
            checked={settings.tls}
            onChange={({ currentTarget: { checked } }) => setSettings({ ...settings, tls: checked })}
          />
        )}
        {settings.kind === 'smtp' && field('user', t('channels.user'))}
        {settings.kind === 'twilio' && field('apiUrl', t('channels.url'), 'url')}
        {settings.kind === 'twilio' && field('account', t('channels.account'))}
        {settings.kind === 'generic' && field('url', t('channels.url'), 'url')}
        {(settings.kind !== 'generic' || view.channel === 'sms') && field('from', t('channels.from'))}
        <PasswordInput
          dir="ltr"
          autoComplete="new-password"
          label={t(`channels.secret.${settings.kind}`)}
          description={
            isKept
              ? t('channels.secretKept')
              : settings.kind === 'generic'
                ? t('channels.secretMade')
                : undefined
          }
          value={secret}
          onChange={({ currentTarget: { value } }) => setSecret(value)}
        />
        {view.settings && (
          <Button color="red" variant="subtle" loading={removing.isPending} onClick={() => removing.mutate()}>
            {t('channels.remove')}
          </Button>
        )}
      </Stack>
    </FormDialog>
  );
}
