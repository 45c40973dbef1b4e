import { DELIVERY_STATES, type DeliveryView } from '@lockerhub/protocol/http/staff.ts';
import { Chip, Group, ScrollArea, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useReader } from '../frame/reader.tsx';
import { useBuilding, useCarriers } from '../link/queries.ts';

/** What the list is narrowed by, as it stands in the address; days as YYYY-MM-DD. */
export interface DeliveriesSearch {
  readonly q?: string | undefined;
  readonly state?: DeliveryView['state'] | undefined;
  readonly carrier?: string | undefined;
  readonly bank?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export type Narrowing = Omit<DeliveriesSearch, 'q'>;

interface FiltersProps {
  readonly search: Narrowing;
  readonly onChange: (search: Narrowing) => void;
}

/** State by a touch; carrier, bank and days for those who look for something. */
export function Filters({ search, onChange }: FiltersProps) {
  const { t } = useReader();
  return (
    <Stack gap="sm" component="search" aria-label={t('delivery.filters')}>
      <ScrollArea type="never">
        <Chip.Group
          value={search.state ?? 'all'}
          onChange={(chosen) =>
            onChange({ ...search, state: DELIVERY_STATES.find((each) => each === chosen) })
          }
        >
          <Group gap="xs" wrap="nowrap" role="radiogroup" aria-label={t('delivery.filter')} py={2}>
            <Chip value="all" variant="light">
              {t('delivery.anyState')}
            </Chip>
            {DELIVERY_STATES.map((each) => (
              <Chip key={each} value={each} variant="light">
                {t(`delivery.state.${each}`)}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </ScrollArea>
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm" maw={760}>
        <CarrierAndBank search={search} onChange={onChange} />
        <Day
          label={t('delivery.from')}
          value={search.from}
          onChange={(from) => onChange({ ...search, from })}
        />
        <Day label={t('delivery.to')} value={search.to} onChange={(to) => onChange({ ...search, to })} />
      </SimpleGrid>
    </Stack>
  );
}

function CarrierAndBank({ search, onChange }: FiltersProps) {
  const { t } = useReader();
  const carriers = [...new Set(useCarriers().data?.map(({ name }) => name))];
  const banks = useBuilding().data?.banks ?? [];
  return (
    <>
      <Select
        label={t('delivery.column.carrier')}
        placeholder={t('delivery.any')}
        data={carriers}
        value={search.carrier ?? null}
        onChange={(carrier) => onChange({ ...search, carrier: carrier ?? undefined })}
        clearable
        searchable
      />
      {banks.length > 1 && (
        <Select
          label={t('delivery.bank')}
          placeholder={t('delivery.any')}
          data={banks.map(({ bank, name }) => ({ value: bank, label: name }))}
          value={search.bank ?? null}
          onChange={(bank) => onChange({ ...search, bank: bank ?? undefined })}
          clearable
        />
      )}
    </>
  );
}

interface DayProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (day: string | undefined) => void;
}

function Day({ label, value, onChange }: DayProps) {
  return (
    <TextInput
      type="date"
      label={label}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}
