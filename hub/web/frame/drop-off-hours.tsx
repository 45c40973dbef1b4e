/** When a courier's code begins a visit, in words and as fields: staff and operators say it alike. */
import { type DropOffHours, WEEKDAYS } from '@lockerhub/protocol/codes/drop-off-hours.ts';
import { Checkbox, Group, NativeSelect, Stack, Switch } from '@mantine/core';
import { useReader } from './reader.tsx';

/** Who asks for hours of their own first gets the day of most carriers, to change. */
const USUAL: DropOffHours = { days: [1, 2, 3, 4, 5, 6], fromHour: 7, untilHour: 21 };
const FROM = Array.from({ length: 24 }, (_, hour) => hour);
const UNTIL = FROM.map((hour) => hour + 1);

/** "Mon–Sat 7:00 to 21:00", or that they are the building's. */
export function HoursInWords({ hours }: { readonly hours: DropOffHours | null }) {
  const { t, formats } = useReader();
  if (!hours) return t('courierCodes.asBuilding');
  const span = t('courierCodes.span', {
    from: formats.hourOfDay(hours.fromHour),
    until: formats.hourOfDay(hours.untilHour),
  });
  if (hours.days.length === WEEKDAYS.length) return span;
  return `${WEEKDAYS.filter((day) => hours.days.includes(day))
    .map((day) => formats.weekday(day))
    .join(', ')} · ${span}`;
}

/** Hours under way: null, the building's own. Without a day they are none yet. */
export const areHours = (hours: DropOffHours | null) => hours === null || hours.days.length > 0;

interface HoursFieldsProps {
  readonly value: DropOffHours | null;
  readonly onChange: (hours: DropOffHours | null) => void;
  /** Somebody has tried to save: what is missing says so. */
  readonly tried: boolean;
}

/** The building's hours, or days and two hours of their own. */
export function HoursFields({ value: hours, onChange, tried }: HoursFieldsProps) {
  const { t, formats } = useReader();
  const asOptions = (list: readonly number[]) =>
    list.map((hour) => ({ value: String(hour), label: formats.hourOfDay(hour) }));
  return (
    <>
      <Switch
        label={t('courierCodes.own')}
        checked={hours !== null}
        onChange={({ currentTarget: { checked } }) => onChange(checked ? USUAL : null)}
      />
      {hours !== null && (
        <Stack gap="sm">
          <Checkbox.Group
            label={t('courierCodes.days')}
            value={hours.days.map(String)}
            onChange={(days) => onChange({ ...hours, days: days.map(Number).sort() })}
            error={tried && !areHours(hours) ? t('courierCodes.noDay') : undefined}
          >
            <Group gap="sm" mt={6}>
              {WEEKDAYS.map((day) => (
                <Checkbox key={day} value={String(day)} label={formats.weekday(day)} />
              ))}
            </Group>
          </Checkbox.Group>
          <Group grow align="flex-start">
            <NativeSelect
              label={t('courierCodes.from')}
              value={String(hours.fromHour)}
              data={asOptions(FROM)}
              onChange={({ currentTarget: { value } }) => onChange({ ...hours, fromHour: Number(value) })}
            />
            <NativeSelect
              label={t('courierCodes.until')}
              value={String(hours.untilHour)}
              data={asOptions(UNTIL)}
              onChange={({ currentTarget: { value } }) => onChange({ ...hours, untilHour: Number(value) })}
            />
          </Group>
        </Stack>
      )}
    </>
  );
}
