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
  zone: (bank, number, zone) => `${bank}، الموضع \u2068${zone}\u2069، من الباب ${number}`,
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
  notice: {
    subject: {
      'access-reset': (building) => `أُعيد ضبط كلمة مرور عند مركز ${building}`,
      'backup-failing': (building) => `لا يمكن إنشاء نسخة احتياطية من ${building}`,
      'update-put-back': (building) => `لم يُحتفظ بتحديث لمركز ${building}`,
    },
    what: {
      'access-reset': (account) =>
        `أنشأ أحدهم عند وحدة تحكم المركز طريقة دخول أخرى إلى حساب ${account}. وانتهت كلمة المرور السابقة وكل جلسات ذلك الحساب.`,
      'backup-failing': () =>
        'فشلت نسخة احتياطية لمركز خزائن الطرود. وتُعاد المحاولة كل ساعة؛ وتستمر الأبواب والاستلام. تُخبَر بهذا مرة واحدة لا كل مرة.',
      'update-put-back': () => 'لم يُحتفظ بتحديث لمركز خزائن الطرود: إنه يعمل كما كان.',
    },
    why: (why) => `السبب: ${why}`,
    when: (at) => `الوقت: ${at}`,
    todo: {
      'access-reset':
        'اسأل من فعل ذلك. إن لم يكن أحد: أوقف ذلك الحساب في صفحة «الموظفون»، وانظر من يصل إلى جهاز المركز، وغيّر كلمات مروره.',
      'backup-failing': 'ما يجب فعله مذكور في صفحة «النسخ الاحتياطية».',
      'update-put-back': 'يمكن تجربة الإصدار مرة أخرى في صفحة «التحديثات».',
    },
    page: (link) => `في شبكة المبنى: ${link}`,
  },
  test: (building) => `تجربة من خزائن الطرود في ${building}: الرسائل تصل إلى هنا.`,
};

export default words;
