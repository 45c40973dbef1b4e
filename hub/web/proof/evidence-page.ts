/** Evidence as one page: to be read, printed and kept without this hub, and checked by `lockerhub verify`. */
import { type Evidence, embedEvidence } from '@lockerhub/protocol/log/evidence.ts';
import { safe, savedPage } from '../../saved-page/saved-page.ts';

/** A moment of the story, in the reader's words. */
export interface StoryLine {
  readonly seq: number;
  readonly when: string;
  readonly who: string;
  readonly what: string;
  /** The beginning of the entry's hash. */
  readonly hash: string;
}

export interface EvidencePage {
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  readonly title: string;
  /** What the building's rows say: name and value. */
  readonly facts: readonly (readonly [string, string])[];
  readonly lines: readonly StoryLine[];
  /** What this proves and what not, and how to check it. */
  readonly notes: readonly string[];
  readonly evidence: Evidence;
}

const STYLE = `
  .more { font-size: .85rem; }
  dt, .more { opacity: .75; }
  ol { list-style: none; padding: 0; border-inline-start: 3px solid #2f6f5e; }
  li { padding: .35rem 1rem; break-inside: avoid; }
  code { font-size: .8rem; overflow-wrap: anywhere; }
  footer { margin-top: 2rem; border-top: 1px solid; padding-top: 1rem; }
`;

/** The whole page; nothing is fetched by it. */
export function evidencePage({
  language,
  direction,
  title,
  facts,
  lines,
  notes,
  evidence,
}: EvidencePage): string {
  const { to } = evidence.proof;
  return savedPage({
    language,
    direction,
    title,
    style: STYLE,
    facts,
    body: `<ol>
${lines.map(lineOf).join('\n')}
</ol>`,
    foot: `<footer>
${notes.map((note) => `<p>${safe(note)}</p>`).join('\n')}
<p><code dir="ltr">#${to.seq} ${safe(to.hash)}</code></p>
</footer>
${embedEvidence(evidence)}`,
  });
}

function lineOf({ seq, when, who, what, hash }: StoryLine): string {
  const where = `<code dir="ltr">#${seq} ${safe(hash)}</code>`;
  return `<li><div>${safe(what)}</div><div class="more">${safe(when)} · ${safe(who)} · ${where}</div></li>`;
}
