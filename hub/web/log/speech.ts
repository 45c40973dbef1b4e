/** What every sentence about the log is made with: words, names, and how doors, parcels and people are called. */
import type { LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import type { Payload } from '@lockerhub/protocol/log/payload.ts';
import type { Formats } from '../words/formats.ts';
import type { StaffWords } from '../words/words.ts';
import type { Names } from './names.ts';

export interface Speech {
  readonly t: StaffWords;
  readonly names: Names;
  readonly formats: Formats;
}

/** The payloads whose type fits a pattern. */
export type Some<Pattern extends string> = Extract<Payload, { readonly type: Pattern }>;

/** Who did it, in words. */
export function actor({ t, names }: Speech, by: LogEntryView['by']): string {
  switch (by.kind) {
    case 'hub':
      return t('actor.hub');
    case 'bank':
      return names.bank(by.id) ?? t('actor.bank');
    case 'courier':
      return courier({ t, names }, by.id);
    case 'resident':
      return names.resident(by.id) ?? t('actor.resident');
    case 'operator':
      return t('actor.operator');
    case 'staff':
      return names.me !== null && by.id === names.me ? t('actor.you') : t('actor.staff');
  }
}

export function courier({ t, names }: Pick<Speech, 't' | 'names'>, id: unknown): string {
  const known = names.courier(id);
  if (!known) return t('actor.courier');
  return known.name ?? t('actor.courierOf', { carrier: known.carrier });
}

/** A holder of a code: a courier or a resident. */
export function holder(speech: Speech, id: string): string {
  const resident = speech.names.resident(id);
  if (resident) return resident;
  return speech.names.courier(id) ? courier(speech, id) : speech.t('actor.someone');
}

/** A door, with its bank's name where there are several. */
export function doorName(
  { t, names }: Pick<Speech, 't' | 'names'>,
  bank: string | null,
  compartment: number | null,
): string {
  if (compartment === null) return t('thing.aDoor');
  const door = t('doors:door', { number: compartment });
  if (!names.severalBanks) return door;
  return t('door.place', { bank: names.bank(bank) ?? bank, door });
}

export function parcel({ t, names }: Speech, delivery: string): string {
  const unit = names.parcel(delivery)?.unitName;
  return unit ? t('thing.parcelFor', { unit }) : t('thing.parcel');
}

export function staffName({ t, names }: Speech, staff: string): string {
  return staff === names.me ? t('actor.you') : t('actor.staff');
}
