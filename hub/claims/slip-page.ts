/** A claim slip as one page of paper. No name and no tracking number: anybody may open a letter box. */
import { spaced } from '@lockerhub/protocol/codes/read-code.ts';
import { safe, savedPage } from '../saved-page/saved-page.ts';
import { claimWords } from './words.ts';

/** Parcels that a slip lists; of more it says how many. */
const LISTED = 4;

const STYLE = `
  @page { size: A5; margin: 10mm; }
  :root { color-scheme: light; }
  body { margin: 0 auto; padding: 1rem; max-width: 30rem; background: #fff; color: #000; }
  h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .5rem; }
  p, ul { margin: .6rem 0; }
  .to { font-weight: 700; font-size: 1.15rem; }
  .code { display: flex; flex-wrap: wrap; align-items: center; gap: 1.25rem; margin: .75rem 0; break-inside: avoid; }
  .code img { width: 9rem; height: 9rem; image-rendering: pixelated; }
  .code span { display: block; font-size: .9rem; }
  .code strong { font-size: 2rem; letter-spacing: .04em; white-space: nowrap; }
  dl { display: none; }
  @media print { body { padding: 0; max-width: none; } }
`;

export interface SlipFacts {
  readonly language: string;
  readonly timeZone: string;
  readonly building: string;
  readonly unitName: string;
  readonly parcels: readonly {
    readonly carrier: string | null;
    /** Null: nobody knows when it came in. */
    readonly arrivedAtMs: number | null;
    /** Null: at the desk. */
    readonly bankName: string | null;
  }[];
  /** Null: it leads to the desk. */
  readonly code: { readonly digits: string; readonly qr: string } | null;
  readonly issuedAtMs: number;
  readonly untilMs: number;
}

/** The page, in the building's language. `code.qr` is an image as a data URL. */
export function slipPage(facts: SlipFacts): string {
  const { language, building, unitName, parcels, code, issuedAtMs, untilMs, timeZone } = facts;
  const words = claimWords(language);
  const day = (atMs: number) =>
    new Intl.DateTimeFormat(words.language, { dateStyle: 'long', timeZone }).format(atMs);
  const listed = parcels.slice(0, LISTED).map(({ carrier, arrivedAtMs, bankName }) => {
    const what = words.parcel(carrier, day(arrivedAtMs ?? issuedAtMs));
    return `<li><bdi>${safe(what)}</bdi> · <bdi>${safe(bankName ?? words.atDesk)}</bdi></li>`;
  });
  const more = parcels.length - listed.length;
  return savedPage({
    language: words.language,
    direction: words.direction,
    title: words.title,
    style: STYLE,
    lead: `<p class="to"><bdi>${safe(words.greeting(unitName))}</bdi></p>
<p><bdi>${safe(building)}</bdi>. ${safe(words.why)}</p>\n`,
    facts: [],
    body: `<ul>${listed.join('')}${more > 0 ? `<li>${safe(words.moreParcels(more))}</li>` : ''}</ul>
${way(code, words)}
<p>${safe(words.bring)}</p>
<p><b>${safe(words.until(day(untilMs)))}</b>${code ? ` ${safe(words.secret)}` : ''}</p>`,
  });
}

function way(code: SlipFacts['code'], words: ReturnType<typeof claimWords>): string {
  if (!code) return `<p><b>${safe(words.onlyDesk)}</b></p>`;
  return `<p><b>${safe(words.byCode)}</b></p>
<div class="code"><img src="${safe(code.qr)}" alt="${safe(words.scan)}"><div><span>${safe(words.code)}</span><strong dir="ltr">${safe(spaced(code.digits))}</strong></div></div>
<p>${safe(words.orDesk)}</p>`;
}
