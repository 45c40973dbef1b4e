/** The words of the claim slip, by language. */

export interface ClaimWords {
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  /** Who claimed by a code and has told no name yet. */
  readonly newResident: string;
  readonly title: string;
  /** To whoever lives there. */
  readonly greeting: (unit: string) => string;
  readonly why: string;
  readonly parcel: (carrier: string | null, day: string) => string;
  readonly atDesk: string;
  readonly moreParcels: (count: number) => string;
  readonly byCode: string;
  readonly code: string;
  readonly scan: string;
  readonly orDesk: string;
  readonly onlyDesk: string;
  readonly bring: string;
  readonly until: (day: string) => string;
  readonly secret: string;
}

const ENGLISH: ClaimWords = {
  language: 'en',
  direction: 'ltr',
  newResident: 'New resident',
  title: 'A parcel is waiting for you',
  greeting: (unit) => `To whoever lives in ${unit}`,
  why: 'We have no way to tell you of parcels, so this is on paper.',
  parcel: (carrier, day) => (carrier === null ? `Arrived on ${day}` : `${carrier}, arrived on ${day}`),
  atDesk: 'at the desk',
  moreParcels: (count) => (count === 1 ? 'and one more' : `and ${count} more`),
  byCode: 'Go to the screen at the lockers. Scan this, or type the code:',
  code: 'Code',
  scan: 'QR code with your code',
  orDesk: 'Or come to the desk with this slip.',
  onlyDesk: 'Please come to the desk.',
  bring: 'Bring an ID, or a key to your home.',
  until: (day) => `Good until ${day}, for the first who comes.`,
  secret: 'This slip opens a door: keep it to yourself.',
};

const SPANISH: ClaimWords = {
  language: 'es',
  direction: 'ltr',
  newResident: 'Nuevo residente',
  title: 'Le espera un paquete',
  greeting: (unit) => `A quien vive en ${unit}`,
  why: 'No tenemos cómo avisarle de los paquetes; por eso le escribimos en papel.',
  parcel: (carrier, day) => (carrier === null ? `Llegó el ${day}` : `${carrier}, llegó el ${day}`),
  atDesk: 'en recepción',
  moreParcels: (count) => (count === 1 ? 'y uno más' : `y ${count} más`),
  byCode: 'Vaya a la pantalla de las taquillas. Escanee esto o escriba el código:',
  code: 'Código',
  scan: 'Código QR con su código',
  orDesk: 'O venga a recepción con este aviso.',
  onlyDesk: 'Venga a recepción, por favor.',
  bring: 'Traiga un documento o una llave de su vivienda.',
  until: (day) => `Vale hasta el ${day}, para quien venga primero.`,
  secret: 'Este aviso abre una puerta: guárdelo para usted.',
};

const ARABIC: ClaimWords = {
  language: 'ar',
  direction: 'rtl',
  newResident: 'ساكن جديد',
  title: 'طرد ينتظرك',
  greeting: (unit) => `إلى من يسكن في ${unit}`,
  why: 'ليست لدينا وسيلة لإبلاغك بالطرود، ولهذا نكتب لك على ورق.',
  parcel: (carrier, day) => (carrier === null ? `وصل في ${day}` : `${carrier}، وصل في ${day}`),
  atDesk: 'في مكتب الاستقبال',
  moreParcels: (count) => (count === 1 ? 'وطرد آخر' : `وطرود أخرى: ${count}`),
  byCode: 'اذهب إلى الشاشة عند الخزائن، وامسح هذا أو اكتب الرمز:',
  code: 'الرمز',
  scan: 'رمز QR فيه رمزك',
  orDesk: 'أو تعال إلى مكتب الاستقبال ومعك هذه القسيمة.',
  onlyDesk: 'تعال من فضلك إلى مكتب الاستقبال.',
  bring: 'أحضر هوية أو مفتاح بيتك.',
  until: (day) => `صالحة حتى ${day}، لأول من يأتي.`,
  secret: 'هذه القسيمة تفتح بابًا: احتفظ بها لنفسك.',
};

const LANGUAGES = [ENGLISH, SPANISH, ARABIC];

/** The words of a language, or of English. */
export function claimWords(language: string): ClaimWords {
  const [main] = language.toLowerCase().split('-');
  return LANGUAGES.find((words) => words.language === main) ?? ENGLISH;
}
