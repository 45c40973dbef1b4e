/** Phone numbers as people write them, in the building's own country where they name none. */
import { type CountryCode, getCountries, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { z } from 'zod';
import { PhoneNumber } from './messages.ts';

/** `none`: every number has to name its country. */
export const PhoneCountry = z.enum(['none', ...getCountries()]);
export type PhoneCountry = z.infer<typeof PhoneCountry>;

/**
 * The number with its country (ITU-T E.164): "(555) 123-4567" in the US is +15551234567. Undefined if it cannot be read as
 * one of that country's length, or is an extension, to which no text message goes.
 */
export function readPhoneNumber(text: string, country: PhoneCountry): string | undefined {
  const plain = PhoneNumber.safeParse(text.replace(/[\s().-]/g, ''));
  if (plain.success) return plain.data;
  const defaultCountry = country === 'none' ? {} : { defaultCountry: country as CountryCode };
  const read = parsePhoneNumberFromString(text.trim(), { ...defaultCountry, extract: false });
  if (!read?.isPossible() || read.ext !== undefined) return undefined;
  return PhoneNumber.safeParse(read.number).data;
}
