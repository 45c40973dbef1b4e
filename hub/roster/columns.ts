/** Which column holds what: as was said, as was said last time, or as the headers sound. */
import { ROSTER_FIELDS, type RosterColumns, type RosterField } from '@lockerhub/protocol/http/roster.ts';

/** Headers without case, accents, spaces and signs. Yardi, Entrata, RealPage and AppFolio exports, and plain words. */
const SOUNDS: Readonly<Record<RosterField, readonly string[]>> = {
  externalId: [
    'tcode',
    'tenantcode',
    'residentcode',
    'residentid',
    'tenantid',
    'externalid',
    'personid',
    'id',
  ],
  unit: [
    'unit',
    'unitcode',
    'unitnumber',
    'unitname',
    'apartment',
    'apt',
    'wohnung',
    'piso',
    'unidad',
    'vivienda',
  ],
  household: ['lease', 'leaseid', 'household', 'householdid', 'haushalt', 'hogar'],
  name: ['name', 'fullname', 'resident', 'residentname', 'tenant', 'tenantname', 'nombre'],
  firstName: ['firstname', 'first', 'givenname', 'vorname'],
  lastName: ['lastname', 'last', 'surname', 'familyname', 'nachname', 'apellido', 'apellidos'],
  email: ['email', 'emailaddress', 'mail', 'correo', 'correoelectronico'],
  phone: ['phone', 'mobile', 'cell', 'cellphone', 'mobilephone', 'phonenumber', 'telefono', 'telefon'],
  language: ['language', 'preferredlanguage', 'lang', 'idioma', 'sprache'],
};

/** The columns to read. @param last those of the last import: they count where the list still has them all */
export function columnsFor(
  headers: readonly string[],
  said: RosterColumns | undefined,
  last: RosterColumns | undefined,
): RosterColumns {
  const has = (columns: RosterColumns) => Object.values(columns).every((header) => headers.includes(header));
  if (said) return said;
  if (last && has(last)) return last;
  const found: [RosterField, string][] = [];
  for (const field of ROSTER_FIELDS) {
    const header = SOUNDS[field]
      .map((sound) => headers.find((each) => soundOf(each) === sound))
      .find((each) => each !== undefined);
    if (header !== undefined) found.push([field, header]);
  }
  return Object.fromEntries(found);
}

function soundOf(header: string): string {
  return header
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
