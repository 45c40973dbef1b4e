import type { LetterWords } from '../letter-words.ts';

const words: LetterWords = {
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
    'delegate-named': (_, building) => `صار بإمكان شخص آخر استلام طرودك في ${building}`,
  },
  opening: {
    'parcels-arrived': (count) => `عدد الطرود التي وصلت إليك: ${count}`,
    reminder: (count) => `عدد الطرود التي ما زالت تنتظرك: ${count}`,
    'parcel-withdrawn': () => 'أخرج المندوب أو الموظفون طردًا كنا قد أخبرناك به:',
    'code-changed': () => 'لم يعد رمزك القديم صالحًا، ولك رمز جديد حفاظًا على طرودك. ينتظرك:',
    'delegate-named': () =>
      'سُمح لشخص آخر باستلام طرودك برمزك من هاتف. إن كنت أنت من فعل ذلك فلا حاجة إلى شيء، وإلا فأخبر الموظفين: يلغون ذلك ويعطونك رمزًا آخر.',
  },
  desk: 'في مكتب الاستقبال: يسلّمه الموظفون',
  greeting: (name) => `مرحبًا ${name}،`,
  place: (bank, number, column, band) => `${bank}، الباب ${number} (العمود ${column} من اليسار، ${band})`,
  code: (code) => `رمزك: \u2066${code}\u2069`,
  byPhone: (link) => `أو افتح الأبواب بهاتفك وأنت أمام الخزائن وفي شبكة المبنى: ${link}`,
  howTo: 'اكتبه على شاشة الخزائن أو أظهر رمز QR للماسح في أي وقت.',
  closing: (building, unit) => `${building}، ${unit}`,
  delegate: {
    subject: (unit, building) => `يمكنك استلام طرود ${unit} في ${building}`,
    opening: (name, unit, building) => `سمح لك ${name} (${unit}) باستلام طروده في ${building}.`,
    window: (from, until) => `من ${from} إلى ${until}.`,
  },
  test: (building) => `تجربة من خزائن الطرود في ${building}: الرسائل تصل إلى هنا.`,
};

export default words;
