import { Radio, Stack, TextInput } from '@mantine/core';
import { useReader } from '../frame/reader.tsx';

/** As the hub asks. */
export const SHORTEST_REASON = 3;

interface OfMissingProps {
  readonly corrects: boolean;
  readonly onCorrects: (corrects: boolean) => void;
  readonly reason: string;
  readonly onReason: (reason: string) => void;
}

/** What becomes of a parcel that is not where the records have it: a case, or the records put right for a reason. */
export function OfMissing({ corrects, onCorrects, reason, onReason }: OfMissingProps) {
  const { t } = useReader();
  return (
    <>
      <Radio.Group
        label={t('reconcile.whatOfMissing')}
        value={corrects ? 'correct' : 'case'}
        onChange={(value) => onCorrects(value === 'correct')}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="case" label={t('reconcile.asCase')} description={t('reconcile.asCaseWhat')} />
          <Radio value="correct" label={t('reconcile.correct')} description={t('reconcile.correctWhat')} />
        </Stack>
      </Radio.Group>
      {corrects && (
        <TextInput
          label={t('act.reason')}
          description={t('act.reasonHint')}
          maxLength={200}
          required
          value={reason}
          onChange={(event) => onReason(event.currentTarget.value)}
        />
      )}
    </>
  );
}
