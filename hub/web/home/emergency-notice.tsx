import type { EmergencyState } from '@lockerhub/protocol/bank/messages.ts';
import type { BankView } from '@lockerhub/protocol/http/staff.ts';
import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconAlertOctagon } from '@tabler/icons-react';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { useMay } from '../link/queries.ts';
import { endEmergency } from '../link/requests.ts';

interface EmergencyNoticeProps {
  readonly bank: BankView;
  readonly state: EmergencyState;
}

/** A bank whose doors were released: what that means, and the way out of it once the input is back. */
export function EmergencyNotice({ bank, state }: EmergencyNoticeProps) {
  const { t } = useReader();
  const say = useSay();
  const may = useMay();
  const [asked, setAsked] = useState<Question | null>(null);
  const mayEnd = state === 'normal' || !bank.online;
  const question: Question = {
    title: t('bank.emergency.endAsk', { bank: bank.name }),
    consequence: t('bank.emergency.endWhat'),
    confirm: t('bank.emergency.end'),
    dangerous: true,
    field: {
      label: t('act.reason'),
      hint: t('act.reasonHint'),
      minLength: 3,
      maxLength: 200,
      tooShort: t('act.reasonShort'),
    },
    act: (reason) => endEmergency(bank.bank, reason),
    done: () => say(t('bank.emergency.endDone', { bank: bank.name })),
  };
  return (
    <Alert color="red" icon={<IconAlertOctagon aria-hidden />} title={t('bank.emergency.title')} mt="sm">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{t(`bank.emergency.state.${state}`)}</Text>
        {may('doors') && (
          <Button size="sm" disabled={!mayEnd} onClick={() => setAsked(question)}>
            {t('bank.emergency.end')}
          </Button>
        )}
      </Stack>
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </Alert>
  );
}
