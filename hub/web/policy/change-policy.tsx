import type { PolicyItem } from '@lockerhub/protocol/http/policy.ts';
import { Button, Group, NativeSelect, NumberInput, Switch } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { keys } from '../link/keys.ts';
import { changePolicy } from '../link/requests.ts';
import { usePolicyWords } from './policy-words.ts';
import { fromUnit, inUnit, unitOf } from './shown.ts';

type Value = PolicyItem['value'];

/** The usual one first; long lists by name, which is another order in each language. */
function byName(
  item: Extract<PolicyItem, { kind: 'choice' }>,
  name: (item: PolicyItem, value: Value) => string,
): { readonly value: string; readonly label: string }[] {
  const named = item.choices.map((value) => ({ value, label: name(item, value) }));
  const [usual, others] = [true, false].map((is) =>
    named.filter(({ value }) => (value === item.standard) === is),
  );
  return [...(usual ?? []), ...(others ?? []).toSorted((a, b) => a.label.localeCompare(b.label))];
}

/** Asks for another value, within its bounds. */
export function ChangePolicy({ item, onClose }: { readonly item: PolicyItem; readonly onClose: () => void }) {
  const { t } = useReader();
  const words = usePolicyWords();
  const say = useSay();
  const client = useQueryClient();
  const asked = (value: Value) =>
    item.kind === 'number' && typeof value === 'number' ? inUnit(value, unitOf(item)) : value;
  const [written, setWritten] = useState<Value>(asked(item.value));
  const [tried, setTried] = useState(false);
  const value =
    item.kind === 'number' && typeof written !== 'boolean' ? fromUnit(written, item) : (written as Value);
  const saving = useMutation({
    mutationFn: (to: Value) => changePolicy({ [item.name]: to }),
    onSuccess: async (all, to) => {
      client.setQueryData(keys.policy, all);
      await client.invalidateQueries({ queryKey: keys.health });
      say(t('policy.saved', { what: words.name(item), value: words.value(item, to) }));
      onClose();
    },
  });
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={words.name(item)}
      what={words.why(item)}
      confirm={t('policy.change')}
      pending={saving.isPending}
      error={saving.error}
      onSubmit={() => {
        setTried(true);
        if (value !== undefined) saving.mutate(value);
      }}
    >
      <Field item={item} written={written} onWrite={setWritten} wrong={tried && value === undefined} />
      <Group>
        <Button
          variant="subtle"
          size="xs"
          onClick={() => setWritten(asked(item.standard))}
          disabled={value === item.standard}
        >
          {t('policy.toUsual')} ({words.value(item, item.standard)})
        </Button>
      </Group>
    </FormDialog>
  );
}

interface FieldProps {
  readonly item: PolicyItem;
  readonly written: Value;
  readonly onWrite: (value: Value) => void;
  readonly wrong: boolean;
}

function Field({ item, written, onWrite, wrong }: FieldProps) {
  const { t } = useReader();
  const words = usePolicyWords();
  if (item.kind === 'switch') {
    return (
      <Switch
        label={words.name(item)}
        checked={written === true}
        onChange={(event) => onWrite(event.currentTarget.checked)}
      />
    );
  }
  if (item.kind === 'choice') {
    return (
      <NativeSelect
        label={words.name(item)}
        data={byName(item, words.value)}
        value={String(written)}
        onChange={(event) => onWrite(event.currentTarget.value)}
      />
    );
  }
  const unit = unitOf(item);
  const bounds = { min: words.value(item, item.min), max: words.value(item, item.max) };
  return (
    <NumberInput
      label={unit === null ? words.name(item) : `${words.name(item)} (${t(`policy.unit.${unit}`)})`}
      description={t('policy.between', bounds)}
      error={wrong ? t('policy.outside', bounds) : undefined}
      value={typeof written === 'boolean' ? '' : written}
      onChange={onWrite}
      data-autofocus
    />
  );
}
