import { LANGUAGES } from '@lockerhub/edge-agent/kiosk/words/words.ts';
import { type NamedDelegate, NewDelegate } from '@lockerhub/protocol/http/delegates.ts';
import type { ResidentView } from '@lockerhub/protocol/http/staff.ts';
import { NativeSelect, SimpleGrid, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { usePhoneCountry, useStored } from '../link/queries.ts';
import { nameDelegate } from '../link/requests.ts';
import { asContact } from './as-contact.ts';

const DAY_MS = 86_400_000;
const ALL = 'all';

interface NameDelegateProps {
  readonly person: ResidentView;
  readonly onClose: () => void;
  readonly onNamed: (named: NamedDelegate) => void;
}

/** Which parcels, in which time, and where the code goes. */
export function NameDelegate({ person, onClose, onNamed }: NameDelegateProps) {
  const { t, formats } = useReader();
  const nowMs = useHubNow();
  const waiting =
    useStored(person.resident).data?.deliveries.filter(({ state }) => state === 'deposited') ?? [];
  const [draft, setDraft] = useState({
    delivery: ALL,
    from: local(nowMs),
    until: local(nowMs + DAY_MS),
    channel: 'email',
    to: '',
    language: person.language,
  });
  const [tried, setTried] = useState(false);
  const contact = asContact(draft, usePhoneCountry());
  const parsed = NewDelegate.safeParse({
    delivery: draft.delivery === ALL ? null : draft.delivery,
    fromMs: new Date(draft.from).getTime(),
    untilMs: new Date(draft.until).getTime(),
    tell: contact.to === '' ? null : { contact, language: draft.language },
  });
  const wrong = new Set(parsed.success ? [] : parsed.error.issues.map(({ path }) => path[0]));
  const isOver = !(draft.until > draft.from);
  const change = (field: keyof typeof draft) => ({
    value: draft[field],
    onChange: ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
      setDraft((before) => ({ ...before, [field]: value })),
  });
  const naming = useMutation({
    mutationFn: (body: NewDelegate) => nameDelegate(person.resident, body),
    onSuccess: onNamed,
  });
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('delegates.name')}
      what={t('delegates.what', { name: person.name })}
      confirm={t('delegates.name')}
      pending={naming.isPending}
      error={naming.error}
      onSubmit={() => {
        setTried(true);
        if (parsed.success && !isOver) naming.mutate(parsed.data);
      }}
    >
      <NativeSelect
        label={t('delegates.which')}
        data={[
          { value: ALL, label: t('delegates.all') },
          ...waiting.map(({ delivery, arrivedAt }) => ({
            value: delivery,
            label: t('delegates.thatOne', { when: formats.exact(arrivedAt) }),
          })),
        ]}
        {...change('delivery')}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput type="datetime-local" label={t('delegates.from')} {...change('from')} />
        <TextInput
          type="datetime-local"
          label={t('delegates.until')}
          error={tried && isOver ? t('delegates.windowWrong') : undefined}
          {...change('until')}
        />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NativeSelect
          label={t('delegates.by')}
          data={(['email', 'sms'] as const).map((value) => ({ value, label: t(`channels.name.${value}`) }))}
          {...change('channel')}
        />
        <TextInput
          dir="ltr"
          label={t('delegates.to')}
          description={t('delegates.toHint')}
          error={tried && wrong.has('tell') ? t('delegates.toWrong') : undefined}
          {...change('to')}
        />
      </SimpleGrid>
      <NativeSelect
        label={t('people.language')}
        data={LANGUAGES.map(({ code, name }) => ({ value: code, label: name }))}
        {...change('language')}
      />
    </FormDialog>
  );
}

/** As a field for date and time has it, by the clocks of whoever reads the page. */
function local(atMs: number): string {
  const at = new Date(atMs);
  return new Date(atMs - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
