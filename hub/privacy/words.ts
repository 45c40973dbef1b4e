/** The words of the page about what is stored, by language. */
import type { StoredView } from '@lockerhub/protocol/http/privacy.ts';

type State = StoredView['deliveries'][number]['state'];

export interface StoredWords {
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  readonly title: (building: string) => string;
  readonly printed: string;
  readonly unit: string;
  readonly name: string;
  readonly spoken: string;
  readonly contacts: string;
  readonly away: string;
  readonly accessible: string;
  readonly onlyMe: string;
  readonly pin: string;
  readonly fob: string;
  readonly yes: string;
  readonly no: string;
  readonly none: string;
  readonly parcels: string;
  readonly arrived: string;
  readonly state: string;
  readonly tracking: string;
  readonly goes: string;
  readonly more: string;
  readonly states: Readonly<Record<State, string>>;
  readonly stays: (days: number) => string;
  readonly goesOn: (day: string) => string;
  readonly trackingKept: (days: number) => string;
  readonly log: string;
}

const ENGLISH: StoredWords = {
  language: 'en',
  direction: 'ltr',
  title: (building) => `What ${building} stores about you`,
  printed: 'As of',
  unit: 'Unit',
  name: 'Name',
  spoken: 'Language',
  contacts: 'Contacts',
  away: 'Away',
  accessible: 'Only doors within reach',
  onlyMe: 'My parcels for me alone',
  pin: 'Personal PIN (kept unreadable)',
  fob: 'Fob (kept unreadable)',
  yes: 'yes',
  no: 'no',
  none: 'none',
  parcels: 'Parcels',
  arrived: 'Arrived',
  state: 'State',
  tracking: 'Tracking number',
  goes: 'Goes on',
  more: 'Older parcels are stored and not listed here.',
  states: {
    assigned: 'on its way in',
    deposited: 'waiting',
    collected: 'collected',
    missing: 'missing',
    withdrawn: 'withdrawn',
  },
  stays: (days) =>
    `All of this stays while you live here. It is erased ${days} days after you move out, or after your last parcel if that is later.`,
  goesOn: (day) => `All of this is erased on ${day}.`,
  trackingKept: (days) => `Tracking numbers are erased ${days} days after a parcel was collected.`,
  log: 'What happened at which door is kept as proof, without names, contacts or tracking numbers. You may ask the staff to erase everything above at any time when no parcel waits for you.',
};

const SPANISH: StoredWords = {
  language: 'es',
  direction: 'ltr',
  title: (building) => `Qué guarda ${building} sobre usted`,
  printed: 'A fecha de',
  unit: 'Vivienda',
  name: 'Nombre',
  spoken: 'Idioma',
  contacts: 'Contactos',
  away: 'Ausencia',
  accessible: 'Solo puertas a su alcance',
  onlyMe: 'Mis paquetes solo para mí',
  pin: 'PIN personal (guardado de forma ilegible)',
  fob: 'Llavero (guardado de forma ilegible)',
  yes: 'sí',
  no: 'no',
  none: 'ninguno',
  parcels: 'Paquetes',
  arrived: 'Llegada',
  state: 'Estado',
  tracking: 'Número de seguimiento',
  goes: 'Se borra el',
  more: 'Hay paquetes más antiguos guardados que no figuran aquí.',
  states: {
    assigned: 'en camino',
    deposited: 'esperando',
    collected: 'recogido',
    missing: 'no encontrado',
    withdrawn: 'retirado',
  },
  stays: (days) =>
    `Todo esto se guarda mientras viva aquí. Se borra ${days} días después de mudarse, o de su último paquete si es posterior.`,
  goesOn: (day) => `Todo esto se borra el ${day}.`,
  trackingKept: (days) => `Los números de seguimiento se borran ${days} días después de recoger el paquete.`,
  log: 'Lo que ocurrió en cada puerta se conserva como prueba, sin nombres, contactos ni números de seguimiento. Puede pedir al personal que borre todo lo anterior cuando no le espere ningún paquete.',
};

const ARABIC: StoredWords = {
  language: 'ar',
  direction: 'rtl',
  title: (building) => `ما يحفظه ${building} عنك`,
  printed: 'بتاريخ',
  unit: 'الشقة',
  name: 'الاسم',
  spoken: 'اللغة',
  contacts: 'وسائل الاتصال',
  away: 'غياب',
  accessible: 'أبواب في متناول اليد فقط',
  onlyMe: 'طرودي لي وحدي',
  pin: 'الرقم السري الشخصي (محفوظ بشكل غير مقروء)',
  fob: 'المفتاح الإلكتروني (محفوظ بشكل غير مقروء)',
  yes: 'نعم',
  no: 'لا',
  none: 'لا يوجد',
  parcels: 'الطرود',
  arrived: 'الوصول',
  state: 'الحالة',
  tracking: 'رقم التتبع',
  goes: 'يُمحى في',
  more: 'توجد طرود أقدم محفوظة وغير مدرجة هنا.',
  states: {
    assigned: 'قيد الإيداع',
    deposited: 'ينتظر',
    collected: 'تم استلامه',
    missing: 'مفقود',
    withdrawn: 'تم سحبه',
  },
  stays: (days) =>
    `يبقى كل هذا ما دمت تسكن هنا. ويُمحى بعد ${days} يومًا من انتقالك أو من آخر طرد لك إن كان بعده.`,
  goesOn: (day) => `يُمحى كل هذا في ${day}.`,
  trackingKept: (days) => `تُمحى أرقام التتبع بعد ${days} يومًا من استلام الطرد.`,
  log: 'ما حدث عند كل باب يُحفظ دليلًا، بلا أسماء ولا وسائل اتصال ولا أرقام تتبع. يمكنك أن تطلب من الموظفين محو كل ما سبق متى لم يكن ينتظرك أي طرد.',
};

const LANGUAGES = [ENGLISH, SPANISH, ARABIC];

/** The words of a language, or of English. */
export function storedWords(language: string): StoredWords {
  const [main] = language.toLowerCase().split('-');
  return LANGUAGES.find((words) => words.language === main) ?? ENGLISH;
}
