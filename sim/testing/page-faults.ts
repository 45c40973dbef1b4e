/** What is wrong with a page for somebody who cannot see it well, or has a narrow screen. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Which of axe-core's rules are tried. */
export interface Rules {
  readonly type: 'tag' | 'rule';
  readonly values: readonly string[];
}
/** WCAG 2.2 AA. */
export const EVERY_RULE: Rules = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] };

/** Serious faults by axe-core, a page wider than its window, and tables that hide their last columns. */
export async function pageFaults(page: Page, rules: Rules = EVERY_RULE): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  return page.evaluate(async ({ type, values }) => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(options: object): Promise<{
          violations: { impact: string; id: string; nodes: { html: string }[] }[];
        }>;
      };
    };
    const { violations } = await axe.run({
      resultTypes: ['violations'],
      runOnly: { type, values: [...values] },
    });
    const tooWide = (what: string, { scrollWidth, clientWidth }: Element) =>
      scrollWidth > clientWidth ? [`${what} ${scrollWidth - clientWidth} px too wide`] : [];
    return [
      ...violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`),
      ...tooWide('the page', document.documentElement),
      ...[...document.querySelectorAll('main .mantine-Table-table')].flatMap(({ parentElement }) =>
        parentElement ? tooWide('a table', parentElement) : [],
      ),
    ];
  }, rules);
}
