import type { PolicyItem } from '@lockerhub/protocol/http/policy.ts';
import { Button, Group, NativeSelect, NumberInput, Switch } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from './form-dialog.tsx';
import { fromUnit, inUnit, unitOf } from './policy-shown.ts';
import { usePolicyWords } from './policy-words.ts';
import { useReader } from './reader.tsx';
import { useSay } from './said.tsx';

type Value = PolicyItem['value'];
/** Name → value: names come from the hub, which may be newer than this page. */
export type SetPolicies = Readonly<Record<string, Value>>;

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

interface ChangePolicyProps {
  readonly item: PolicyItem;
  /** Writes it, and brings what is shown up to date. */
  readonly change: (changes: SetPolicies) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks for another value, within its bounds. */
export function ChangePolicy({ item, change, onClose }: ChangePolicyProps) {
  const { t } = useReader();
  const words = usePolicyWords();
  const say = useSay();
  const asked = (value: Value) =>
    item.kind === 'number' && typeof value === 'number' ? inUnit(value, unitOf(item)) : value;
  const [written, setWritten] = useState<Value>(asked(item.value));
  const [tried, setTried] = useState(false);
  const value =
    item.kind === 'number' && typeof written !== 'boolean' ? fromUnit(written, item) : (written as Value);
  const saving = useMutation({
    mutationFn: (to: Value) => change({ [item.name]: to }),
    onSuccess: (_, to) => {
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
