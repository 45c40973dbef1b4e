/** The words of letters, by language. */
import type { HeightBand } from '@lockerhub/protocol/bank/layout.ts';
import type { MessageKind } from '@lockerhub/protocol/log/payload.ts';

export interface LetterWords {
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  readonly bands: Readonly<Record<HeightBand, string>>;
  readonly subject: Readonly<Record<MessageKind, (count: number, building: string) => string>>;
  readonly opening: Readonly<Record<MessageKind, (count: number, building: string) => string>>;
  greeting(name: string): string;
  place(bank: string, number: number, columnFromLeft: number, band: string): string;
  code(code: string): string;
  readonly howTo: string;
  closing(building: string, unit: string): string;
}

const ENGLISH: LetterWords = {
  language: 'en',
  direction: 'ltr',
  bands: {
    floor: 'at the floor',
    knee: 'knee height',
    hip: 'hip height',
    chest: 'chest height',
    head: 'head height',
    overhead: 'above your head',
  },
  subject: {
    'parcels-arrived': (count, building) => `${capital(parcels(count))} for you at ${building}`,
    reminder: (count, building) => `${capital(parcels(count))} still waiting at ${building}`,
    'parcel-withdrawn': (_, building) => `A parcel at ${building} was taken back`,
    'code-changed': (_, building) => `Your code at ${building} has changed`,
  },
  opening: {
    'parcels-arrived': (count) => `${capital(parcels(count))} arrived for you:`,
    reminder: (count) => `${capital(parcels(count))} still ${count === 1 ? 'waits' : 'wait'} for you:`,
    'parcel-withdrawn': () => 'A parcel that we told you of was taken out again by the courier or the staff:',
    'code-changed': () =>
      'Your old code no longer works: to keep your parcels safe you have a new one. For you there waits:',
  },
  greeting: (name) => `Hello ${name},`,
  place: (bank, number, column, band) => `${bank}, door ${number} (column ${column} from the left, ${band})`,
  code: (code) => `Your code: ${code}`,
  howTo: 'Type it at the screen of the lockers or show the QR code to the scanner, at any hour.',
  closing: (building, unit) => `${building}, ${unit}`,
};

const SPANISH: LetterWords = {
  language: 'es',
  direction: 'ltr',
  bands: {
    floor: 'a ras de suelo',
    knee: 'a la altura de la rodilla',
    hip: 'a la altura de la cadera',
    chest: 'a la altura del pecho',
    head: 'a la altura de la cabeza',
    overhead: 'por encima de la cabeza',
  },
  subject: {
    'parcels-arrived': (count, building) => `${capital(paquetes(count))} para usted en ${building}`,
    reminder: (count, building) => `${capital(paquetes(count))} sin recoger en ${building}`,
    'parcel-withdrawn': (_, building) => `Un paquete en ${building} fue retirado`,
    'code-changed': (_, building) => `Su código en ${building} ha cambiado`,
  },
  opening: {
    'parcels-arrived': (count) =>
      `${count === 1 ? 'Ha llegado' : 'Han llegado'} ${paquetes(count)} para usted:`,
    reminder: (count) => `Todavía ${count === 1 ? 'le espera' : 'le esperan'} ${paquetes(count)}:`,
    'parcel-withdrawn': () =>
      'El repartidor o el personal ha vuelto a sacar un paquete del que le habíamos avisado:',
    'code-changed': () =>
      'Su código anterior ya no funciona: para proteger sus paquetes tiene uno nuevo. Le espera:',
  },
  greeting: (name) => `Hola, ${name}:`,
  place: (bank, number, column, band) =>
    `${bank}, puerta ${number} (columna ${column} desde la izquierda, ${band})`,
  code: (code) => `Su código: ${code}`,
  howTo: 'Escríbalo en la pantalla de las taquillas o muestre el código QR al lector, a cualquier hora.',
  closing: (building, unit) => `${building}, ${unit}`,
};

const ARABIC: LetterWords = {
  language: 'ar',
  direction: 'rtl',
  bands: {
    floor: 'عند الأرض',
    knee: 'بارتفاع الركبة',
    hip: 'بارتفاع الورك',
    chest: 'بارتفاع الصدر',
    head: 'بارتفاع الرأس',
    overhead: 'فوق الرأس',
  },
  subject: {
    'parcels-arrived': (count, building) => `وصلت إليك طرود في ${building}: ${count}`,
    reminder: (count, building) => `طرود تنتظرك في ${building}: ${count}`,
    'parcel-withdrawn': (_, building) => `سُحب طرد من ${building}`,
    'code-changed': (_, building) => `تغيّر رمزك في ${building}`,
  },
  opening: {
    'parcels-arrived': (count) => `عدد الطرود التي وصلت إليك: ${count}`,
    reminder: (count) => `عدد الطرود التي ما زالت تنتظرك: ${count}`,
    'parcel-withdrawn': () => 'أخرج المندوب أو الموظفون طردًا كنا قد أخبرناك به:',
    'code-changed': () => 'لم يعد رمزك القديم صالحًا، ولك رمز جديد حفاظًا على طرودك. ينتظرك:',
  },
  greeting: (name) => `مرحبًا ${name}،`,
  place: (bank, number, column, band) => `${bank}، الباب ${number} (العمود ${column} من اليسار، ${band})`,
  code: (code) => `رمزك: \u2066${code}\u2069`,
  howTo: 'اكتبه على شاشة الخزائن أو أظهر رمز QR للماسح في أي وقت.',
  closing: (building, unit) => `${building}، ${unit}`,
};

const BY_LANGUAGE: Readonly<Record<string, LetterWords>> = { en: ENGLISH, es: SPANISH, ar: ARABIC };

/** The words for a language tag such as `es-MX`; English if there are none. */
export function wordsFor(language: string): LetterWords {
  const primary = language.toLowerCase().split('-')[0] ?? '';
  return Object.hasOwn(BY_LANGUAGE, primary) ? (BY_LANGUAGE[primary] ?? ENGLISH) : ENGLISH;
}

function parcels(count: number): string {
  return count === 1 ? 'a parcel' : `${count} parcels`;
}

function paquetes(count: number): string {
  return count === 1 ? 'un paquete' : `${count} paquetes`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
