import { NativeSelect, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { declareKey } from '../link/requests.ts';

const MINUTE_MS = 60_000;
/** From a single door to a working day, the most that the hub takes. */
const MINUTES = [30, 60, 120, 240, 480];
const REASON_MIN = 3;
const REASON_MAX = 200;

interface KeyDialogProps {
  readonly bank: string;
  readonly name: string;
  readonly onClose: () => void;
}

/** The mechanical key is used anywhere in a bank: for how long, and why. */
export function KeyDialog({ bank, name, onClose }: KeyDialogProps) {
  const { t, formats } = useReader();
  const say = useSay();
  const [minutes, setMinutes] = useState(MINUTES[0] ?? 0);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const isShort = reason.trim().length < REASON_MIN;
  const declaring = useMutation({
    mutationFn: () => declareKey({ bank, compartment: null }, minutes, reason.trim()),
    onSuccess: () => {
      say(t('door.keyDone', { place: name }));
      onClose();
    },
  });
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('door.keyAsk', { place: name })}
      what={t('health.key.what')}
      confirm={t('door.key')}
      pending={declaring.isPending}
      error={declaring.error}
      onSubmit={() => {
        setTried(true);
        if (!isShort) declaring.mutate();
      }}
    >
      <NativeSelect
        label={t('health.key.howLong')}
        value={minutes}
        onChange={(event) => setMinutes(Number(event.currentTarget.value))}
        data={MINUTES.map((each) => ({ value: String(each), label: formats.duration(each * MINUTE_MS) }))}
      />
      <Textarea
        label={t('act.reason')}
        description={t('act.reasonHint')}
        autosize
        minRows={2}
        maxLength={REASON_MAX}
        required
        data-autofocus
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={tried && isShort ? t('act.reasonShort') : undefined}
      />
    </FormDialog>
  );
}
