/** What every sentence about the log is made with: words, names, and how doors, parcels and people are called. */
import type { DeliveryView, LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import type { Payload, PayloadOf, PayloadType } from '@lockerhub/protocol/log/payload.ts';
import type { Formats } from '../words/formats.ts';
import type { StaffWords } from '../words/words.ts';
import type { Names } from './names.ts';

export interface Speech {
  readonly t: StaffWords;
  readonly names: Names;
  readonly formats: Formats;
}

/** What is said of an entry of one type. */
export type Sentence<Type extends PayloadType> = (
  speech: Speech,
  data: PayloadOf<Type>,
  by: Payload['by'],
) => string;

/** A sentence for each type of a theme. */
export type Sentences<Theme> = { readonly [Type in keyof Theme & PayloadType]: Sentence<Type> };

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
    case 'delegate':
      return t('actor.delegate');
    case 'operator':
      return t('actor.operator');
    case 'console':
      return t('actor.console');
    case 'api-key':
      return t('actor.program');
    case 'staff':
      return staffName({ t, names }, by.id);
    default:
      // A kind of actor that newer software knows.
      return t('actor.someone');
  }
}

export function courier({ t, names }: Pick<Speech, 't' | 'names'>, id: unknown): string {
  const known = names.courier(id);
  if (!known) return t('actor.courier');
  if (known.name !== null) return known.name;
  return known.carrier ? t('actor.courierOf', { carrier: known.carrier }) : t('actor.courier');
}

/** A holder of a code: a courier or a resident. */
export function holder(speech: Speech, id: string): string {
  const resident = speech.names.resident(id);
  if (resident) return resident;
  return speech.names.courier(id) ? courier(speech, id) : speech.t('actor.someone');
}

export function bankName({ names }: Pick<Speech, 'names'>, bank: string): string {
  return names.bank(bank) ?? bank;
}

export function unitName({ t, names }: Pick<Speech, 't' | 'names'>, unit: string | null): string {
  return names.unit(unit) ?? t('thing.unit');
}

/** A door, or a zone of the room behind it, with its bank's name where there are several. */
export function doorName(
  { t, names }: Pick<Speech, 't' | 'names'>,
  bank: string | null,
  compartment: number | null,
  zone: string | null = null,
): string {
  if (compartment === null) return t('thing.aDoor');
  const number = t('doors:door', { number: compartment });
  const door = zone === null ? number : t('doors:inZone', { zone, door: number });
  if (!names.severalBanks) return door;
  return t('door.place', { bank: names.bank(bank) ?? bank, door });
}

/** Where a delivery is or was: at the desk if in no compartment, unless it never had a place. */
export function placeName(
  speech: Pick<Speech, 't' | 'names'>,
  { bank, compartment, zone, state }: Pick<DeliveryView, 'bank' | 'compartment' | 'zone' | 'state'>,
): string {
  if (bank !== null) return doorName(speech, bank, compartment, zone);
  return state === 'withdrawn' ? '–' : speech.t('desk.desk');
}

export function parcel({ t, names }: Speech, delivery: string): string {
  const unit = names.parcel(delivery)?.unitName;
  return unit ? t('thing.parcelFor', { unit }) : t('thing.parcel');
}

export function staffName({ t, names }: Pick<Speech, 't' | 'names'>, staff: unknown): string {
  if (names.me !== null && staff === names.me) return t('actor.you');
  return names.staff(staff) ?? t('actor.staff');
}
