/** A page that somebody saves, prints and reads without this hub: one file that fetches nothing. */

export interface SavedPage {
  /** A tag such as `es`. */
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  readonly title: string;
  /** Style of its own, after what all these pages share. */
  readonly style: string;
  /** Value by name, above all else. */
  readonly facts: readonly (readonly [string, string])[];
  /** Between title and facts, as HTML. */
  readonly lead?: string;
  /** Below the facts, as HTML. */
  readonly body: string;
  /** After the content, as HTML. */
  readonly foot?: string;
}

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
  dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .75rem; margin: 1.5rem 0; }
  dt { font-size: .85rem; }
  dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
`;

export function savedPage({
  language,
  direction,
  title,
  style,
  facts,
  lead = '',
  body,
  foot = '',
}: SavedPage): string {
  const named = facts.map(
    ([name, value]) => `<div><dt>${safe(name)}</dt><dd><bdi>${safe(value)}</bdi></dd></div>`,
  );
  return `<!doctype html>
<html lang="${safe(language)}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${safe(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body>
<main>
<h1>${safe(title)}</h1>
${lead}<dl>${named.join('')}</dl>
${body}
</main>
${foot}
</body>
</html>
`;
}

/** Text as HTML: names are in any script, and may hold anything that is markup elsewhere. */
export function safe(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
