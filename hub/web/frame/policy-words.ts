/** What a policy and its values are called. One whose words have not come yet goes by its name in the API. */
import type { PolicyItem } from '@lockerhub/protocol/http/policy.ts';
import type english from '../words/languages/en.ts';
import { unitOf } from './policy-shown.ts';
import { useReader } from './reader.tsx';

type Named = keyof typeof english.policy.field;
type Choice = keyof typeof english.policy.choice;

export function usePolicyWords() {
  const { t, formats } = useReader();
  return {
    name: ({ name }: PolicyItem): string => t(`policy.field.${name as Named}`, { defaultValue: name }),
    why: ({ name }: PolicyItem): string => t(`policy.why.${name as Named}`, { defaultValue: '' }),
    kind: (kind: string): string =>
      kind === 'operator' ? t('policy.operator') : kind === 'hub' ? t('policy.hub') : t('policy.staff'),
    value: (item: PolicyItem, value: PolicyItem['value']): string => {
      if (typeof value === 'boolean') return value ? t('policy.on') : t('policy.off');
      if (item.name === 'phoneCountry' && value !== 'none') return formats.country(String(value));
      if (typeof value === 'string') return t(`policy.choice.${value as Choice}`, { defaultValue: value });
      if (item.name.endsWith('Hour')) return formats.hourOfDay(value);
      if (item.kind !== 'number' || unitOf(item) === null) return formats.count(value);
      return unitOf(item) === 'h' ? formats.hours(value) : formats.duration(value);
    },
  };
}
