import { capital, type LetterWords } from '../letter-words.ts';

const words: LetterWords = {
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
    'delegate-named': (_, building) => `Somebody may now collect your parcels at ${building}`,
  },
  opening: {
    'parcels-arrived': (count) => `${capital(parcels(count))} arrived for you:`,
    reminder: (count) => `${capital(parcels(count))} still ${count === 1 ? 'waits' : 'wait'} for you:`,
    'parcel-withdrawn': () => 'A parcel that we told you of was taken out again by the courier or the staff:',
    'code-changed': () =>
      'Your old code no longer works: to keep your parcels safe you have a new one. For you there waits:',
    'delegate-named': () =>
      'With your code, on a phone, somebody was allowed to collect your parcels. If it was you, there is nothing to do. If not, tell the staff: they end it and give you another code.',
  },
  desk: 'At the desk: staff hand it out',
  greeting: (name) => `Hello ${name},`,
  zone: (bank, number, zone) => `${bank}, zone ${zone}, through door ${number}`,
  place: (bank, number, column, band) => `${bank}, door ${number} (column ${column} from the left, ${band})`,
  code: (code) => `Your code: ${code}`,
  byPhone: (link) =>
    `Or open the doors with your phone, standing before the lockers in the building’s network: ${link}`,
  howTo: 'Type it at the screen of the lockers or show the QR code to the scanner, at any hour.',
  closing: (building, unit) => `${building}, ${unit}`,
  delegate: {
    subject: (unit, building) => `You may collect parcels of ${unit} at ${building}`,
    opening: (name, unit, building) => `${name} (${unit}) lets you collect parcels at ${building}.`,
    window: (from, until) => `From ${from} until ${until}.`,
  },
  notice: {
    subject: {
      'access-reset': (building) => `A password was reset at the hub of ${building}`,
      'backup-failing': (building) => `No backup of ${building} can be made`,
      'update-put-back': (building) => `An update of the hub of ${building} was not kept`,
    },
    what: {
      'access-reset': (account) =>
        `Somebody at the hub’s own console made another way in for ${account}. The old password and all sessions of that account ended.`,
      'backup-failing': () =>
        'A backup of the parcel lockers’ hub failed. It is tried again each hour; doors and pickups go on. You are told this once, not each time.',
      'update-put-back': () => 'An update of the parcel lockers’ hub was not kept: it runs as before.',
    },
    why: (why) => `Why: ${why}`,
    when: (at) => `When: ${at}`,
    todo: {
      'access-reset':
        'Ask who did it. If nobody did: disable that account on the page “Staff”, see who can reach the hub’s machine, and change its passwords.',
      'backup-failing': 'What to do stands on the page “Backups”.',
      'update-put-back': 'The release can be tried again on the page “Updates”.',
    },
    page: (link) => `In the building’s network: ${link}`,
  },
  test: (building) => `A test from the parcel lockers of ${building}: messages arrive here.`,
};

export default words;

function parcels(count: number): string {
  return count === 1 ? 'a parcel' : `${count} parcels`;
}
