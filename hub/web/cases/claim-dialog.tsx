import { LANGUAGES } from '@lockerhub/edge-agent/kiosk/words/words.ts';
import { Claim, type Claimed } from '@lockerhub/protocol/http/claims.ts';
import type { DeliveryStory } from '@lockerhub/protocol/http/staff.ts';
import { Verified } from '@lockerhub/protocol/log/payloads/slips.ts';
import { NativeSelect, Radio, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { useBuilding, usePhoneCountry, useResidents } from '../link/queries.ts';
import { claimParcel } from '../link/requests.ts';
import { asContact } from '../people/as-contact.ts';

/** No resident has this id. */
const SOMEBODY_NEW = 'new';

interface ClaimDialogProps {
  readonly story: DeliveryStory;
  readonly onClose: () => void;
  readonly onClaimed: (claimed: Claimed) => void;
}

/** Who stands at the desk, how staff know that they live there, and how to tell them next time. */
export function ClaimDialog({ story, onClose, onClaimed }: ClaimDialogProps) {
  const { t } = useReader();
  const language = useBuilding().data?.language ?? 'en';
  const { delivery, unitName } = story.delivery;
  const living = (useResidents().data ?? []).filter(
    (one) => one.unitName === unitName && unitName !== '' && !one.movedOut,
  );
  const isShared = new Set(living.map(({ household }) => household)).size > 1;
  const [draft, setDraft] = useState({ who: '', name: '', language, channel: 'email', to: '' });
  const [how, setHow] = useState('');
  const [tried, setTried] = useState(false);
  const choices = [
    ...living.map(({ resident, name }) => ({ value: resident, label: name })),
    // Of strangers who share a unit nobody knows whom a newcomer would live with.
    ...(isShared ? [] : [{ value: SOMEBODY_NEW, label: t('claim.somebodyNew') }]),
  ];
  const who = choices.some(({ value }) => value === draft.who) ? draft.who : (choices[0]?.value ?? '');
  const isNew = who === SOMEBODY_NEW;
  const contact = asContact(draft, usePhoneCountry());
  const parsed = Claim.safeParse({
    claimant: isNew ? { name: draft.name, language: draft.language } : { resident: who },
    contact: contact.to === '' ? null : contact,
    how,
  });
  const wrong = new Set(parsed.success || !tried ? [] : parsed.error.issues.map(({ path }) => path[0]));
  const change = (field: keyof typeof draft) => ({
    value: draft[field],
    onChange: ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
      setDraft((before) => ({ ...before, [field]: value })),
  });
  const claiming = useMutation({
    mutationFn: (body: Claim) => claimParcel(delivery, body),
    onSuccess: onClaimed,
  });
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('claim.cameTitle', { unit: unitName })}
      what={t('claim.cameWhat')}
      confirm={t('claim.confirm')}
      pending={claiming.isPending}
      error={claiming.error}
      onSubmit={() => {
        setTried(true);
        if (parsed.success) claiming.mutate(parsed.data);
      }}
    >
      <Radio.Group
        label={t('claim.how')}
        value={how}
        onChange={setHow}
        error={wrong.has('how') ? t('claim.howMissing') : undefined}
        withAsterisk
      >
        <Stack gap="xs" mt="xs" mb="xs">
          {Verified.options.map((value) => (
            <Radio key={value} value={value} label={t(`claim.by.${value}`)} />
          ))}
        </Stack>
      </Radio.Group>
      <NativeSelect label={t('claim.who')} data={choices} {...change('who')} value={who} />
      {isNew && (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput
            label={t('people.name')}
            withAsterisk
            error={wrong.has('claimant') ? t('claim.nameMissing') : undefined}
            {...change('name')}
          />
          <NativeSelect
            label={t('people.language')}
            data={LANGUAGES.map(({ code, name }) => ({ value: code, label: name }))}
            {...change('language')}
          />
        </SimpleGrid>
      )}
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NativeSelect
          label={t('claim.contact')}
          data={(['email', 'sms'] as const).map((value) => ({ value, label: t(`channels.name.${value}`) }))}
          {...change('channel')}
        />
        <TextInput
          dir="ltr"
          label={t('delegates.to')}
          description={t('claim.toHint')}
          error={wrong.has('contact') ? t('delegates.toWrong') : undefined}
          {...change('to')}
        />
      </SimpleGrid>
    </FormDialog>
  );
}
